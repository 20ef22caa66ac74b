package import Leaderboards

/// Reading Telegram's table of a game in a chat with as few calls as may be.
///
/// `getGameHighScores` does not give the table: it gives the row of one player, at present with two neighbours on each
/// side, and the first three. Only the player's own row is relied on: whoever was asked for and is not in the answer
/// is not in the table. Neighbours spare calls as long as they come.
package struct TableWalk: Sendable {
    /// A row of an answer.
    package struct Row: Hashable, Sendable {
        /// The place in the table, from 1; 0 for none.
        package let position: Int64
        package let player: PlayerID
        package let score: Int32

        package init(position: Int64, player: PlayerID, score: Int32) {
            // Telegram counts in 32 bits; what lies beyond is no place.
            self.position = Int32(exactly: position).map(Int64.init) ?? 0
            self.player = player
            self.score = score
        }
    }

    /// How many neighbours on each side an answer shows at present.
    private static let reach = 2

    /// Whom to learn about, the highest first.
    private let players: [PlayerID]
    /// Whether rows of others are looked for, too.
    private let isWhole: Bool
    private var asked: Set<PlayerID> = []
    private var firstOpen = 0
    /// The rows seen by their place.
    private var seen: [Int64: PlayerID] = [:]
    /// The place of the last row, once an answer has shown it.
    private var last: Int64?

    /// What Telegram holds of those who were met; those asked for and absent from it are not in it.
    package private(set) var held: [PlayerID: Int32] = [:]

    package init(_ players: [PlayerID], isWhole: Bool) {
        self.players = players
        self.isWhole = isWhole
    }

    /// Whether the player was asked for or met beside another.
    package func isKnown(_ player: PlayerID) -> Bool { held[player] != nil || asked.contains(player) }

    /// Everybody of whom it is known what Telegram holds.
    package var known: Set<PlayerID> { asked.union(held.keys) }

    /// Whom to ask for next; nil when everything is known.
    package mutating func next() -> PlayerID? {
        while firstOpen < players.count, isKnown(players[firstOpen]) { firstOpen += 1 }
        guard firstOpen < players.count else { return isWhole ? edge() : nil }
        // The one in the middle of those who may come with one answer.
        var open: [PlayerID] = []
        for player in players[firstOpen...] where !isKnown(player) {
            open.append(player)
            if open.count > Self.reach { break }
        }
        return open.last
    }

    /// Somebody beside whom there is a place of which nothing is known.
    private func edge() -> PlayerID? {
        for (position, player) in seen.sorted(by: { $0.key < $1.key }) where !asked.contains(player) {
            let above = position > 1 && seen[position - 1] == nil
            let below = position != last && seen[position + 1] == nil
            if above || below { return player }
        }
        return nil
    }

    /// Takes in an answer.
    package mutating func note(_ rows: [Row], askedFor player: PlayerID) {
        asked.insert(player)
        for row in rows {
            held[row.player] = row.score
            if row.position > 0 { seen[row.position] = row.player }
        }
        guard let own = rows.first(where: { $0.player == player }) else {
            held[player] = nil
            return
        }
        // An answer with fewer neighbours below than above the usual number shows the end of the table, or that
        // neighbours no longer come; in both cases nothing more is to be had there.
        let below = rows.filter {
            $0.position > own.position && $0.position <= own.position + Int64(Self.reach)
        }
        if below.count < Self.reach { last = max(last ?? 0, own.position + Int64(below.count)) }
    }
}
