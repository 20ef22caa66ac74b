package import Leaderboards
package import Postgres

extension Session {
    /// Reserves one call about a chat in the budget that all instances share, if there is room for it.
    ///
    /// The transaction must commit before the call starts, which it must do within ``CallHistory/slotLifetime`` of now,
    /// the slot.
    ///
    /// - Returns: Before when not to ask again; nil when the slot is recorded.
    package func deliveryChatReserveCall(
        _ chat: ChatID,
        bot: BotID,
        limits: CallLimits,
        now: Instant
    ) throws(PostgresError) -> Instant? {
        // In the order in which claims lock them.
        let results = try pipeline([
            "INSERT INTO delivery_bots (bot_id) VALUES (\(bot)) ON CONFLICT DO NOTHING",
            "SELECT slots, held_until FROM delivery_bots WHERE bot_id = \(bot) FOR NO KEY UPDATE",
            "INSERT INTO delivery_chats (bot_id, chat_id) VALUES (\(bot), \(chat)) ON CONFLICT DO NOTHING",
            """
            SELECT q.slots, q.free_at, q.held_until,
                   EXISTS (SELECT FROM chat_addresses a WHERE a.chat_id = q.chat_id AND a.telegram_chat_id > 0)
            FROM delivery_chats q WHERE q.bot_id = \(bot) AND q.chat_id = \(chat) FOR NO KEY UPDATE
            """,
        ])
        guard let ofBot = results[1].first, let ofChat = results[3].first else {
            throw PostgresError(.decoding, "the budget of a bot is not there")
        }
        let (botSlots, botHeldUntil) = try ofBot.decode([Instant].self, Instant.self)
        let (chatSlots, freeAt, chatHeldUntil, isPrivate) = try ofChat.decode(
            [Instant].self,
            Instant.self,
            Instant.self,
            Bool.self
        )
        let calls = RecordedCalls(
            botSlots: botSlots,
            chatSlots: chatSlots,
            chatFreeAt: freeAt,
            botHeldUntil: botHeldUntil,
            chatHeldUntil: chatHeldUntil,
            isPrivate: isPrivate
        )
        if let opening = calls.opening(within: limits, now: now) {
            // What counts as now does so once.
            if !calls.isCredible(at: now) {
                _ = try pipeline([
                    .deliveryBotRecordSlots(botSlots.map { $0.credible(at: now) }, of: bot),
                    """
                    UPDATE delivery_chats SET slots = \(chatSlots.map { $0.credible(at: now) })
                    WHERE bot_id = \(bot) AND chat_id = \(chat)
                    """,
                ])
            }
            return opening
        }
        try deliveryChatRecordSlot(chat, bot: bot, now: now)
        return nil
    }
}
