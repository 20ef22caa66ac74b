import Leaderboards
import Postgres
import Storage

extension Session {
    /// Wants Telegram to hold what entries of chats over all time have become, in the transaction that changed them.
    ///
    /// - Parameters:
    ///   - standings: The entries, each at most once.
    ///   - game: Their game.
    ///   - now: The time.
    /// - Throws: `PostgresError`.
    func wantDeliveries(of standings: [ChatStanding], game: Game, now: Instant) throws(PostgresError) {
        let wishes = standings.map { standing in
            DeliveryWish(
                chat: standing.chat,
                player: standing.player,
                wanted: standing.score.flatMap { game.rules.telegramScore.value(for: $0) },
                target: nil
            )
        }
        try wantDeliveries(wishes, game: game, now: now)
    }
}
