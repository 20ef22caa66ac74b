import JSON
import Leaderboards
import Postgres
import Storage

/// Comparing Telegram's tables with what they are to hold, as far as the database is concerned.
extension Reconciler {
    /// Lists tables of which something is known.
    func tables(
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
    func draw(
        _ count: Int,
        of games: [GameID],
        chat: ChatID?
    ) async throws(PostgresError) -> [TableKey: [PlayerID]] {
        let options = TransactionOptions(isReadOnly: true, statementTimeout: .seconds(300))
        return try await pool.transaction(options) { session throws(PostgresError) in
            try session.deliveriesDraw(count, of: games, chat: chat)
        }
    }

    /// Reads the rows of a table, and the messages by which it can be read now.
    func table(_ key: TableKey) async throws(PostgresError) -> KnownTable {
        try await pool.withSession { session throws(PostgresError) in try session.knownTable(key) }
    }

    /// Reserves a call about a chat, if there is room for it: it must start within ``CallHistory/slotLifetime`` of
    /// the slot.
    ///
    /// Otherwise tells when to ask again.
    func reserve(
        _ chat: ChatID,
        bot: BotID
    ) async throws(PostgresError) -> (slot: Instant, notBefore: Instant?) {
        let limits = limits
        let now = now
        return try await pool.transaction { session throws(PostgresError) in
            let slot = now()
            return (slot, try session.deliveryChatReserveCall(chat, bot: bot, limits: limits, now: slot))
        }
    }

    /// Leaves a chat alone, or its bot, as long as Telegram asked.
    func hold(_ chat: ChatID, bot: BotID, for wait: Duration) async throws(PostgresError) {
        let now = now()
        try await pool.transaction { session throws(PostgresError) in
            try session.deliveryChatHold(for: wait, chat: chat, bot: bot, now: now)
        }
    }

    /// Has differences put right by whoever delivers; scores that are lowered by force are put on record.
    ///
    /// The players whose deliveries are due again are told, not those whose deliveries have changed since.
    func repair(
        _ repairs: [TableRepair],
        of game: Game,
        in chat: ChatID,
        named instance: ChatInstance?,
        target: StoredTarget
    ) async throws(PostgresError) -> [PlayerID] {
        let now = now()
        let place = [game.gameName, instance.map { "chat \($0)" }].compactMap(\.self).joined(separator: " ")
        return try await pool.transaction { session throws(PostgresError) in
            let repaired = try session.deliveriesRepair(
                repairs,
                of: TableKey(game: game.root, chat: chat),
                bot: game.bot,
                target: target,
                now: now
            )
            for repair in repairs where repair.isForced && repaired.contains(repair.player) {
                try session.run(
                    .auditInsert(
                        AuditEntry(
                            actor: actor,
                            action: "delivery.reconcile",
                            subject: "\(place) player \(repair.player)",
                            reason: reason,
                            before: Self.document(repair.held),
                            after: Self.document(repair.expected?.desired)
                        )
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
