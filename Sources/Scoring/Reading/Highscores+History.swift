package import Leaderboards
import Postgres
import Storage
import Tokens

/// A part of what a player has played, the last accepted first: an element for each run and board.
package struct HistoryPage: Sendable {
    /// What one run scored on one board.
    package struct Item: Hashable, Sendable {
        package let run: RunID
        package let board: String
        package let score: Score
        package let outcome: Receipt.Outcome
        package let reasons: [String]
        package let startedAt: Instant
        package let acceptedAt: Instant
    }

    package let items: [Item]
    /// Begins the next part; nil at the end.
    package let next: String?
}

extension Highscores {
    /// Reads a player's own runs in the game of a token.
    ///
    /// - Parameters:
    ///   - board: Only what was scored on this board.
    ///   - limit: How many elements, in ``LeaderboardRequest/limits``.
    package func history(
        token: String,
        board name: String?,
        limit: Int,
        cursor text: String?
    ) async throws(Refusal) -> HistoryPage {
        let launch = try play(token).launch
        guard let root = registry.game(launch.game) else { throw .databaseUnavailable }
        let board = try name.map { name throws(Refusal) in
            name == root.board ? root : try declared(name, of: root.id)
        }
        var cursor: HistoryCursor?
        if let text {
            guard let read = try? keys.historyCursor(text, in: root.tokenID), read.player == launch.player,
                read.board == name
            else { throw .unknownParameterValue("cursor: takes 'next' of a page of the same history") }
            cursor = read
        }
        let (game, start) = (board ?? root, cursor)
        let found = try await refusing { () throws(PostgresError) in
            try await pool.withSession { session throws(PostgresError) in
                try session.run(
                    .historyList(
                        of: launch.player,
                        game: game.id,
                        from: start.map { HistoryPlace(acceptedAt: $0.acceptedAt, sequence: $0.sequence) },
                        // The run at the edge may have been shown whole, and one more tells whether there is a next page.
                        limit: limit + 2,
                        isOfMain: board?.isMain ?? false
                    )
                )
            }
        }
        let left = found.drop { record in
            start.map { $0.sequence == record.place.sequence && record.part?.position ?? 0 <= $0.position }
                ?? false
        }
        var items: [HistoryPage.Item] = []
        var last: HistoryRecord?
        for record in left {
            if let part = record.part {
                guard items.count < limit else { break }
                items.append(HistoryPage.Item(record, part))
            }
            last = record
        }
        // Runs whose boards were taken away fill no page.
        let isMore = last != left.last || Set(found.map(\.place)).count == limit + 2
        guard isMore, let last else { return HistoryPage(items: items, next: nil) }
        let edge = HistoryCursor(
            player: launch.player,
            board: name,
            acceptedAt: last.place.acceptedAt,
            sequence: last.place.sequence,
            position: last.part?.position ?? 0
        )
        return HistoryPage(items: items, next: keys.token(for: edge, in: root.tokenID))
    }
}

extension HistoryPage.Item {
    fileprivate init(_ record: HistoryRecord, _ part: HistoryRecord.Part) {
        self.init(
            run: record.run,
            board: part.board,
            score: part.score,
            outcome: Receipt.Outcome(part.outcome),
            reasons: part.reasons,
            startedAt: record.startedAt,
            acceptedAt: record.place.acceptedAt
        )
    }
}
