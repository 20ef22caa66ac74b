import Leaderboards
import Storage

/// What one snapshot of the database says for a page.
struct PageContent: Sendable {
    /// Where a player stands.
    struct Place: Sendable {
        let rank: Int
        let sortKey: SortKey
    }

    let interval: WindowInterval
    let lines: PageLines
    let me: Place?

    private var board: BoardFacts { lines.answer.board }

    /// The page as its viewer is to see it.
    ///
    /// - Parameters:
    ///   - view: Which leaderboard, and for whom.
    ///   - isFinal: Whether the window can no longer change.
    ///   - keys: The keys of cursors and pseudonyms.
    func page(_ view: BoardView, isFinal: Bool, keys: TokenKeys) -> LeaderboardPage {
        let cursorBoard = view.cursorBoard(interval.window, label: interval.label)
        func cursor(_ line: BoardLine?, isBackward: Bool) -> String? {
            line.map {
                keys.token(for: PageCursor(board: cursorBoard, sortKey: $0.sortKey, isBackward: isBackward))
            }
        }
        let read = lines.answer.lines
        let hasNext = lines.firstRank + read.count <= board.total
        return LeaderboardPage(
            game: view.game,
            chat: view.owner,
            board: cursorBoard.kind,
            from: interval.from,
            to: interval.to,
            zone: board.zone,
            isFinal: isFinal,
            order: board.order,
            total: board.total,
            lines: lines.lines(for: view, rank: me?.rank, keys: keys),
            me: me(view),
            next: cursor(hasNext ? read.last : nil, isBackward: false),
            previous: cursor(lines.firstRank > 1 ? read.first : nil, isBackward: true),
            showsIdentity: view.showsIdentity
        )
    }

    private func me(_ view: BoardView) -> LeaderboardPage.Me {
        guard view.viewer != nil else { return .nobody }
        guard let me else { return .withoutEntry }
        let percentile = 100 * Double(board.total - me.rank + 1) / Double(max(board.total, 1))
        let score = board.order.score(ofScoreKey: me.sortKey.scoreKey)
        return .entry(.init(rank: me.rank, score: score, percentile: percentile))
    }
}
