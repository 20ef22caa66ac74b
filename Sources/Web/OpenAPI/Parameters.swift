import Leaderboards
import Scoring

extension Operation.Parameter {
    static let boards = Self(
        name: "boards",
        place: .query,
        description:
            "Up to \(ScoreRoutes.maximumBoards) further leaderboards to report on, each as SCOPE/WINDOW for the "
            + "window of the run's start, separated by commas.",
        schema: """
            {"type":"string","pattern":"^(\(boardPattern)(,\(boardPattern)){0,\(ScoreRoutes.maximumBoards - 1)})?$",\
            "examples":["chat/week,global/all"]}
            """
    )

    static let idempotencyKey = Self(
        name: "Idempotency-Key",
        place: .header,
        description:
            "Names the run within the launch when a launch token is presented; ignored with a run token.",
        schema: #"{"type":"string","minLength":1,"maxLength":128,"pattern":"^[!-~]+$"}"#
    )

    static let ifNoneMatch = Self(
        name: "If-None-Match",
        place: .header,
        description: "The `ETag` of what the caller has: 304 says that it is still that.",
        schema: #"{"type":"string"}"#
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

    /// What a player's leaderboard takes.
    static let leaderboard =
        [
            scope(
                of: Scope.allCases,
                "Whose entries are compared. By default the chat's with a player's token, else everybody's."
            )
        ] + page(around: "'me' or a player's id")

    /// What the leaderboards of a game take.
    static let gameLeaderboard =
        [
            scope(
                of: Scope.allCases,
                "Whose entries are compared: a chat's with `chat`, else everybody's. Without an API key everybody's."
            ),
            Self(
                name: "chat",
                place: .query,
                description: "The chat, by its `chat_instance`; needs an API key.",
                schema: chatInstance
            ),
        ] + page(around: "A player's id")

    /// The JSON schema of a `chat_instance`.
    static let chatInstance =
        #"{"type":"string","pattern":"^-?[1-9][0-9]{0,17}$","description":"A signed 64-bit integer in decimal."}"#

    private static func scope(of choices: [Scope], _ description: String) -> Self {
        Self(name: "scope", place: .query, description: description, schema: choice(of: choices))
    }

    private static func page(around: String) -> [Self] {
        [
            Self(
                name: "window",
                place: .query,
                description: "Over what time; all of it by default.",
                schema: choice(of: Window.allCases)
            ),
            Self(
                name: "at",
                place: .query,
                description: "A time in the window that is meant, from 1970 on; now by default.",
                schema: #"{"type":"string","format":"date-time","pattern":"^(19[7-9]|[2-9][0-9]{2})[0-9]-"}"#
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
                description: "\(around): the page holds the entries around theirs. Excludes `cursor`.",
                schema: #"{"type":"string","minLength":1}"#
            ),
            Self(
                name: "cursor",
                place: .query,
                description: "`next` or `previous` of another page. Excludes `around`.",
                schema: #"{"type":"string","minLength":1}"#
            ),
        ]
    }

    /// What the stream of a leaderboard takes.
    static let watch =
        leaderboard.filter { ["scope", "window", "limit"].contains($0.name) } + [
            Self(
                name: "Last-Event-ID",
                place: .header,
                description:
                    "The `id` of the last event that the reader has; browsers send it by themselves.",
                schema: #"{"type":"string"}"#
            )
        ]

    private static let boardPattern =
        "(\(Scope.allCases.map(\.rawValue).joined(separator: "|")))/(\(Window.allCases.map(\.rawValue).joined(separator: "|")))"

    private static func choice(of values: [some RawRepresentable<String>]) -> String {
        let values = values.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        return "{\"type\":\"string\",\"enum\":[\(values)]}"
    }
}
