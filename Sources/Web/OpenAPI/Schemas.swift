import Leaderboards
import Scoring

/// The JSON schemas of everything that crosses the wire, by name.
enum Schemas {
    static let all: [(name: StaticString, schema: String)] = [
        ("Run", run), ("ScoreSubmission", submission), ("Receipt", receipt), ("Leaderboard", leaderboard),
        ("LeaderboardEvent", leaderboardEvent), ("MiniAppLaunch", miniAppLaunch),
        ("OpenedMiniApp", openedMiniApp),
        ("ServerLaunch", serverLaunch), ("OpenedLaunch", openedLaunch), ("ServerScore", serverScore),
        ("ServerScores", serverScores), ("ServerResults", serverResults),
        ("Readiness", readiness), ("Health", health), ("Problem", problem), ("ProblemCode", problemCode),
        ("Update", update), ("MethodCall", methodCall), ("OpenAPI", #"{"type":"object"}"#),
    ]

    private static let run = """
        {"type":"object","required":["run","run_id","started_at","expires_at","board_token","game","player",\
        "chat_instance"],"properties":{\
        "run":{"type":"string","description":"The run token; submits the score."},\
        "run_id":{"type":"string","format":"uuid"},\
        "started_at":\(time),"expires_at":\(time),\
        "board_token":{"type":"string","description":"Reads the leaderboards of this game and chat, nothing else."},\
        "game":{"type":"object","required":["name","title","order","keep"],"properties":{"name":{"type":"string"},\
        "title":{"type":"string"},"order":\(order),"keep":\(values(GameRules.Keep.self))}},\
        "player":{"type":"object","required":["id","name"],"properties":{"id":{"type":"string"},\
        "name":{"type":["string","null"],"description":"Null when this instance does not know it."}}},\
        "chat_instance":{"type":["string","null"],"description":"A signed 64-bit integer in decimal."}}}
        """

    private static let submission = """
        {"type":"object","required":["score"],"properties":{\
        "score":{"type":"integer","minimum":0,"maximum":2147483647,\
        "description":"Digits only: 1000, not 1e3, 1000.0 or a string."},\
        "metadata":{"type":"object","description":"At most \(ScoreBody.metadataLimit) bytes, kept as sent."}}}
        """

    private static let receipt = """
        {"type":"object","required":["outcome","run_id","score","best","previous_best","boards","reasons"],\
        "properties":{"outcome":\(values(Receipt.Outcome.self)),"run_id":{"type":"string","format":"uuid"},\
        "score":{"type":"integer"},"best":{"type":["integer","null"]},\
        "previous_best":{"type":["integer","null"]},\
        "boards":{"type":"array","minItems":1,"items":{"type":"object",\
        "required":["scope","window","rank","previous_rank","entries","next"],"properties":{\
        "scope":\(scope),"window":\(window),"rank":{"type":["integer","null"]},\
        "previous_rank":{"type":["integer","null"]},"entries":{"type":"integer"},\
        "next":{"type":["object","null"],"required":["rank","score"],\
        "properties":{"rank":{"type":"integer"},"score":{"type":"integer"}},\
        "description":"The entry just above; null at rank 1."}}}},\
        "reasons":{"type":"array","items":{"type":"string"},\
        "description":"Which rules of the game the run breaks; why it is held or refused."}}}
        """

    private static let leaderboard = """
        {"type":"object","required":["game","scope","window","from","to","zone","final","order","total","entries",\
        "next","previous"],"properties":{"game":{"type":"string"},"scope":\(scope),"window":\(window),\
        "from":\(timeOrNull),"to":\(timeOrNull),"zone":{"type":"string"},\
        "final":{"type":"boolean","description":"Whether the window can no longer change."},\
        "order":\(order),"total":{"type":"integer"},\
        "entries":{"type":"array","items":{"type":"object","required":["rank","player","score","achieved_at","me"],\
        "properties":{"rank":{"type":"integer"},"player":{"type":"object","required":["id","name"],"properties":{\
        "id":{"type":"string"},"name":{"type":["string","null"]},"username":{"type":["string","null"]}}},\
        "score":{"type":"integer"},"achieved_at":\(time),"me":{"type":"boolean"}}}},\
        "me":{"type":["object","null"],"required":["rank","score","percentile"],"properties":{\
        "rank":{"type":"integer"},"score":{"type":"integer"},"percentile":{"type":"number"}},\
        "description":"Null without an entry; absent without a player's token."},\
        "next":{"type":["string","null"]},"previous":{"type":["string","null"]}}}
        """

    private static let leaderboardEvent = """
        {"type":"object","description":"One event of the stream; the fields of an event are always text.",\
        "required":["event","data"],"oneOf":[\
        {"required":["id"],"properties":{"event":{"const":"leaderboard"},"id":{"type":"string"},\
        "data":{"type":"string","contentMediaType":"application/json",\
        "contentSchema":{"$ref":"#/components/schemas/Leaderboard"}}}},\
        {"properties":{"event":{"const":"bye"},"data":{"const":"{}"}}}]}
        """

    private static let readiness = """
        {"type":"object","required":["status"],"properties":{\
        "status":{"type":"string","enum":["ready","degraded","unready"]},\
        "reasons":{"type":"array","items":{"type":"object","required":["code","detail"],\
        "properties":{"code":{"type":"string"},"detail":{"type":"string"}}}}}}
        """

    private static let health = """
        {"type":"object","required":["status"],"properties":{"status":{"const":"ok"}}}
        """

    private static let problem = """
        {"type":"object","required":["type","title","status","detail","code"],"properties":{\
        "type":{"type":"string","format":"uri-reference"},"title":{"type":"string"},"status":{"type":"integer"},\
        "detail":{"type":"string"},"code":{"$ref":"#/components/schemas/ProblemCode"}}}
        """

    private static let problemCode = values(ProblemCode.self)

    private static let update = """
        {"type":"object","description":"An Update of the Bot API; unknown kinds are taken and skipped."}
        """

    private static let methodCall = """
        {"type":"object","required":["method"],"properties":{"method":{"type":"string"}},\
        "description":"A method of the Bot API with its parameters."}
        """

    static let time = #"{"type":"string","format":"date-time"}"#
    private static let timeOrNull = #"{"type":["string","null"],"format":"date-time"}"#
    private static let scope = values(Scope.self)
    private static let window = values(Window.self)
    private static let order = values(GameRules.Order.self)

    static func values<Value: RawRepresentable<String> & CaseIterable>(_ type: Value.Type) -> String {
        let values = type.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        return "{\"type\":\"string\",\"enum\":[\(values)]}"
    }
}
