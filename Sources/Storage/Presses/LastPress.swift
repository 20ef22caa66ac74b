package import Leaderboards
package import Postgres

/// Which game people in a chat pressed last.
package struct LastPress: Sendable {
    package let game: GameID
    /// One of the names that presses give the chat.
    package let chat: ChatInstance
}

extension Statement where Value == LastPress? {
    /// The press of one of some games that was the last in a chat of Telegram's.
    package static func lastPressGet(at address: TelegramChatID, bot: BotID, among games: [GameID]) -> Self {
        Self(
            first: """
                SELECT t.game_id, i.chat_instance
                FROM chat_addresses a
                -- Each by itself (OFFSET 0), so that the indexes are always entered with the whole key.
                CROSS JOIN LATERAL (
                    SELECT x.game_id, p.pressed_at
                    FROM unnest(\(games)) AS x (game_id)
                    CROSS JOIN LATERAL (
                        -- Where all messages are gone, as in a group that became a supergroup, any of them counts.
                        SELECT coalesce(
                            (SELECT o.pressed_at FROM targets o
                             WHERE o.game_id = x.game_id AND o.chat_id = a.chat_id AND NOT o.is_gone
                             ORDER BY o.pressed_at DESC LIMIT 1),
                            (SELECT '-infinity'::timestamptz FROM targets o
                             WHERE o.game_id = x.game_id AND o.chat_id = a.chat_id LIMIT 1)) AS pressed_at
                    ) AS p
                    WHERE p.pressed_at IS NOT NULL
                    ORDER BY p.pressed_at DESC, x.game_id LIMIT 1
                ) AS t
                CROSS JOIN LATERAL (
                    SELECT o.chat_instance FROM chat_instances o WHERE o.chat_id = a.chat_id LIMIT 1
                ) AS i
                WHERE a.bot_id = \(bot) AND a.telegram_chat_id = \(address)
                """
        ) { row throws(PostgresError) in
            let (game, chat) = try row.decode(GameID.self, ChatInstance.self)
            return LastPress(game: game, chat: chat)
        }
    }
}
