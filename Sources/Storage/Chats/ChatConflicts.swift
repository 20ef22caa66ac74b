package import Leaderboards
package import Postgres

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

    fileprivate init(_ row: Row) throws(PostgresError) {
        let title: String?
        let otherTitle: String?
        (game, instance, address, title, otherTitle, reportedAt) = try row.decode(
            String?.self,
            ChatInstance?.self,
            TelegramChatID?.self,
            String?.self,
            String?.self,
            Instant.self
        )
        titles = (title, otherTitle)
    }
}

extension Statement where Value == [ChatConflict] {
    /// The pairs, the earliest first.
    package static func chatConflictsList() -> Self {
        Self(
            each: """
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
                """,
            ChatConflict.init
        )
    }
}

extension Statement where Value == ChatID? {
    /// The chat that another one was merged into, whatever became of that one since; nil when it was not given up.
    package static func chatMergeGet(of chat: ChatID) -> Self {
        Self("SELECT merged_first FROM chats WHERE chat_id = \(chat)") { rows throws(PostgresError) in
            try rows.first?.decode(ChatID?.self) ?? nil
        }
    }
}

extension Statement where Value == Bool {
    /// Whether an operator said that two chats are two, by taking their merge back: only an operator joins them.
    package static func chatsAreSplit(_ chat: ChatID, _ other: ChatID) -> Self {
        Self(
            anyRow: """
                SELECT 1 FROM chat_splits WHERE chat_id = \(min(chat, other)) AND other_id = \(max(chat, other))
                """
        )
    }
}
