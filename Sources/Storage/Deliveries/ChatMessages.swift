package import Leaderboards
package import Postgres

/// The game messages that were pressed in a chat, by how presses name them.
package struct ChatMessages: Hashable, Sendable {
    /// Those known by chat and number.
    package let byNumber: Int64
    /// Those known by an inline message id.
    package let inline: Int64
    /// Whether those with an inline message id are messages that the bot sent itself: it is in the chat, and nobody
    /// posted its games there through it.
    package let areInlineOwn: Bool

    package init(byNumber: Int64, inline: Int64, areInlineOwn: Bool) {
        self.byNumber = byNumber
        self.inline = inline
        self.areInlineOwn = areInlineOwn
    }
}

extension Session {
    /// Counts the game messages of a chat that can still be written.
    package func chatMessages(of chat: ChatID) throws(PostgresError) -> ChatMessages {
        guard
            let row = try first(
                """
                SELECT count(*) FILTER (WHERE t.target LIKE 'message:%'),
                       count(*) FILTER (WHERE t.target LIKE 'inline:%'),
                       coalesce(bool_or(t.target LIKE 'inline:%'), false) AND \(unescaped: Self.postsAlone)
                FROM chats c LEFT JOIN targets t ON t.chat_id = c.chat_id AND NOT t.is_gone
                WHERE c.chat_id = \(chat) GROUP BY c.chat_id
                """
            )
        else { return ChatMessages(byNumber: 0, inline: 0, areInlineOwn: false) }
        let (byNumber, inline, areInlineOwn) = try row.decode(Int64.self, Int64.self, Bool.self)
        return ChatMessages(byNumber: byNumber, inline: inline, areInlineOwn: areInlineOwn)
    }

    /// Counts the chats in which messages that a bot sent itself are pressed by inline message ids.
    package func chatsPressedInline() throws(PostgresError) -> [BotID: Int64] {
        let rows = try query(
            """
            SELECT c.bot_id, count(*)
            FROM (SELECT DISTINCT o.chat_id FROM targets o WHERE o.target LIKE 'inline:%' AND NOT o.is_gone OFFSET 0) AS t
            -- Each chat once and by its key (OFFSET 0), whatever the planner thinks of how many there are.
            CROSS JOIN LATERAL (SELECT * FROM chats o WHERE o.chat_id = t.chat_id OFFSET 0) AS c
            WHERE \(unescaped: Self.postsAlone)
            GROUP BY c.bot_id
            """
        ).decode(BotID.self, Int64.self)
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Notes that people post a bot's games in a chat through it.
    package func chatNoteSharedGames(at address: TelegramChatID, bot: BotID) throws(PostgresError) {
        let chat = try knownChat(at: address, bot: bot)
        _ = try execute(
            "UPDATE chats SET has_shared_games = true WHERE chat_id = \(chat) AND NOT has_shared_games"
        )
    }

    /// Whether all game messages of a chat are the bot's own: it is there, and nobody posted games through it.
    private static let postsAlone = """
        NOT c.has_shared_games
        AND EXISTS (SELECT FROM chat_addresses a WHERE a.chat_id = c.chat_id AND NOT a.is_gone)
        """
}
