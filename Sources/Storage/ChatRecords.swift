package import Leaderboards
package import Postgres

/// A chat with all that is known of it.
package struct ChatRecord: Hashable, Sendable {
    package let id: ChatID
    package let bot: BotRecord
    /// What Telegram calls it in presses; several after a group became a supergroup.
    package let instances: [ChatInstance]
    /// Its Telegram ids under which messages can be written.
    package let addresses: [TelegramChatID]
    /// Its Telegram ids of old, under which nothing can be written any more.
    package let formerAddresses: [TelegramChatID]
    package let title: String?
    /// The zone in which days, weeks and months of its own leaderboards begin; nil is the game's.
    package let zone: String?
    /// In which words Telegram refuses what the bot writes there; nil while it does not.
    package let closedReason: String?
    /// When the bot tries again to write in a closed chat.
    package let retryAt: Instant?
    /// The chats that turned out to be this one.
    package let merged: [ChatID]
}

extension Session {
    /// Lists the chats of all bots.
    ///
    /// - Returns: The chats by bot and id, without those that were merged into others.
    /// - Throws: `PostgresError`.
    package func chatRecords() throws(PostgresError) -> [ChatRecord] {
        try query("\(unescaped: Self.selectChats) ORDER BY c.bot_id, c.chat_id").map(Self.chatRecord)
    }

    /// Finds the chats that go by a `chat_instance`.
    ///
    /// - Parameter instance: The `chat_instance`.
    /// - Returns: The chats, at most one of each bot.
    /// - Throws: `PostgresError`.
    package func chatRecords(named instance: ChatInstance) throws(PostgresError) -> [ChatRecord] {
        try query(
            """
            \(unescaped: Self.selectChats)
              AND c.chat_id IN (SELECT n.chat_id FROM chat_instances n WHERE n.chat_instance = \(instance))
            ORDER BY c.bot_id
            """
        ).map(Self.chatRecord)
    }

    /// Reads a chat within a transaction.
    ///
    /// - Parameter id: The chat.
    /// - Returns: The chat as it is now, or nil when it is not there or was merged into another.
    /// - Throws: `PostgresError`.
    package func chatRecord(_ id: ChatID) throws(PostgresError) -> ChatRecord? {
        try first("\(unescaped: Self.selectChats) AND c.chat_id = \(id)").map(Self.chatRecord)
    }

    /// Gives a chat a time zone of its own, or takes it away.
    ///
    /// The caller makes the chat's leaderboards anew.
    ///
    /// - Parameters:
    ///   - chat: The chat.
    ///   - zone: The name of the zone; nil is the game's.
    /// - Throws: `PostgresError`.
    package func setZone(of chat: ChatID, to zone: String?) throws(PostgresError) {
        try execute("UPDATE chats SET zone = \(zone) WHERE chat_id = \(chat)")
    }

    private static let selectChats = """
        SELECT c.chat_id, c.bot_id, b.username,
               ARRAY(SELECT i.chat_instance FROM chat_instances i WHERE i.chat_id = c.chat_id ORDER BY 1),
               ARRAY(SELECT a.telegram_chat_id FROM chat_addresses a
                     WHERE a.chat_id = c.chat_id AND NOT a.is_gone ORDER BY 1),
               ARRAY(SELECT a.telegram_chat_id FROM chat_addresses a
                     WHERE a.chat_id = c.chat_id AND a.is_gone ORDER BY 1),
               c.title, c.zone, q.closed_reason, q.retry_at, coalesce(m.chats, '{}')
        FROM chats c
        JOIN bots b USING (bot_id)
        LEFT JOIN delivery_chats q ON q.bot_id = c.bot_id AND q.chat_id = c.chat_id
        -- Few chats are merged, and no index leads to them: all are looked up at once.
        LEFT JOIN (
            SELECT merged_into, array_agg(chat_id ORDER BY chat_id) AS chats
            FROM chats WHERE merged_into IS NOT NULL GROUP BY merged_into
        ) AS m ON m.merged_into = c.chat_id
        WHERE c.merged_into IS NULL
        """

    private static func chatRecord(_ row: Row) throws(PostgresError) -> ChatRecord {
        let (id, bot, username, instances, addresses, former, title, zone, closedReason, retryAt, merged) =
            try row.decode(
                ChatID.self,
                BotID.self,
                String?.self,
                [ChatInstance].self,
                [TelegramChatID].self,
                [TelegramChatID].self,
                String?.self,
                String?.self,
                String?.self,
                Instant?.self,
                [ChatID].self
            )
        return ChatRecord(
            id: id,
            bot: BotRecord(id: bot, username: username),
            instances: instances,
            addresses: addresses,
            formerAddresses: former,
            title: title,
            zone: zone,
            closedReason: closedReason,
            retryAt: retryAt,
            merged: merged
        )
    }
}
