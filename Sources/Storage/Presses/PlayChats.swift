package import Leaderboards
package import Postgres

/// The chat of a run as its batch finds it.
package struct PlayChat: Hashable, Sendable {
    package let id: ChatID
    /// The zone of the chat's own windows; nil is the game's.
    package let zone: String?

    /// Describes a chat.
    ///
    /// - Parameter zone: The IANA name of its own zone, if it has one.
    package init(id: ChatID, zone: String?) {
        self.id = id
        self.zone = zone
    }
}

extension Statement where Value == [PlayChat?] {
    /// Finds the chats of runs.
    ///
    /// - Parameter aliases: What the runs' tokens show.
    /// - Returns: The statement; its value has the chat of each alias in order, nil where a name of it is not known
    ///   yet, so that `Session.resolveChats(_:bot:)` has to note it.
    package static func playChats(_ aliases: [ChatAlias], bot: BotID) -> Self {
        Self(
            """
            SELECT CASE WHEN x.telegram_chat_id IS NULL OR a.chat_id IS NOT NULL THEN c.chat_id END, c.zone
            FROM unnest(\(aliases.map(\.instance)), \(aliases.map(\.address))) WITH ORDINALITY
                     AS x (chat_instance, telegram_chat_id, position)
            LEFT JOIN LATERAL (
                SELECT o.chat_id FROM chat_instances o
                WHERE o.bot_id = \(bot) AND o.chat_instance = x.chat_instance OFFSET 0
            ) AS i ON true
            LEFT JOIN LATERAL (
                SELECT o.chat_id FROM chat_addresses o
                WHERE o.bot_id = \(bot) AND o.telegram_chat_id = x.telegram_chat_id OFFSET 0
            ) AS a ON true
            LEFT JOIN LATERAL (SELECT o.chat_id, o.zone FROM chats o WHERE o.chat_id = i.chat_id OFFSET 0) AS c ON true
            ORDER BY x.position
            """
        ) { rows throws(PostgresError) in
            try rows.map { row throws(PostgresError) in
                let (chat, zone) = try row.decode(ChatID?.self, String?.self)
                return chat.map { PlayChat(id: $0, zone: zone) }
            }
        }
    }
}
