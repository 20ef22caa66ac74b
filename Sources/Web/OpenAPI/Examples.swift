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
        {"status":"unready","reasons":[{"code":"database_unavailable","detail":"cannot connect to the database"}]}
        """
}
