import JSON
package import Leaderboards
package import Postgres
package import Storage

/// Comparing Telegram's tables with what they are to hold, as far as the database is concerned.
package struct Reconciliation: Sendable {
    /// What part of the budget is left to scores.
    private static let share = 2

    private let pool: PostgresPool
    private let limits: CallLimits
    private let actor: String
    private let reason: String?
    private let clock: @Sendable () -> Instant

    /// Prepares.
    ///
    /// - Parameters:
    ///   - limits: How often Telegram may be called. Only half of it is used, so that scores go on; running servers
    ///     count these calls.
    ///   - actor: Who does it, for the audit.
    package init(
        pool: PostgresPool,
        limits: CallLimits,
        actor: String,
        reason: String? = nil,
        clock: @escaping @Sendable () -> Instant
    ) {
        self.pool = pool
        self.actor = actor
        self.reason = reason
        self.limits = CallLimits(
            chatPerSecond: max(1, limits.chatPerSecond / Self.share),
            chatPerMinute: max(1, limits.chatPerMinute / Self.share),
            botPerSecond: max(1, limits.botPerSecond / Self.share)
        )
        self.clock = clock
    }

    /// Lists tables of which something is known.
    ///
    /// - Parameters:
    ///   - chat: Of this chat only; nil for every one.
    ///   - after: From behind this table on, by game and chat; nil from the first.
    /// - Returns: The tables in their order.
    package func tables(
        of games: [GameID],
        chat: ChatID?,
        after: TableKey?,
        limit: Int
    ) async throws(PostgresError) -> [TableKey] {
        try await pool.withSession { session throws(PostgresError) in
            try session.knownTables(of: games, chat: chat, after: after, limit: limit)
        }
    }

    /// Draws players whose score Telegram knows of, or should.
    ///
    /// - Parameter chat: Of this chat only; nil for every one.
    package func draw(
        _ count: Int,
        of games: [GameID],
        chat: ChatID?
    ) async throws(PostgresError) -> [TableKey: [PlayerID]] {
        let options = TransactionOptions(isReadOnly: true, statementTimeout: .seconds(300))
        return try await pool.transaction(options) { session throws(PostgresError) in
            try session.drawDeliveries(count, of: games, chat: chat)
        }
    }

    /// Reads what is known of a table.
    ///
    /// - Returns: Its rows, and the messages by which it can be read now.
    package func table(_ key: TableKey) async throws(PostgresError) -> KnownTable {
        try await pool.withSession { session throws(PostgresError) in try session.knownTable(key) }
    }

    /// Reserves a call about a chat, if there is room for it.
    ///
    /// - Returns: The slot, from which on the call must start within ``CallLedger/slotLifetime``; or when to ask again.
    package func reserve(
        _ chat: ChatID,
        bot: BotID
    ) async throws(PostgresError) -> (slot: Instant, reservation: CallReservation) {
        let limits = limits
        let clock = clock
        return try await pool.transaction { session throws(PostgresError) in
            let now = clock()
            return (now, try session.reserveCall(about: chat, bot: bot, limits: limits, now: now))
        }
    }

    /// Leaves a chat alone, or its bot, as long as Telegram asked.
    ///
    /// - Parameter chat: The chat of the call.
    package func hold(_ chat: ChatID, bot: BotID, for wait: Duration) async throws(PostgresError) {
        let now = clock()
        try await pool.transaction { session throws(PostgresError) in
            try session.noteTooManyCalls(wait, about: chat, bot: bot, now: now)
        }
    }

    /// Has differences put right by whoever delivers; scores that are lowered by force are put on record.
    ///
    /// - Parameters:
    ///   - repairs: The differences, each player at most once.
    ///   - game: The game of the table.
    ///   - instance: The chat as people name it; nil where nothing is known.
    ///   - target: The message by which the table was read.
    /// - Returns: The players whose deliveries are due again; not those whose deliveries have changed since.
    package func repair(
        _ repairs: [TableRepair],
        of game: Game,
        in chat: ChatID,
        named instance: ChatInstance?,
        target: StoredTarget
    ) async throws(PostgresError) -> [PlayerID] {
        let now = clock()
        let place = [game.name, instance.map { "chat \($0)" }].compactMap(\.self).joined(separator: " ")
        return try await pool.transaction { session throws(PostgresError) in
            let repaired = try session.repairDeliveries(
                repairs,
                of: TableKey(game: game.id, chat: chat),
                bot: game.bot,
                target: target,
                now: now
            )
            for repair in repairs where repair.isForced && repaired.contains(repair.player) {
                try session.writeAudit(
                    AuditEntry(
                        actor: actor,
                        action: "delivery.reconcile",
                        subject: "\(place) player \(repair.player)",
                        reason: reason,
                        before: Self.document(repair.held),
                        after: Self.document(repair.expected?.wanted)
                    )
                )
            }
            return repaired
        }
    }

    private static func document(_ score: Int32?) -> String {
        var writer = JSONWriter()
        writer.object {
            $0.key("telegram_score")
            if let score { $0.value(Int64(score)) } else { $0.null() }
        }
        return writer.text
    }
}
