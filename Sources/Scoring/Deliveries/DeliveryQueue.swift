package import Leaderboards
package import Postgres
package import Storage

/// What is to be brought to Telegram, as the one who brings it sees it.
package struct DeliveryQueue: Sendable {
    /// A call times out after 20 s; what is not settled by then is somebody else's.
    package static let leaseLength: Duration = .seconds(30)

    private let pool: PostgresPool
    private let chatPause: Duration
    private let clock: @Sendable () -> Instant

    init(pool: PostgresPool, chatPause: Duration, clock: @escaping @Sendable () -> Instant) {
        self.pool = pool
        self.chatPause = chatPause
        self.clock = clock
    }

    /// Claims what is due, after returning what a vanished instance had claimed.
    ///
    /// - Parameters:
    ///   - bot: Whose deliveries.
    ///   - limit: How many at most.
    /// - Returns: The claimed rows, committed as such, and when the next may be due if nothing was found.
    /// - Throws: `PostgresError`.
    package func claim(
        of bot: BotID,
        limit: Int
    ) async throws(PostgresError) -> (deliveries: [ClaimedDelivery], next: Instant?) {
        let now = clock()
        var generator = SystemRandomNumberGenerator()
        let lease = Identifier128(using: &generator)
        return try await pool.transaction { session throws(PostgresError) in
            _ = try session.returnExpiredLeases(of: bot, now: now)
            let claimed = try session.claimDeliveries(
                of: bot,
                limit: limit,
                now: now,
                pause: chatPause,
                lease: lease,
                leaseUntil: now + Self.leaseLength
            )
            return (claimed, try claimed.isEmpty ? session.nextDelivery(of: bot) : nil)
        }
    }

    /// Writes down what became of a call.
    ///
    /// - Parameters:
    ///   - delivery: The claimed row.
    ///   - answer: What Telegram said.
    /// - Returns: The decision; nil when the lease had been lost.
    /// - Throws: `PostgresError`.
    package func settle(
        _ delivery: ClaimedDelivery,
        _ answer: DeliveryAnswer
    ) async throws(PostgresError) -> DeliverySettlement? {
        let now = clock()
        let random = Double.random(in: 0...1)
        return try await pool.transaction { session throws(PostgresError) in
            try session.settleDelivery(delivery, now: now) { wanted in
                DeliverySettlement(
                    answer: answer,
                    sent: delivery.wanted,
                    wanted: wanted,
                    isForced: delivery.isForced,
                    attempts: delivery.attempts,
                    random: random
                )
            }
        }
    }

    /// Counts the deliveries of a bot by state.
    ///
    /// - Parameter bot: The bot.
    /// - Returns: The number of rows in each state that occurs.
    /// - Throws: `PostgresError`.
    package func counts(of bot: BotID) async throws(PostgresError) -> [String: Int] {
        try await pool.withSession { session throws(PostgresError) in try session.deliveryCounts(of: bot) }
    }
}
