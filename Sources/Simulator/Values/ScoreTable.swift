/// Telegram's table of one game in one chat.
///
/// All messages of the game in the chat share it, whichever way they were sent.
package struct ScoreTable: Codable, Sendable {
    package struct Key: Hashable, Codable, Sendable {
        package let chat: ChatKey
        package let game: GameName
    }

    /// One person's place.
    package struct Row: Codable, Sendable, Equatable {
        package let user: Int64
        package let score: Int64
        /// The order in which scores were written: the earlier of two equal scores stands higher.
        let sequence: Int64
    }

    /// The rows from the first place down.
    package private(set) var rows: [Row] = []
    private var lastSequence: Int64 = 0

    /// The stored score of a person, or nil.
    package func score(of user: Int64) -> Int64? { rows.first { $0.user == user }?.score }

    /// Writes a score as `setGameScore` does.
    ///
    /// Without `force` a score must be greater than the stored one, and nothing stored counts as 0. With it any
    /// score is written, and 0 takes the person off the table.
    ///
    /// - Returns: Whether the score has become higher; nil where nothing is modified.
    mutating func set(_ score: Int64, of user: Int64, force: Bool) -> Bool? {
        let stored = self.score(of: user)
        guard force || score > stored ?? 0 else { return nil }
        guard !force || score != stored else { return false }
        rows.removeAll { $0.user == user }
        guard score > 0 else { return false }
        lastSequence += 1
        let place = rows.firstIndex { $0.score < score } ?? rows.count
        rows.insert(Row(user: user, score: score, sequence: lastSequence), at: place)
        return score > stored ?? 0
    }

    /// The places that `getGameHighScores` shows for a person: the person, two neighbours on each side, the top three.
    func highScores(around user: Int64) -> [(position: Int, row: Row)] {
        let own = rows.firstIndex { $0.user == user }
        return rows.enumerated().compactMap { index, row in
            let isNear = own.map { abs($0 - index) <= 2 } ?? false
            return index < 3 || isNear ? (index + 1, row) : nil
        }
    }
}
