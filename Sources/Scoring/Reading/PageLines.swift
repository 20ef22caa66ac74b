import Leaderboards
import Storage
import Synchronization
import Tokens

/// The lines of one part of a leaderboard, for all who ask for it while it is so.
final class PageLines: Sendable {
    let answer: BoardAnswer
    /// The rank of the first line.
    let firstRank: Int
    private let shown = Mutex<[Bool: [LeaderboardPage.Line]]>([:])
    /// Cursors of the neighbouring pages of parts of the lines, of which few are asked for.
    private let cursors = Mutex<[Range<Int>: (next: String?, previous: String?)]>([:])

    init(_ answer: BoardAnswer) {
        self.answer = answer
        firstRank = answer.firstRank
    }

    /// The lines as somebody is to see them.
    ///
    /// What all see is put together once: pseudonyms cost more than reading the lines.
    ///
    /// - Parameter rank: The rank of the viewer; nil without an entry.
    func lines(
        _ range: Range<Int>,
        for view: PageQuery.View,
        rank: Int?,
        keys: TokenKeys
    ) -> [LeaderboardPage.Line] {
        let showsIdentity = view.showsIdentity
        let all = shown.withLock { shown in
            if let known = shown[showsIdentity] { return known }
            let made = allLines(of: view.game, showsIdentity: showsIdentity, keys: keys)
            shown[showsIdentity] = made
            return made
        }
        var lines = Array(all[range])
        if let index = rank.map({ $0 - firstRank - range.lowerBound }), lines.indices.contains(index) {
            lines[index].isViewer = true
        }
        return lines
    }

    /// The cursors of the pages behind and before a part of the lines.
    ///
    /// - Parameter token: Makes a cursor; the same for all who ask for these lines.
    func cursors(
        around range: Range<Int>,
        _ token: (_ end: BoardLine, _ isBackward: Bool) -> String
    ) -> (next: String?, previous: String?) {
        cursors.withLock { cursors in
            if let known = cursors[range] { return known }
            let lines = answer.lines[range]
            let hasNext = firstRank + range.upperBound <= answer.board.total
            let made = (
                hasNext ? lines.last.map { token($0, false) } : nil,
                firstRank + range.lowerBound > 1 ? lines.first.map { token($0, true) } : nil
            )
            if cursors.count < Self.rememberedCursors { cursors[range] = made }
            return made
        }
    }

    private static let rememberedCursors = 16

    private func allLines(of game: Game, showsIdentity: Bool, keys: TokenKeys) -> [LeaderboardPage.Line] {
        var lines: [LeaderboardPage.Line] = []
        lines.reserveCapacity(answer.lines.count)
        for line in answer.lines {
            let player = line.sortKey.player
            lines.append(
                LeaderboardPage.Line(
                    rank: firstRank + lines.count,
                    playerID: showsIdentity
                        ? player.description : keys.pseudonym(of: player, in: game.tokenID),
                    name: PlayerName.display(first: line.firstName, last: line.lastName),
                    username: showsIdentity ? line.username : nil,
                    score: answer.board.order.score(ofScoreKey: line.sortKey.scoreKey),
                    achievedAt: line.sortKey.achievedAt,
                    isViewer: false
                )
            )
        }
        return lines
    }
}
