import Leaderboards
import Scoring

/// The query of a leaderboard route.
struct LeaderboardQuery {
    let board: String
    let scope: Scope?
    let window: WindowKind
    let at: Instant?
    let limit: Int
    let start: LeaderboardRequest.Start

    /// Reads the query.
    ///
    /// - Throws: ``Problem`` with `unknown_parameter_value` for the first value that is wrong.
    init(_ query: String) throws(Problem) {
        let values = QueryValues(query)
        board = try values.text("board") ?? Game.mainBoard
        scope = try values.choice("scope")
        window = try values.choice("window") ?? .all
        at = try Self.at(values)
        limit = try Self.limit(values)
        start = try Self.start(values)
    }

    /// The request of a viewer.
    ///
    /// - Returns: What they want to see.
    func request(by viewer: LeaderboardRequest.Viewer) -> LeaderboardRequest {
        LeaderboardRequest(
            viewer: viewer,
            board: board,
            scope: scope,
            window: window,
            at: at,
            limit: limit,
            start: start
        )
    }

    private static func at(_ values: QueryValues) throws(Problem) -> Instant? {
        guard let text = try values.text("at") else { return nil }
        guard let instant = Instant(rfc3339: text) else {
            throw .parameter("at", takes: "a time such as 2026-03-01T12:30:00Z")
        }
        return instant
    }

    /// Reads how many entries are wanted.
    static func limit(_ values: QueryValues) throws(Problem) -> Int {
        guard let text = try values.text("limit") else { return 10 }
        let limits = LeaderboardRequest.limits
        guard let limit = Int(text), limits.contains(limit), String(limit) == text else {
            throw .parameter(
                "limit",
                takes: "a whole number from \(limits.lowerBound) to \(limits.upperBound)"
            )
        }
        return limit
    }

    private static func start(_ values: QueryValues) throws(Problem) -> LeaderboardRequest.Start {
        switch (try values.text("around"), try values.text("cursor")) {
        case (nil, nil): return .top
        case ("me", nil): return .aroundMe
        case (let player?, nil):
            guard !player.isEmpty else { throw .parameter("around", takes: "'me' or a player's id") }
            return .around(player)
        case (nil, let cursor?):
            guard !cursor.isEmpty else {
                throw .parameter("cursor", takes: "a cursor that an earlier page gave")
            }
            return .cursor(cursor)
        case (_?, _?):
            throw .parameter("around", takes: "no 'cursor' beside it: a page begins at one place")
        }
    }
}
