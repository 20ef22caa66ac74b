package import Leaderboards
package import Scoring
package import Storage

/// What a courier does to the world, so that its tests can stand in for database and Telegram.
package struct DeliveryEffects: Sendable {
    /// What a claim found, and when the next one may find something if it found nothing.
    package typealias Claim = (deliveries: [ClaimedDelivery], next: Instant?)

    package var claim: @Sendable (BotID, _ limit: Int) async throws -> Claim
    package var settle: @Sendable (ClaimedDelivery, DeliveryAnswer) async throws -> DeliverySettlement?
    package var recordMigration: @Sendable (BotID, _ from: TelegramChatID, _ to: TelegramChatID) async -> Void
    package var now: @Sendable () -> Instant

    /// Names the effects.
    ///
    /// - Parameters:
    ///   - claim: Claims due deliveries of a bot.
    ///   - settle: Writes down what became of one; nil when its lease was lost.
    ///   - recordMigration: Notes that a group became a supergroup.
    ///   - now: The time.
    package init(
        claim: @escaping @Sendable (BotID, _ limit: Int) async throws -> Claim,
        settle: @escaping @Sendable (ClaimedDelivery, DeliveryAnswer) async throws -> DeliverySettlement?,
        recordMigration: @escaping @Sendable (BotID, TelegramChatID, TelegramChatID) async -> Void,
        now: @escaping @Sendable () -> Instant
    ) {
        self.claim = claim
        self.settle = settle
        self.recordMigration = recordMigration
        self.now = now
    }

    /// The effects on the real database.
    ///
    /// - Parameters:
    ///   - highscores: The use cases.
    ///   - now: The time.
    package init(_ highscores: Highscores, now: @escaping @Sendable () -> Instant) {
        self.init(
            claim: { try await highscores.deliveries.claim(of: $0, limit: $1) },
            settle: { try await highscores.deliveries.settle($0, $1) },
            recordMigration: { bot, old, new in
                try? await highscores.record(.migrated(from: old, to: new), bot: bot)
            },
            now: now
        )
    }
}
