import Scoring

extension Schemas {
    static let miniAppLaunch = """
        {"type":"object","required":["init_data","game"],"properties":{\
        "init_data":{"type":"string","description":"`Telegram.WebApp.initData` as it is."},\
        "game":{"type":"string","description":"The game's short name, or BOT/SHORT_NAME."}}}
        """

    static let openedMiniApp = """
        {"type":"object","required":["launch","expires_at","board_token"],"properties":{\
        "launch":{"type":"string","description":"The launch token; starts runs."},"expires_at":\(time),\
        "board_token":{"type":"string","description":"Reads the leaderboards of this game and chat, nothing else."}}}
        """

    static let serverLaunch = """
        {"type":"object","required":["player"],"properties":{\
        "player":{"type":"object","required":["id"],"properties":{"id":\(playerID),\
        "name":{"type":["string","null"],"description":"What leaderboards are to show where no name is known."},\
        "username":{"type":["string","null"],"description":"Without @; kept with `name`."}}},\
        "chat_instance":\(orNull(Operation.Parameter.chatInstance)),\
        "target":{"description":"The game's message, by which Telegram's own table is written.","anyOf":[\
        {"type":"null"},\
        {"type":"object","required":["chat_id","message_id"],"properties":{\
        "chat_id":{"type":"string","pattern":"^(-?[1-9][0-9]{0,11}|-1[0-8][0-9]{10}[1-9])$"},\
        "message_id":{"type":"integer","minimum":1,"maximum":2147483647},\
        "inline_message_id":{"type":"null"}}},\
        {"type":"object","required":["inline_message_id"],"properties":{\
        "inline_message_id":{"type":"string","minLength":1,"maxLength":200,"pattern":"^[!-~]+$"},"chat_id":{"type":"null"}}}]}}}
        """

    static let openedLaunch = """
        {"type":"object","required":["url","launch","expires_at"],"properties":{\
        "url":{"type":"string","description":"The game's address with the launch token in its fragment."},\
        "launch":{"type":"string","description":"The launch token."},"expires_at":\(time)}}
        """

    static let serverScore = """
        {"type":"object","required":["id","player","score"],"properties":{\
        "id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[!-~]+$",\
        "description":"Names the run in the game, so that it can be repeated."},\
        "player":{"type":"object","required":["id"],"properties":{"id":\(playerID),\
        "name":{"type":["string","null"],"description":"What leaderboards are to show where no name is known."}}},\
        "chat_instance":\(orNull(Operation.Parameter.chatInstance)),\
        "score":{"type":"integer","minimum":0,"maximum":2147483647,\
        "description":"Digits only: 1000, not 1e3, 1000.0 or a string."},\
        "started_at":{"type":["string","null"],"format":"date-time",\
        "description":"When the run began, no longer ago than a run lasts; without it at its acceptance."},\
        "metadata":{"type":"object","description":"At most \(ScoreBody.metadataLimit) bytes, kept as sent."}}}
        """

    static let serverScores = """
        {"anyOf":[{"type":"object","required":["scores"],"properties":{"scores":{"type":"array",\
        "minItems":\(ServerScoresBody.counts.lowerBound),"maxItems":\(ServerScoresBody.counts.upperBound),\
        "items":{"$ref":"#/components/schemas/ServerScore"}}}},{"$ref":"#/components/schemas/ServerScore"}]}
        """

    static let serverResults = """
        {"type":"object","required":["results"],"properties":{"results":{"type":"array","minItems":1,\
        "items":{"type":"object","required":["id","status"],"properties":{\
        "id":{"type":["string","null"],"description":"Null where the score had none to answer by."},\
        "status":{"type":"integer","description":"200, or the status that the score alone would have had."},\
        "outcome":\(values(Receipt.Outcome.self)),\
        "reasons":{"type":"array","items":{"type":"string"},"description":"Which rules of the game the run breaks."},\
        "code":{"$ref":"#/components/schemas/ProblemCode"},"detail":{"type":"string"}}}}}}
        """

    private static let playerID =
        #"{"type":"string","pattern":"^[1-9][0-9]{0,17}$","description":"Telegram's id of the player."}"#

    private static func orNull(_ schema: String) -> String { #"{"anyOf":[{"type":"null"},\#(schema)]}"# }
}
