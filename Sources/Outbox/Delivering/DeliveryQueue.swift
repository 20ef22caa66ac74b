package import Leaderboards
package import Postgres
package import Storage
import Synchronization

/// What is to be brought to Telegram for one bot, as the database has it.
///
/// The claim is the reservation: the transaction that claims a row records the slots of its chat and its bot, and fails
/// once another instance has taken over. Recorded slots say when calls were claimed; of its own this instance knows
/// when they started.
package final class DeliveryQueue: DeliveryEffects {
    /// A call times out after 20 s; what is not settled by then is somebody else's.
    package static let leaseLength: Duration = .seconds(30)
    /// How long Telegram is left alone after it refused a bot's token.
    package static let refusalPause: Duration = .seconds(30)

    package let bot: BotID
    let pool: PostgresPool
    let limits: CallLimits
    private let roles: ExclusiveRoles
    private let onMigration: @Sendable (TelegramChatID, TelegramChatID) async -> Void
    private let clock: @Sendable () -> Instant
    let state = Mutex(State())

    struct State {
        /// The number under which this instance took over last; nothing can be claimed under an older one.
        var leaseNumber: Int64 = 0
        var history = CallHistory()
        var random = SystemRandomNumberGenerator()
    }

    /// - Parameter onMigration: Told that Telegram named the supergroup which a group has become.
    package init(
        bot: BotID,
        pool: PostgresPool,
        limits: CallLimits,
        roles: ExclusiveRoles,
        onMigration: @escaping @Sendable (TelegramChatID, TelegramChatID) async -> Void = { _, _ in },
        clock: @escaping @Sendable () -> Instant
    ) {
        self.bot = bot
        self.pool = pool
        self.limits = limits
        self.roles = roles
        self.onMigration = onMigration
        self.clock = clock
    }

    package var now: Instant { clock() }

    package var callsPerSecond: Int { limits.botPerSecond }

    package func sleep(until time: Instant) async {
        try? await Task.sleep(for: max(time - clock(), .milliseconds(1)))
    }

    /// The body is cancelled when the right is lost, and begun again when it comes back.
    ///
    /// Returns at shutdown or cancellation.
    package func lead(_ body: @escaping @Sendable () async -> Void) async {
        await roles.hold(.deliveries, of: bot, body)
    }

    package func takeOver() async throws(PostgresError) {
        let now = now
        let leaseNumber = try await pool.transaction { session throws(PostgresError) in
            try session.deliveryBotTakeOver(bot, now: now)
        }
        state.withLock { $0.leaseNumber = leaseNumber }
    }

    /// To be done once after taking over, beside all else: there should be none.
    package func queueForgotten() async throws(PostgresError) {
        try await pool.transaction(TransactionOptions(statementTimeout: .seconds(60))) {
            session throws(PostgresError) in
            try session.planForManyRows(memory: 32)
            try session.deliveriesQueueForgotten(of: bot)
        }
    }

    package func recordMigration(from old: TelegramChatID, to new: TelegramChatID) async {
        await onMigration(old, new)
    }
}
