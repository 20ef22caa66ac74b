package import Leaderboards
package import Postgres
package import Storage

/// What is to be brought to Telegram, as the one who brings it sees it.
package struct DeliveryQueue: Sendable {
    /// A call times out after 20 s; what is not settled by then is somebody else's.
    package static let leaseLength: Duration = .seconds(30)
    /// How long Telegram is left alone after it refused a bot's token.
    package static let refusalPause: Duration = .seconds(30)

    let pool: PostgresPool
    let limits: CallLimits
    let clock: @Sendable () -> Instant
    private let roles: ExclusiveRoles

    package init(
        pool: PostgresPool,
        limits: CallLimits,
        roles: ExclusiveRoles,
        clock: @escaping @Sendable () -> Instant
    ) {
        self.pool = pool
        self.limits = limits
        self.roles = roles
        self.clock = clock
    }

    /// Does something as the only instance that calls Telegram for a bot's deliveries.
    ///
    /// - Parameter body: What to do while this instance has the right; cancelled when the right is lost, and begun again when
    ///   it comes back. Returns at shutdown or cancellation.
    package func lead(_ bot: BotID, _ body: @escaping @Sendable () async -> Void) async {
        await roles.hold(LockSpace.courier.key(for: bot), body)
    }

    /// Takes the say over a bot's calls.
    ///
    /// Whoever had it before can claim nothing any more, and what it had claimed counts.
    ///
    /// - Returns: The term in which this instance has it.
    package func takeOver(_ bot: BotID) async throws(PostgresError) -> DeliveryTerm {
        let now = clock()
        let number = try await pool.transaction { session throws(PostgresError) in
            try session.takeOverDeliveries(of: bot, now: now)
        }
        return DeliveryTerm(bot: bot, number: number, queue: self)
    }

    /// Writes down what became of a call.
    ///
    /// - Returns: The decision; nil when the lease had been lost.
    package func settle(
        _ delivery: ClaimedDelivery,
        _ answer: DeliveryAnswer
    ) async throws(PostgresError) -> DeliverySettlement? {
        let now = clock()
        let random = Double.random(in: 0...1)
        return try await pool.committing { session throws(PostgresError) in
            try session.settleDelivery(delivery, now: now, refusalPause: Self.refusalPause) { state in
                DeliverySettlement(state, after: delivery.call, answer: answer, now: now, random: random)
            }
        }
    }

    /// Counts the deliveries of a bot by state.
    ///
    /// - Returns: The number of rows in each state that occurs.
    package func counts(of bot: BotID) async throws(PostgresError) -> [String: Int] {
        try await pool.withSession { session throws(PostgresError) in try session.deliveryCounts(of: bot) }
    }
}
