package import Leaderboards
package import Storage

/// What the worker of a bot does to the world, so that its tests can stand in for database and time.
package protocol DeliveryEffects: Sendable {
    var bot: BotID { get }
    /// How many calls there may be in a second.
    var callsPerSecond: Int { get }
    var now: Instant { get }
    /// Returns early when cancelled.
    func sleep(until time: Instant) async
    /// Runs the body while no other instance calls for the bot.
    func lead(_ body: @Sendable @escaping () async -> Void) async
    /// Takes the say over the bot's calls: whoever had it can claim nothing any more.
    func takeOver() async throws
    /// Claims what may be called now; each call must start at once or be given up.
    func claim(limit: Int) async throws -> ClaimResult
    /// Notes that a call starts; false when its slot has passed.
    func start(_ claim: DeliveryClaim) -> Bool
    /// Writes down what became of a call; nil when its lease was lost.
    func settle(_ claim: DeliveryClaim, _ answer: DeliveryAnswer) async throws -> DeliverySettlement?
    /// Takes back what a vanished instance had claimed.
    func takeBackExpired() async throws
    /// Gives a turn to chats in which something waits and that have none.
    func queueForgotten() async throws
    /// Notes that a group became a supergroup.
    func recordMigration(from old: TelegramChatID, to new: TelegramChatID) async
}

/// What a claim found.
package struct ClaimResult: Sendable {
    /// To be called now, committed as such.
    package var claims: [DeliveryClaim] = []
    /// When the next claim may find something; nil when nothing waits.
    package var next: Instant?
    /// Until when no claim finds anything, whatever waits; nil when one may.
    package var notBefore: Instant?
    /// Whether another instance has taken over.
    package var isDeposed = false

    package init() {}
}
