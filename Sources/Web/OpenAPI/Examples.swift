/// Documents as the service writes them; tests compare them with the encoders.
enum Example {
    static let run = """
        {"run":"r1.AbCd…","run_id":"2f1c7b0e-5d0a-4e61-9a37-0c5f2b8f1d11","started_at":"2026-03-01T12:30:00.250Z",\
        "expires_at":"2026-03-01T18:30:00.250Z","board_token":"b1.EfGh…",\
        "game":{"name":"tetris_bot/tetris","title":"Tetris","order":"higher","keep":"best"},\
        "player":{"id":"5000000001","name":"Zoë"},"chat_instance":"-3788475317572404878"}
        """

    static let submission = #"{"score":1234,"metadata":{"level":7}}"#

    static let receipt = """
        {"outcome":"new_best","run_id":"2f1c7b0e-5d0a-4e61-9a37-0c5f2b8f1d11","score":1234,"best":1234,\
        "previous_best":1000,"boards":[{"scope":"chat","window":"all","rank":3,"previous_rank":7,"entries":17,\
        "next":{"rank":2,"score":1300}}],"reasons":[]}
        """

    static let leaderboard = """
        {"game":"tetris_bot/tetris","scope":"chat","window":"week","from":"2026-02-22T23:00:00.000Z",\
        "to":"2026-03-01T23:00:00.000Z","zone":"Europe/Berlin","final":false,"order":"higher","total":17,\
        "entries":[{"rank":1,"player":{"id":"5000000001","name":"Zoë","username":"zoe"},"score":1300,\
        "achieved_at":"2026-03-01T12:35:10.000Z","me":false}],"me":{"rank":3,"score":1234,"percentile":88.2},\
        "next":"c1.IjKl…","previous":null}
        """

    static let event = #"""
        {"event":"leaderboard","id":"6c62272e07bb0142","data":"{\"game\":\"tetris_bot/tetris\",\"scope\":\"chat\",\#
        \"window\":\"all\",\"from\":null,\"to\":null,\"zone\":\"Europe/Berlin\",\"final\":false,\"order\":\"higher\",\#
        \"total\":0,\"entries\":[],\"next\":null,\"previous\":null}"}
        """#

    static let miniAppLaunch = """
        {"init_data":"user=%7B%22id%22%3A5000000001%2C%22first_name%22%3A%22Zo%C3%AB%22%7D\
        &chat_instance=-3788475317572404878&auth_date=1772368200&signature=Zx9o…&hash=1e59…","game":"tetris"}
        """

    static let openedMiniApp = """
        {"launch":"l1.MnOp…","expires_at":"2026-03-02T12:30:00.250Z","board_token":"b1.EfGh…"}
        """

    static let serverLaunch = """
        {"player":{"id":"5000000001","name":"Zoë","username":"zoe"},"chat_instance":"-3788475317572404878",\
        "target":{"chat_id":"-1001000000001","message_id":7}}
        """

    static let openedLaunch = """
        {"url":"https://games.example/tetris/#hs=l1.MnOp…","launch":"l1.MnOp…",\
        "expires_at":"2026-03-02T12:30:00.250Z"}
        """

    static let serverScores = """
        {"scores":[{"id":"match-81-zoe","player":{"id":"5000000001","name":"Zoë"},\
        "chat_instance":"-3788475317572404878","score":1234},\
        {"id":"match-81-omar","player":{"id":"5000000002"},"score":900,"metadata":{"level":7}}]}
        """

    static let serverResults = """
        {"results":[{"id":"match-81-zoe","status":200,"outcome":"new_best"},\
        {"id":"match-81-omar","status":403,"code":"player_banned",\
        "detail":"The player may not submit scores to this game."}]}
        """

    static let update = """
        {"update_id":10000,"callback_query":{"id":"4382bfdwdsb323b2d9","from":{"id":5000000001,"is_bot":false,\
        "first_name":"Zoë","username":"zoe"},"message":{"message_id":7,"date":1772368200,\
        "chat":{"id":-1001000000001,"type":"supergroup","title":"Friday"}},\
        "chat_instance":"-3788475317572404878","game_short_name":"tetris"}}
        """

    static let methodCall = """
        {"method":"answerCallbackQuery","callback_query_id":"4382bfdwdsb323b2d9",\
        "url":"https://games.example/tetris/#hs=l1.MnOp…"}
        """

    static let unready = """
        {"status":"unready","reasons":[{"code":"database_unavailable","detail":"database unavailable; the service's log says more"}]}
        """
}
