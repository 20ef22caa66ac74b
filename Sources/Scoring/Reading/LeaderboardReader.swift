import Leaderboards
import Postgres
import Storage

/// Who looks at which leaderboard, after tokens and names were resolved.
struct BoardView: Sendable {
    let game: Game
    let chat: ChatInstance?
    let scope: Scope
    /// Whose place is "me"; nil for those who do not play.
    let viewer: PlayerID?
    /// Whether the viewer may see Telegram's ids everywhere.
    let isOperator: Bool

    /// Whether the leaderboard shows Telegram's ids and usernames.
    var showsIdentity: Bool { scope == .chat || game.showsIdentity || isOperator }
}

/// Reads pages of leaderboards, each from one snapshot of the database.
struct LeaderboardReader: Sendable {
    /// One snapshot; with the wait for a connection and a silent server it ends within the 5 s clients are promised.
    private static let options = TransactionOptions(
        isolation: .repeatableRead,
        isReadOnly: true,
        statementTimeout: .seconds(2)
    )

    let pool: PostgresPool
    let keys: TokenKeys

    /// Reads a page.
    ///
    /// - Parameters:
    ///   - view: Which leaderboard, and for whom.
    ///   - request: Which part of it.
    /// - Returns: The page.
    /// - Throws: ``Refusal``.
    func page(_ view: BoardView, _ request: LeaderboardRequest) async throws(Refusal) -> LeaderboardPage {
        guard request.window == .all else {
            throw .noSuchWindow("this service keeps the window 'all', not '\(request.window.rawValue)'")
        }
        let start = try position(view, request.start)
        let content: PageContent
        do {
            content = try await pool.transaction(Self.options) { session throws(PostgresError) in
                try PageContent(view, start: start, limit: request.limit, session: session)
            }
        } catch {
            throw error.isUnavailable ? .databaseUnavailable : .internal(error.debugDescription)
        }
        return page(view, content)
    }

    private func position(_ view: BoardView, _ start: LeaderboardRequest.Start) throws(Refusal) -> PageStart {
        switch start {
        case .top: return .top
        case .aroundMe: return view.viewer.map(PageStart.around) ?? .top
        case .around(let text):
            let number = Int64(text).flatMap { $0 > 0 ? PlayerID(rawValue: $0) : nil }
            guard let player = view.showsIdentity ? number : keys.player(ofPseudonym: text, in: view.game.id)
            else {
                throw .unknownParameterValue("around: takes 'me' or a player id as this leaderboard shows it")
            }
            return .around(player)
        case .cursor(let text):
            guard let cursor = try? keys.cursor(text), cursor.board == view.cursorBoard else {
                throw .unknownParameterValue(
                    "cursor: takes 'next' or 'previous' of a page of the same leaderboard"
                )
            }
            return cursor.isBackward ? .before(cursor.standing) : .after(cursor.standing)
        }
    }

    private func page(_ view: BoardView, _ content: PageContent) -> LeaderboardPage {
        let rules = view.game.rules
        let lines = content.lines.enumerated().map { index, line in
            LeaderboardPage.Line(
                rank: content.firstRank + index,
                playerID: view.showsIdentity
                    ? line.standing.player.description
                    : keys.pseudonym(of: line.standing.player, in: view.game.id),
                name: PlayerName.display(first: line.firstName, last: line.lastName),
                username: view.showsIdentity ? line.username : nil,
                score: rules.score(ofSortKey: line.standing.sortKey),
                achievedAt: line.standing.achievedAt,
                isViewer: line.standing.player == view.viewer
            )
        }
        let me: LeaderboardPage.Me
        switch (view.viewer, content.me) {
        case (nil, _): me = .nobody
        case (_, nil): me = .withoutEntry
        case (_, .some(let place)):
            me = .entry(
                .init(
                    rank: place.rank,
                    score: rules.score(ofSortKey: place.standing.sortKey),
                    percentile: 100 * Double(content.total - place.rank + 1) / Double(max(content.total, 1))
                )
            )
        }
        func cursor(_ standing: Standing?, isBackward: Bool) -> String? {
            standing.map {
                keys.token(for: PageCursor(board: view.cursorBoard, standing: $0, isBackward: isBackward))
            }
        }
        return LeaderboardPage(
            game: view.game,
            chat: view.scope == .chat ? view.chat : nil,
            board: BoardKind(scope: view.scope, window: .all),
            from: nil,
            to: nil,
            zone: rules.zone,
            isFinal: false,
            total: content.total,
            lines: lines,
            me: me,
            next: cursor(content.hasNext ? content.lines.last?.standing : nil, isBackward: false),
            previous: cursor(content.hasPrevious ? content.lines.first?.standing : nil, isBackward: true),
            showsIdentity: view.showsIdentity
        )
    }
}

extension BoardView {
    var cursorBoard: PageCursor.Board {
        PageCursor.Board(
            game: game.id,
            kind: BoardKind(scope: scope, window: .all),
            chat: scope == .chat ? chat : nil
        )
    }
}
