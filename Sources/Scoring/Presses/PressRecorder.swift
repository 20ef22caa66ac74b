import Leaderboards
import Postgres
import Storage

/// Writes what presses tell of players, chats and game messages where it differs from what is stored.
///
/// A batch is compared by one statement; only if something is new there is a transaction.
struct PressRecorder: Sendable {
    let pool: PostgresPool
    let merger: ChatMerger

    /// Records presses of one bot's games.
    ///
    /// - Parameter facts: What the presses tell, in order.
    func write(
        _ bot: BotID,
        _ facts: [PressFact]
    ) async throws(PostgresError) -> [Result<Void, Refusal>] {
        try await retryingConflict { () throws(PostgresError) in
            for duplicate in try await record(bot, facts) { try await merger.merge(duplicate, bot: bot) }
        }
        return facts.map { _ in .success(()) }
    }

    private func record(_ bot: BotID, _ facts: [PressFact]) async throws(PostgresError) -> [ChatAlias] {
        let news = try await pool.withSession { session throws(PostgresError) in
            try session.run(.news(in: facts, bot: bot))
        }
        guard !news.isEmpty else { return [] }
        let writing = PressWriting(
            bot: bot,
            facts: Self.affected(by: news, among: facts),
            // Whoever creates a chat must be alone in that; all others only must not see one merged meanwhile.
            sharesChats: !news.contains(where: \.isChatUnknown)
        )
        return try await pool.committing { session throws(PostgresError) in try writing.write(in: session) }
    }

    /// The presses that are to be written: those that are news, and those of the same games and chats, beside which
    /// the order in which messages were pressed would be lost.
    private static func affected(by news: [PressNews], among facts: [PressFact]) -> [PressFact] {
        let isNews = Set(news.map(\.position))
        let places = Set(isNews.map { Place(facts[$0]) })
        return facts.enumerated().filter { position, fact in
            isNews.contains(position) || fact.target != nil && places.contains(Place(fact))
        }.map(\.element)
    }

    private struct Place: Hashable {
        let game: GameID
        let instance: ChatInstance

        init(_ fact: PressFact) { (game, instance) = (fact.game, fact.alias.instance) }
    }
}
