package import Leaderboards
package import Postgres

extension Session {
    /// Records a message of the bot's own, which is counted against the budgets of chat and bot, but not delayed.
    ///
    /// A chat that is not known yet is made known.
    package func messageCount(to address: TelegramChatID, bot: BotID, now: Instant) throws(PostgresError) {
        try deliveryChatRecordSlot(knownChat(at: address, bot: bot), bot: bot, now: now)
    }

    /// Records that an update makes the bot send a message, unless it did so before or the chat had too many lately.
    ///
    /// The transaction must commit before the message is sent. A flood of updates costs each a look by key. Somebody asks
    /// for it, so that a closed chat is tried again: how a message that is the answer to a webhook fares is never told.
    package func messageAdmit(
        _ kind: OwnMessage,
        after update: Int64,
        to address: TelegramChatID,
        bot: BotID,
        limits: CallLimits,
        now: Instant
    ) throws(PostgresError) -> Bool {
        let chat = try knownChat(at: address, bot: bot)
        func hasRoom(_ row: Row?) throws(PostgresError) -> Bool {
            // What another instance's clock puts into the future holds nothing up.
            guard let row else { return true }
            let (games, boards, calls) = try row.decode([Instant].self, [Instant].self, [Instant].self)
            let credible = { (starts: [Instant]) in starts.filter { $0.isCredible(at: now) } }
            return limits.messageOpening(
                kind,
                after: credible(kind == .game ? games : boards),
                others: credible(kind == .game ? boards : games),
                calls: credible(calls),
                isPrivate: address.rawValue > 0
            ) ?? now <= now
        }
        let columns = "games, boards, slots"
        let look: Query =
            "SELECT \(unescaped: columns) FROM delivery_chats WHERE bot_id = \(bot) AND chat_id = \(chat)"
        guard try hasRoom(first(look)), try run(.answeredUpdateInsert(update, bot: bot)) else { return false }
        // In the order in which claims lock them.
        let locked = try pipeline([
            "INSERT INTO delivery_bots (bot_id) VALUES (\(bot)) ON CONFLICT DO NOTHING",
            "SELECT FROM delivery_bots WHERE bot_id = \(bot) FOR NO KEY UPDATE",
            "INSERT INTO delivery_chats (bot_id, chat_id) VALUES (\(bot), \(chat)) ON CONFLICT DO NOTHING",
            """
            SELECT \(unescaped: columns) FROM delivery_chats WHERE bot_id = \(bot) AND chat_id = \(chat)
            FOR NO KEY UPDATE
            """,
        ])
        guard try hasRoom(locked[3].first) else { return false }
        try deliveryChatRecordSlot(chat, bot: bot, now: now)
        _ = try execute(
            """
            UPDATE delivery_chats
            SET \(unescaped: kind.column)
                = ARRAY(SELECT s FROM unnest(\(unescaped: kind.column) || \(now)::timestamptz) AS s
                                 WHERE s BETWEEN \(now - CallLimits.memoryOfMessages)
                                             AND \(now + ClockSkew.tolerance))
            WHERE bot_id = \(bot) AND chat_id = \(chat)
            """
        )
        try deliveriesQueue(of: chat, after: .press, now: now)
        try targetsReopen(of: chat, now: now)
        return true
    }

    /// Has the winners of windows announced in a chat of Telegram's, or no longer.
    package func chatAnnounce(
        at address: TelegramChatID,
        bot: BotID,
        _ window: WindowKind?
    ) throws(PostgresError) {
        try execute(.chatAnnounceUpdate(of: knownChat(at: address, bot: bot), to: window))
    }

    /// Finds the chat of a Telegram id, creating it when it is new, which alone locks the bot's chats.
    func knownChat(at address: TelegramChatID, bot: BotID) throws(PostgresError) -> ChatID {
        if let known = try run(.chatFind(at: address, bot: bot)) { return known }
        try run(.chatsLock(of: bot))
        return try chatResolve(address, bot: bot)
    }
}

extension OwnMessage {
    /// The column of `delivery_chats` that holds when those of the kind were sent.
    fileprivate var column: String {
        switch self {
        case .game: "games"
        case .board: "boards"
        }
    }
}
