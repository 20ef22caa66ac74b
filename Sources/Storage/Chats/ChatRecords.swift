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

/// What was taken for names of one chat, where these are of two: by a key, or by a merge that was taken back.
package struct ChatConflict: Sendable {
    /// The game of the key, by the name that people use; nil where a merge was taken back.
    package let game: String?
    /// Nil where no press was ever made in the chat.
    package let instance: ChatInstance?
    /// Nil where Telegram's id of the chat is not known.
    package let address: TelegramChatID?
    /// What the two chats are called.
    package let titles: (ofInstance: String?, ofAddress: String?)
    package let reportedAt: Instant

    fileprivate init(
        game: String?,
        instance: ChatInstance?,
        address: TelegramChatID?,
        titles: (ofInstance: String?, ofAddress: String?),
        reportedAt: Instant
    ) {
        (self.game, self.instance, self.address) = (game, instance, address)
        (self.titles, self.reportedAt) = (titles, reportedAt)
    }
}

extension Session {
    /// Lists the chats of all bots.
    ///
    /// - Returns: The chats by bot and id, without those that were merged into others.
    package func chatRecords() throws(PostgresError) -> [ChatRecord] {
        try query("\(unescaped: Self.selectChats) ORDER BY c.bot_id, c.chat_id").map(Self.chatRecord)
    }

    /// Finds the chats that go by a `chat_instance`.
    ///
    /// - Returns: The chats, at most one of each bot.
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
    /// - Returns: The chat as it is now, or nil when it is not there or was merged into another.
    package func chatRecord(_ id: ChatID) throws(PostgresError) -> ChatRecord? {
        try first("\(unescaped: Self.selectChats) AND c.chat_id = \(id)").map(Self.chatRecord)
    }

    /// Finds the chats that Telegram knows by an id.
    ///
    /// - Returns: The chats, at most one of each bot.
    package func chatRecords(at address: TelegramChatID) throws(PostgresError) -> [ChatRecord] {
        try query(
            """
            \(unescaped: Self.selectChats)
              AND c.chat_id IN (SELECT n.chat_id FROM chat_addresses n WHERE n.telegram_chat_id = \(address))
            ORDER BY c.bot_id
            """
        ).map(Self.chatRecord)
    }

    /// The chat that another one was merged into, whatever became of that one since.
    ///
    /// - Parameter chat: The chat that was given up.
    /// - Returns: The chat that remained; nil when it was not given up.
    package func firstMerge(of chat: ChatID) throws(PostgresError) -> ChatID? {
        try first("SELECT merged_first FROM chats WHERE chat_id = \(chat)")?.decode(ChatID?.self)
    }

    /// Whether an operator said that two chats are two, by taking their merge back.
    ///
    /// - Returns: Whether only an operator joins them.
    package func areSplit(_ chat: ChatID, _ other: ChatID) throws(PostgresError) -> Bool {
        try first(
            "SELECT 1 FROM chat_splits WHERE chat_id = \(min(chat, other)) AND other_id = \(max(chat, other))"
        ) != nil
    }

    /// Lists what was taken for names of one chat, where these are of two.
    ///
    /// - Returns: The pairs, the earliest first.
    package func chatConflicts() throws(PostgresError) -> [ChatConflict] {
        try query(
            """
            SELECT coalesce(b.username, b.bot_id::text) || '/' || g.short_name, c.chat_instance, c.telegram_chat_id,
                   k.title, o.title, c.reported_at
            FROM chat_conflicts c
            JOIN games g USING (game_id)
            JOIN bots b USING (bot_id)
            JOIN chat_instances i ON i.bot_id = g.bot_id AND i.chat_instance = c.chat_instance
            JOIN chat_addresses a ON a.bot_id = g.bot_id AND a.telegram_chat_id = c.telegram_chat_id
            JOIN chats k ON k.chat_id = i.chat_id
            JOIN chats o ON o.chat_id = a.chat_id
            WHERE i.chat_id <> a.chat_id
            UNION ALL
            SELECT NULL, x.chat_instance, x.telegram_chat_id, x.title, x.other_title, s.split_at
            FROM chat_splits s
            CROSS JOIN LATERAL (
                -- Either way round, as far as the names are known.
                SELECT k.title, o.title AS other_title, i.chat_instance, a.telegram_chat_id
                FROM (VALUES (s.chat_id, s.other_id), (s.other_id, s.chat_id)) AS v (one, two)
                JOIN chats k ON k.chat_id = v.one AND k.merged_into IS NULL
                JOIN chats o ON o.chat_id = v.two AND o.merged_into IS NULL
                LEFT JOIN chat_instances i ON i.chat_id = k.chat_id
                LEFT JOIN chat_addresses a ON a.chat_id = o.chat_id
                ORDER BY num_nulls(i.chat_instance, a.telegram_chat_id), v.one, 3, 4
                LIMIT 1
            ) AS x
            ORDER BY 6, 1, 2, 3
            """
        ).map { row throws(PostgresError) in
            let (game, instance, address, title, other, time) = try row.decode(
                String?.self,
                ChatInstance?.self,
                TelegramChatID?.self,
                String?.self,
                String?.self,
                Instant.self
            )
            return ChatConflict(
                game: game,
                instance: instance,
                address: address,
                titles: (title, other),
                reportedAt: time
            )
        }
    }

    /// Gives a chat a time zone of its own, or takes it away.
    ///
    /// The caller makes the chat's leaderboards anew.
    ///
    /// - Parameter zone: The name of the zone; nil is the game's.
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
