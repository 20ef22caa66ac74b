package import Leaderboards
import Postgres
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
    package func chatBacklogs(limit: Int) async throws(OperationError) -> [ChatBacklog] {
        try await scanning { session throws(PostgresError) in try session.deliveryBacklogsByChat(limit: limit)
        }
    }

    /// Lists deliveries, those that have waited the longest first.
    package func deliveries(
        _ filter: DeliveryFilter,
        limit: Int
    ) async throws(OperationError) -> [DeliveryRecord] {
        try await scanning { session throws(PostgresError) in
            try session.deliveriesList(filter, limit: limit)
        }
    }

    /// Tries deliveries again at once, within Telegram's limits.
    ///
    /// - Returns: What was meant, how many are due now, and what keeps the others.
    package func retryDeliveries(
        _ filter: DeliveryFilter,
        subject: String,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(OperationError) -> DeliveryChange {
        try await change("delivery.retry", filter, subject, reason, isDryRun) {
            session,
            keys throws(PostgresError) in
            try session.deliveriesRetry(keys, now: try session.run(.timeGet()))
        }
    }

    /// Gives deliveries up: Telegram's tables stay as they are until a new value or a new message wakes them.
    ///
    /// - Returns: What was meant, and how many were given up.
    package func dropDeliveries(
        _ filter: DeliveryFilter,
        subject: String,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(OperationError) -> DeliveryChange {
        let error = reason.map { "dropped by \(actor): \($0)" } ?? "dropped by \(actor)"
        return try await change("delivery.drop", filter, subject, reason, isDryRun) {
            session,
            keys throws(PostgresError) in
            try session.deliveriesDrop(keys, reason: error)
        }
    }

    /// Records that a message is about to be sent to a chat, so that the budgets of the chat and of the bot know of it.
    package func countMessage(to address: TelegramChatID, bot: BotID) async throws(OperationError) {
        try await transaction { try $0.messageCount(to: address, bot: bot, now: try $0.run(.timeGet())) }
    }

    /// Notes that a message was sent to a chat: one that was closed is open.
    package func noteSent(to address: TelegramChatID, bot: BotID) async throws(OperationError) {
        try await transaction { try $0.chatNoteSent(to: address, by: bot, now: try $0.run(.timeGet())) }
    }

    private func change(
        _ action: String,
        _ filter: DeliveryFilter,
        _ subject: String,
        _ reason: String?,
        _ isDryRun: Bool,
        _ body: @escaping @Sendable (Session, [DeliveryKey]) throws(PostgresError) -> Int
    ) async throws(OperationError) -> DeliveryChange {
        let note = note(action, reason)
        return try await transaction(.rebuilding(isDryRun: isDryRun)) { session in
            let records = try session.deliveriesList(filter)
            let changed = try body(session, records.map(\.key))
            if changed > 0 {
                try session.run(
                    .auditInsert(
                        note.entry(on: subject, before: nil, after: #"{"deliveries":\#(changed)}"#)
                    )
                )
            }
            let keys = Set(records.map(\.key))
            var all = filter
            all.states = []
            let after = try session.deliveriesList(all).filter { keys.contains($0.key) }
            return DeliveryChange(
                records: records,
                changed: changed,
                causes: Dictionary(
                    after.compactMap { DeliveryCause(rawValue: $0.cause) }.map { ($0, 1) },
                    uniquingKeysWith: +
                ),
                idleBots: try Set(after.map(\.bot)).sorted().filter {
                    try !session.deliveryLockIsHeld(for: $0)
                }
            )
        }
    }
}
