package import Leaderboards
package import Storage

/// The say over a bot's calls, for as long as an instance has it.
package protocol CallTerm: Sendable {
    /// Claims what may be called now.
    func claim(limit: Int) async throws -> DeliveryClaim
    /// Notes that a call starts; false when its slot has passed.
    func start(_ item: DeliveryClaim.Item) -> Bool
    /// Takes back what a vanished instance had claimed.
    func tidy() async throws
    /// Looks for chats in which something waits and that have no turn.
    func findForgotten() async throws
    /// Notes that Telegram takes the bot's token again.
    func noteAcceptance() async throws
}

extension DeliveryTerm: CallTerm {}

/// What a courier does to the world, so that its tests can stand in for database and Telegram.
package struct DeliveryEffects: Sendable {
    /// Runs the body while no other instance calls for the bot.
    package var lead: @Sendable (BotID, @Sendable @escaping () async -> Void) async -> Void
    package var takeOver: @Sendable (BotID) async throws -> any CallTerm
    package var settle: @Sendable (ClaimedDelivery, DeliveryAnswer) async throws -> DeliverySettlement?
    package var recordMigration: @Sendable (BotID, _ from: TelegramChatID, _ to: TelegramChatID) async -> Void
    package var now: @Sendable () -> Instant
    /// Waits until a time; returns early when cancelled.
    package var sleep: @Sendable (_ until: Instant) async -> Void

    /// Names the effects.
    ///
    /// - Parameters:
    ///   - lead: Runs the body while no other instance calls for the bot.
    ///   - settle: Writes down what became of a delivery; nil when its lease was lost.
    ///   - recordMigration: Notes that a group became a supergroup.
    package init(
        lead: @escaping @Sendable (BotID, @Sendable @escaping () async -> Void) async -> Void,
        takeOver: @escaping @Sendable (BotID) async throws -> any CallTerm,
        settle: @escaping @Sendable (ClaimedDelivery, DeliveryAnswer) async throws -> DeliverySettlement?,
        recordMigration: @escaping @Sendable (BotID, TelegramChatID, TelegramChatID) async -> Void,
        now: @escaping @Sendable () -> Instant,
        sleep: @escaping @Sendable (Instant) async -> Void
    ) {
        self.lead = lead
        self.takeOver = takeOver
        self.settle = settle
        self.recordMigration = recordMigration
        self.now = now
        self.sleep = sleep
    }

    /// The effects on the real database.
    package init(
        _ queue: DeliveryQueue,
        recordMigration: @escaping @Sendable (BotID, TelegramChatID, TelegramChatID) async -> Void,
        now: @escaping @Sendable () -> Instant
    ) {
        self.init(
            lead: { bot, body in await queue.lead(bot, body) },
            takeOver: { try await queue.takeOver($0) },
            settle: { try await queue.settle($0, $1) },
            recordMigration: recordMigration,
            now: now,
            sleep: { time in try? await Task.sleep(for: max(time - now(), .milliseconds(1))) }
        )
    }
}
