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
    /// Of which windows the winners are announced there; nil is none.
    package let announce: WindowKind?
    /// In which words Telegram refuses what the bot writes there; nil while it does not.
    package let closedReason: String?
    /// When the bot tries again to write in a closed chat.
    package let retryAt: Instant?
    /// The chats that turned out to be this one.
    package let merged: [ChatID]

    fileprivate init(_ row: Row) throws(PostgresError) {
        let (
            id, bot, username, instances, addresses, former, title, zone, announce, closedReason, retryAt,
            merged
        ) =
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
                String?.self,
                Instant?.self,
                [ChatID].self
            )
        self.id = id
        self.bot = BotRecord(id: bot, username: username)
        self.instances = instances
        self.addresses = addresses
        formerAddresses = former
        self.title = title
        self.zone = zone
        self.announce = announce.flatMap { WindowKind(rawValue: $0) }
        self.closedReason = closedReason
        self.retryAt = retryAt
        self.merged = merged
    }

    /// Chats that were not merged into others; conditions and an order may follow.
    fileprivate static let select = """
        SELECT c.chat_id, c.bot_id, b.username,
               ARRAY(SELECT i.chat_instance FROM chat_instances i WHERE i.chat_id = c.chat_id ORDER BY 1),
               ARRAY(SELECT a.telegram_chat_id FROM chat_addresses a
                     WHERE a.chat_id = c.chat_id AND NOT a.is_gone ORDER BY 1),
               ARRAY(SELECT a.telegram_chat_id FROM chat_addresses a
                     WHERE a.chat_id = c.chat_id AND a.is_gone ORDER BY 1),
               c.title, c.zone, c.announce, q.closed_reason, q.retry_at, coalesce(m.chats, '{}')
        FROM chats c
        JOIN bots b USING (bot_id)
        LEFT JOIN delivery_chats q ON q.bot_id = c.bot_id AND q.chat_id = c.chat_id
        -- Few chats are merged: all are looked up at once.
        LEFT JOIN (
            SELECT merged_into, array_agg(chat_id ORDER BY chat_id) AS chats
            FROM chats WHERE merged_first IS NOT NULL GROUP BY merged_into
        ) AS m ON m.merged_into = c.chat_id
        WHERE c.merged_into IS NULL
        """
}

extension Statement where Value == [ChatRecord] {
    /// Chats by bot and id; what is nil does not matter.
    ///
    /// - Parameter title: A part of the title, in any case.
    package static func chatsList(of bot: BotID? = nil, title: String? = nil, limit: Int? = nil) -> Self {
        Self(
            each: """
                \(unescaped: ChatRecord.select)
                  \(and: "c.bot_id =", bot)
                  \(and: "position(lower(", title, ") IN lower(c.title)) > 0")
                ORDER BY c.bot_id, c.chat_id
                LIMIT \(limit.map { Int64($0) })
                """,
            ChatRecord.init
        )
    }

    /// The chats of a title, in any case.
    package static func chatsList(titled title: String, limit: Int) -> Self {
        Self(
            each: """
                \(unescaped: ChatRecord.select) AND lower(c.title) = lower(\(title))
                ORDER BY c.bot_id, c.chat_id
                LIMIT \(Int64(limit))
                """,
            ChatRecord.init
        )
    }

    /// The chats that go by a `chat_instance`, at most one of each bot.
    package static func chatsList(named instance: ChatInstance) -> Self {
        Self(
            each: """
                \(unescaped: ChatRecord.select)
                  AND c.chat_id IN (SELECT n.chat_id FROM chat_instances n WHERE n.chat_instance = \(instance))
                ORDER BY c.bot_id
                """,
            ChatRecord.init
        )
    }

    /// The chats that Telegram knows by an id, at most one of each bot.
    package static func chatsList(at address: TelegramChatID) -> Self {
        Self(
            each: """
                \(unescaped: ChatRecord.select)
                  AND c.chat_id IN (SELECT n.chat_id FROM chat_addresses n WHERE n.telegram_chat_id = \(address))
                ORDER BY c.bot_id
                """,
            ChatRecord.init
        )
    }
}

extension Statement where Value == [String] {
    /// The titles of the chats that were met last.
    package static func chatTitlesList(limit: Int) -> Self {
        Self(
            column: """
                SELECT title FROM (SELECT title FROM chats ORDER BY chat_id DESC LIMIT \(Int64(limit))) AS c
                WHERE title IS NOT NULL
                """
        )
    }
}

extension Statement where Value == ChatRecord? {
    /// A chat as it is now; nil when it is not there or was merged into another.
    package static func chatGet(_ id: ChatID) -> Self {
        Self(first: "\(unescaped: ChatRecord.select) AND c.chat_id = \(id)", ChatRecord.init)
    }
}

extension Query {
    /// Gives a chat a time zone of its own, or takes it away; its leaderboards are to be made anew.
    package static func chatZoneUpdate(of chat: ChatID, to zone: String?) -> Query {
        "UPDATE chats SET zone = \(zone) WHERE chat_id = \(chat)"
    }

    /// Has the winners of windows announced in a chat, or no longer.
    package static func chatAnnounceUpdate(of chat: ChatID, to window: WindowKind?) -> Query {
        "UPDATE chats SET announce = \(window?.rawValue) WHERE chat_id = \(chat)"
    }
}
