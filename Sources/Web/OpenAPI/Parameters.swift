import Leaderboards
import Scoring

extension Operation.Parameter {
    static let boards = Self(
        name: "boards",
        place: .query,
        description:
            "Up to \(ScoreRoutes.maximumBoards) further leaderboards to report on, each as SCOPE/WINDOW for the "
            + "window of the run's start, separated by commas.",
        schema: #"{"type":"string","examples":["chat/week,global/all"]}"#
    )

    static let idempotencyKey = Self(
        name: "Idempotency-Key",
        place: .header,
        description:
            "Names the run within the launch when a launch token is presented; ignored with a run token.",
        schema: #"{"type":"string","minLength":1,"maxLength":128,"pattern":"^[!-~]+$"}"#
    )

    static let bot = Self(
        name: "bot",
        place: .path,
        description: "The bot's username without @.",
        schema: #"{"type":"string"}"#
    )

    static let shortName = Self(
        name: "short_name",
        place: .path,
        description: "The game's short name.",
        schema: #"{"type":"string"}"#
    )

    static let botID = Self(
        name: "bot_id",
        place: .path,
        description: "The bot's id, the number before ':' in its token.",
        schema: #"{"type":"string","pattern":"^[0-9]+$"}"#
    )

    static let problemCode = Self(
        name: "code",
        place: .path,
        description: "A code of the registry.",
        schema: ##"{"$ref":"#/components/schemas/ProblemCode"}"##
    )

    /// What the leaderboard routes take.
    static let leaderboard = [
        Self(
            name: "scope",
            place: .query,
            description:
                "Whose entries are compared. By default the chat's with a player's token, else everybody's.",
            schema: choice(of: Scope.self)
        ),
        Self(
            name: "window",
            place: .query,
            description: "Over what time; all of it by default.",
            schema: choice(of: Window.self)
        ),
        Self(
            name: "at",
            place: .query,
            description: "A time in the window that is meant; now by default.",
            schema: #"{"type":"string","format":"date-time"}"#
        ),
        Self(
            name: "limit",
            place: .query,
            description: "How many entries a page may hold.",
            schema: """
                {"type":"integer","minimum":\(LeaderboardRequest.limits.lowerBound),\
                "maximum":\(LeaderboardRequest.limits.upperBound),"default":10}
                """
        ),
        Self(
            name: "around",
            place: .query,
            description:
                "'me' or a player's id: the page holds the entries around theirs. Excludes `cursor`.",
            schema: #"{"type":"string"}"#
        ),
        Self(
            name: "cursor",
            place: .query,
            description: "`next` or `previous` of another page. Excludes `around`.",
            schema: #"{"type":"string"}"#
        ),
    ]

    private static func choice<Value: RawRepresentable<String> & CaseIterable>(of type: Value.Type) -> String
    {
        let values = type.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        return "{\"type\":\"string\",\"enum\":[\(values)]}"
    }
}
