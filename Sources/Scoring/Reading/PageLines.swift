import Leaderboards
import Storage
import Synchronization
import Tokens

/// The lines of one part of a leaderboard, for all who ask for it while it is so.
final class PageLines: Sendable {
    let answer: BoardAnswer
    /// The rank of the first line.
    let firstRank: Int
    /// All lines, by whether they show who somebody is.
    private let shown = Mutex<[Bool: [LeaderboardPage.Line]]>([:])
    /// Parts of the lines, of which few are asked for.
    private let parts = Mutex<[PartKey: Part]>([:])

    private static let rememberedParts = 16

    private struct PartKey: Hashable {
        let range: Range<Int>
        let showsIdentity: Bool
        let isFinal: Bool
    }

    /// What all are shown who ask for the same of these lines.
    struct Part: Sendable {
        fileprivate let lines: [LeaderboardPage.Line]
        let rendition = Rendition()
        /// Cursors of the neighbouring pages.
        let next: String?
        let previous: String?

        /// The lines as somebody is to see them.
        ///
        /// - Parameter rank: The rank of the viewer; nil without an entry.
        func lines(viewerRank rank: Int?) -> [LeaderboardPage.Line] {
            guard let rank, let first = lines.first?.rank, lines.indices.contains(rank - first) else {
                return lines
            }
            var lines = lines
            lines[rank - first].isViewer = true
            return lines
        }
    }

    init(_ answer: BoardAnswer) {
        self.answer = answer
        firstRank = answer.firstRank
    }

    /// A part of the lines as somebody is to see it.
    ///
    /// What all see is put together once: pseudonyms cost more than reading the lines.
    ///
    /// - Parameter token: Makes a cursor; the same for all who ask for these lines.
    func part(
        _ range: Range<Int>,
        for view: PageQuery.View,
        isFinal: Bool,
        keys: TokenKeys,
        _ token: (_ end: BoardLine, _ isBackward: Bool) -> String
    ) -> Part {
        let key = PartKey(range: range, showsIdentity: view.showsIdentity, isFinal: isFinal)
        return parts.withLock { parts in
            if let known = parts[key] { return known }
            let lines = answer.lines[range]
            let hasNext = firstRank + range.upperBound <= answer.board.total
            let made = Part(
                lines: Array(shownLines(to: view, keys: keys)[range]),
                next: hasNext ? lines.last.map { token($0, false) } : nil,
                previous: firstRank + range.lowerBound > 1 ? lines.first.map { token($0, true) } : nil
            )
            if parts.count < Self.rememberedParts { parts[key] = made }
            return made
        }
    }

    private func shownLines(to view: PageQuery.View, keys: TokenKeys) -> [LeaderboardPage.Line] {
        shown.withLock { shown in
            if let known = shown[view.showsIdentity] { return known }
            let made = allLines(of: view.game, showsIdentity: view.showsIdentity, keys: keys)
            shown[view.showsIdentity] = made
            return made
        }
    }

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
