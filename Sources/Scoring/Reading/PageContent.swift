import Leaderboards
import Postgres
import Storage

/// Where a page begins, in terms of the leaderboard.
enum PageStart: Sendable {
    case top
    case around(PlayerID)
    case after(Standing)
    case before(Standing)
}

/// What one snapshot of the database says for a page.
struct PageContent: Sendable {
    let total: Int
    let lines: [BoardLine]
    /// The rank of the first line.
    let firstRank: Int
    let me: (rank: Int, standing: Standing)?
    let hasNext: Bool

    var hasPrevious: Bool { firstRank > 1 && !lines.isEmpty }

    /// Reads the page.
    ///
    /// - Parameters:
    ///   - view: Which leaderboard, and for whom.
    ///   - start: Where the page begins.
    ///   - limit: How many lines it has at most.
    ///   - session: A transaction that sees one snapshot.
    /// - Throws: `PostgresError`.
    init(_ view: BoardView, start: PageStart, limit: Int, session: Session) throws(PostgresError) {
        guard let board = try Self.board(view, session) else {
            (total, lines, firstRank, me, hasNext) = (0, [], 1, nil, false)
            return
        }
        let game = view.game
        total = try session.countEntries(of: [board], game: game.id)[0]
        if let viewer = view.viewer,
            let standing = try session.standing(of: viewer, board: board, game: game.id)
        {
            me = (try Self.rank(of: standing, board: board, game: game, session: session), standing)
        } else {
            me = nil
        }
        var found: [BoardLine]
        switch start {
        case .top: found = try session.lines(.fromTop, board: board, game: game, limit: limit + 1)
        case .after(let place):
            found = try session.lines(.after(place), board: board, game: game, limit: limit + 1)
        case .before(let place):
            found = try session.lines(.before(place), board: board, game: game, limit: limit)
        case .around(let player):
            found = try Self.lines(around: player, board: board, game: game, limit: limit, session: session)
        }
        let rest = found.count - limit
        if rest > 0 { found.removeLast(rest) }
        lines = found
        firstRank =
            try found.first.map { line throws(PostgresError) in
                if case .top = start { return 1 }
                return try Self.rank(of: line.standing, board: board, game: game, session: session)
            } ?? 1
        hasNext = firstRank + found.count <= total && !found.isEmpty
    }

    private static func board(_ view: BoardView, _ session: Session) throws(PostgresError) -> BoardID? {
        guard view.scope == .chat else {
            let name = BoardName(chat: nil)
            return try session.boards([name], game: view.game.id)[name]
        }
        guard let instance = view.chat else { return nil }
        let match = try session.chats(
            matching: [ChatAlias(instance: instance, address: nil)],
            bot: view.game.bot
        )[0]
        guard let chat = match.byInstance else { return nil }
        let name = BoardName(chat: chat)
        return try session.boards([name], game: view.game.id)[name]
    }

    private static func rank(
        of standing: Standing,
        board: BoardID,
        game: Game,
        session: Session
    ) throws(PostgresError) -> Int {
        try session.countBefore([Probe(board: board, standing: standing)], game: game.id)[0] + 1
    }

    /// A page with the player in its middle, moved where the leaderboard ends on one side.
    private static func lines(
        around player: PlayerID,
        board: BoardID,
        game: Game,
        limit: Int,
        session: Session
    ) throws(PostgresError) -> [BoardLine] {
        guard let standing = try session.standing(of: player, board: board, game: game.id) else {
            return try session.lines(.fromTop, board: board, game: game, limit: limit)
        }
        let above = try session.lines(.before(standing), board: board, game: game, limit: limit - 1)
        let below = try session.lines(.from(standing), board: board, game: game, limit: limit)
        let aboveShown = min(above.count, max((limit - 1) / 2, limit - below.count))
        return Array(above.suffix(aboveShown) + below.prefix(limit - aboveShown))
    }
}
