import Leaderboards
import Storage
import Tokens

/// What one snapshot of the database says for a page.
struct PageContent: Sendable {
    let interval: WindowInterval
    /// Lines of the leaderboard, and which of them are the page's.
    let lines: PageLines
    let range: Range<Int>
    /// Where the viewer stands; nil without an entry.
    let rank: Int?
    let scoreKey: Int64?

    private var board: BoardFacts { lines.answer.board }

    /// The page as its viewer is to see it.
    func page(_ view: PageQuery.View, isFinal: Bool, keys: TokenKeys) -> LeaderboardPage {
        let cursorBoard = view.cursorBoard(interval.window, label: interval.label)
        let part = lines.part(range, for: view, isFinal: isFinal, keys: keys) { line, isBackward in
            keys.token(for: PageCursor(board: cursorBoard, sortKey: line.sortKey, isBackward: isBackward))
        }
        return LeaderboardPage(
            game: view.game,
            chat: view.chat,
            board: cursorBoard.kind,
            from: interval.from,
            to: interval.to,
            zone: board.zone,
            isFinal: isFinal,
            order: board.order,
            total: board.total,
            lines: part.lines(viewerRank: rank),
            rendition: part.rendition,
            me: me(view),
            next: part.next,
            previous: part.previous,
            showsIdentity: view.showsIdentity
        )
    }

    private func me(_ view: PageQuery.View) -> LeaderboardPage.Me {
        guard view.viewer != nil else { return .nobody }
        guard let rank, let scoreKey else { return .withoutEntry }
        let percentile = 100 * Double(board.total - rank + 1) / Double(max(board.total, 1))
        return .entry(
            .init(rank: rank, score: board.order.score(ofScoreKey: scoreKey), percentile: percentile)
        )
    }
}
