package import Leaderboards
import Postgres
import Scoring
package import Storage

/// What a command did to deliveries.
package struct DeliveryChange: Sendable {
    /// The deliveries that were meant, as they were before.
    package let records: [DeliveryRecord]
    /// How many of them were changed.
    package let changed: Int
    /// Why they wait from now on.
    package var causes: [DeliveryCause: Int] = [:]
    /// The bots of theirs for which no running instance calls.
    package var idleBots: [BotID] = []
}

extension Administration {
    /// Counts what Telegram does not hold yet, by chat.
    ///
    /// - Parameter limit: How many chats at most, those that have waited the longest.
    /// - Returns: A line for each chat.
    package func chatBacklogs(limit: Int) async throws(AdministrationError) -> [ChatBacklog] {
        try await looking { session throws(PostgresError) in try session.deliveryBacklogsByChat(limit: limit)
        }
    }

    /// Lists deliveries, those that have waited the longest first.
    package func deliveries(
        _ filter: DeliveryFilter,
        limit: Int
    ) async throws(AdministrationError) -> [DeliveryRecord] {
        try await looking { session throws(PostgresError) in
            try session.deliveriesList(filter, limit: limit)
        }
    }

    /// Tries deliveries again at once, within Telegram's limits.
    ///
    /// - Parameters:
    ///   - subject: What the audit calls them.
    ///   - isDryRun: Whether nothing is to remain.
    /// - Returns: What was meant, how many are due now, and what keeps the others.
    package func retryDeliveries(
        _ filter: DeliveryFilter,
        subject: String,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(AdministrationError) -> DeliveryChange {
        try await change("delivery.retry", filter, subject, reason, isDryRun) {
            session,
            keys throws(PostgresError) in
            try session.deliveriesRetry(keys, now: try session.run(.timeGet()))
        }
    }

    /// Gives deliveries up: Telegram's tables stay as they are until a new value or a new message wakes them.
    ///
    /// - Parameters:
    ///   - filter: Which; those whose call is under way are passed over.
    ///   - subject: What the audit calls them.
    ///   - reason: Why, for the audit and as their error.
    ///   - isDryRun: Whether nothing is to remain.
    /// - Returns: What was meant, and how many were given up.
    package func dropDeliveries(
        _ filter: DeliveryFilter,
        subject: String,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(AdministrationError) -> DeliveryChange {
        let error = reason.map { "dropped by \(actor): \($0)" } ?? "dropped by \(actor)"
        return try await change("delivery.drop", filter, subject, reason, isDryRun) {
            session,
            keys throws(PostgresError) in
            try session.deliveriesDrop(keys, reason: error)
        }
    }

    /// Records that a message is about to be sent to a chat, so that the budgets of the chat and of the bot know of it.
    package func countMessage(to address: TelegramChatID, bot: BotID) async throws(AdministrationError) {
        do {
            try await pool.transaction { session throws(PostgresError) in
                try session.messageCount(to: address, bot: bot, now: try session.run(.timeGet()))
            }
        } catch { throw .database(error) }
    }

    /// Notes that a message was sent to a chat: one that was closed is open.
    package func noteSent(to address: TelegramChatID, bot: BotID) async throws(AdministrationError) {
        do {
            try await pool.transaction { session throws(PostgresError) in
                try session.chatNoteSent(to: address, by: bot, now: try session.run(.timeGet()))
            }
        } catch { throw .database(error) }
    }

    private func change(
        _ action: String,
        _ filter: DeliveryFilter,
        _ subject: String,
        _ reason: String?,
        _ isDryRun: Bool,
        _ body: @Sendable (Session, [DeliveryKey]) throws(PostgresError) -> Int
    ) async throws(AdministrationError) -> DeliveryChange {
        do {
            return try await pool.transaction(.rebuilding(isDryRun: isDryRun)) {
                session throws(PostgresError) in
                let records = try session.deliveriesList(filter)
                let changed = try body(session, records.map(\.key))
                if changed > 0 {
                    try session.run(
                        .auditInsert(
                            AuditEntry(
                                actor: actor,
                                action: action,
                                subject: subject,
                                reason: reason,
                                before: nil,
                                after: #"{"deliveries":\#(changed)}"#
                            )
                        )
                    )
                }
                let keys = Set(records.map(\.key))
                var all = filter
                all.states = []
                let after = try session.deliveriesList(all).filter { keys.contains($0.key) }
                var idle: [BotID] = []
                for bot in Set(after.map(\.bot)).sorted() where try !session.deliveryLockIsHeld(for: bot) {
                    idle.append(bot)
                }
                return DeliveryChange(
                    records: records,
                    changed: changed,
                    causes: Dictionary(
                        after.compactMap { DeliveryCause(rawValue: $0.cause) }.map { ($0, 1) },
                        uniquingKeysWith: +
                    ),
                    idleBots: idle
                )
            }
        } catch { throw .database(error) }
    }

    /// Reads from what may be many rows.
    func looking<R: Sendable>(
        _ body: @Sendable (Session) throws(PostgresError) -> R
    ) async throws(AdministrationError) -> R {
        do {
            return try await pool.transaction(TransactionOptions(statementTimeout: .seconds(60))) {
                session throws(PostgresError) in
                try session.planForManyRows(memory: 32)
                return try body(session)
            }
        } catch { throw .database(error) }
    }
}
