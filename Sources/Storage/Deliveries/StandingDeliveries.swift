package import Leaderboards
package import Postgres

extension Session {
    /// Wants Telegram to hold what entries of chats over all time have become by other rules, in the transaction that
    /// changed them; by force where Telegram may hold a better value.
    ///
    /// - Parameter standings: The entries, each at most once.
    package func wantDeliveries(of standings: [ChatStanding], game: Game, now: Instant) throws(PostgresError)
    {
        try wantDeliveries(wishes(of: standings, game: game), game: game, manner: .recounted, now: now)
    }

    /// Wants Telegram to hold the very values that entries of chats over all time have become, in the transaction that
    /// put them right: after a ban, a score changed or removed, an erasure.
    ///
    /// A player without an entry is taken off Telegram's table, unless nothing was ever sent there. Whoever delivers
    /// hears of it when the transaction commits; the calls wait for those before them whose outcome is not known.
    ///
    /// - Parameter standings: The entries, each at most once; without a score where the player has none any more.
    package func correctDeliveries(
        of standings: [ChatStanding],
        game: Game,
        now: Instant
    ) throws(PostgresError) {
        try wantDeliveries(wishes(of: standings, game: game), game: game, manner: .corrected, now: now)
    }

    private func wishes(of standings: [ChatStanding], game: Game) -> [DeliveryWish] {
        standings.map { standing in
            DeliveryWish(
                chat: standing.chat,
                player: standing.player,
                wanted: standing.score.flatMap { game.rules.telegramScore.value(for: $0) },
                target: nil
            )
        }
    }
}
