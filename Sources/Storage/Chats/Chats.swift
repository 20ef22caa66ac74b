package import Leaderboards
package import Postgres

/// A chat as a press or a token shows it.
package struct ChatAlias: Hashable, Sendable {
    package let instance: ChatInstance
    /// Telegram's id; nil for inline messages, which do not show it.
    package let address: TelegramChatID?

    package init(instance: ChatInstance, address: TelegramChatID?) {
        self.instance = instance
        self.address = address
    }
}

/// What the database knows of an alias.
package struct ChatMatch: Hashable, Sendable {
    /// The chat under the `chat_instance`.
    package let byInstance: ChatID?
    /// The chat under the Telegram id.
    package let byAddress: ChatID?

    /// Whether two chats turned out to be one.
    package var isSplit: Bool { byInstance != nil && byAddress != nil && byInstance != byAddress }

    /// The chat of an alias, or nil while one of its names is not known yet.
    fileprivate func resolved(for alias: ChatAlias) -> ResolvedChat? {
        guard let byInstance, alias.address == nil || byAddress != nil else { return nil }
        return ResolvedChat(chat: byInstance, duplicate: isSplit ? byAddress : nil)
    }
}

/// The chat of an alias.
package struct ResolvedChat: Hashable, Sendable {
    package let chat: ChatID
    /// A second chat that the alias's other name leads to; the two are one and wait to be merged.
    package let duplicate: ChatID?
}

/// The chat of a run as its batch finds it.
package struct PlayChat: Hashable, Sendable {
    package let id: ChatID
    /// The zone of the chat's own windows; nil is the game's.
    package let zone: String?

    package init(id: ChatID, zone: String?) {
        self.id = id
        self.zone = zone
    }
}

extension Query.StringInterpolation {
    /// Follows a row `x` with the columns `chat_instance` and `telegram_chat_id` and adds `i.chat_id` and
    /// `a.chat_id`: the bot's chats under its names, null where one is not known.
    ///
    /// Each by itself (OFFSET 0), so that the indexes are always entered with the whole key.
    mutating func appendInterpolation(joiningChatsOf bot: BotID) {
        for (name, table, column) in [
            ("i", "chat_instances", "chat_instance"), ("a", "chat_addresses", "telegram_chat_id"),
        ] {
            appendLiteral("LEFT JOIN LATERAL (SELECT o.chat_id FROM \(table) o WHERE o.bot_id = ")
            appendInterpolation(bot)
            appendLiteral(" AND o.\(column) = x.\(column) OFFSET 0) AS \(name) ON true\n")
        }
    }
}

extension Statement where Value == [ChatMatch] {
    /// Looks chats up by what updates show of them, each in the order asked.
    package static func chatsMatch(_ aliases: [ChatAlias], bot: BotID) -> Self {
        Self(
            """
            SELECT i.chat_id, a.chat_id
            FROM unnest(\(aliases.map(\.instance)), \(aliases.map(\.address))) WITH ORDINALITY
                     AS x (chat_instance, telegram_chat_id, position)
            \(joiningChatsOf: bot)
            ORDER BY x.position
            """
        ) { rows throws(PostgresError) in
            try rows.decode(ChatID?.self, ChatID?.self).map { ChatMatch(byInstance: $0, byAddress: $1) }
        }
    }
}

extension Statement where Value == [PlayChat?] {
    /// Finds the chats of runs in order by what their tokens show; nil where a name is not known yet, so that
    /// `Session.chatsResolve(_:bot:)` has to store it.
    package static func playChatsGet(_ aliases: [ChatAlias], bot: BotID) -> Self {
        Self(
            """
            SELECT CASE WHEN x.telegram_chat_id IS NULL OR a.chat_id IS NOT NULL THEN c.chat_id END, c.zone
            FROM unnest(\(aliases.map(\.instance)), \(aliases.map(\.address))) WITH ORDINALITY
                     AS x (chat_instance, telegram_chat_id, position)
            \(joiningChatsOf: bot)
            LEFT JOIN LATERAL (SELECT o.chat_id, o.zone FROM chats o WHERE o.chat_id = i.chat_id OFFSET 0) AS c ON true
            ORDER BY x.position
            """
        ) { rows throws(PostgresError) in
            try rows.decode(ChatID?.self, String?.self).map { chat, zone in
                chat.map { PlayChat(id: $0, zone: zone) }
            }
        }
    }
}

extension Statement where Value == ChatID? {
    /// The chat of a Telegram id; nil when it is not known yet.
    package static func chatFind(at address: TelegramChatID, bot: BotID) -> Self {
        Self("SELECT chat_id FROM chat_addresses WHERE bot_id = \(bot) AND telegram_chat_id = \(address)") {
            rows throws(PostgresError) in try rows.first?.decode(ChatID.self)
        }
    }
}

extension Query {
    /// Writes the current titles of chats where they differ from what is stored, locking them in the order of their ids.
    package static func chatTitlesUpdate(_ titles: [ChatID: String]) -> Query {
        let sorted = titles.sorted { $0.key < $1.key }
        return """
            WITH renamed AS (
                SELECT c.chat_id, x.title
                FROM unnest(\(sorted.map(\.key)), \(sorted.map(\.value))) AS x (chat_id, title)
                JOIN chats c ON c.chat_id = x.chat_id AND c.title IS DISTINCT FROM x.title
                ORDER BY c.chat_id
                FOR NO KEY UPDATE OF c
            )
            UPDATE chats c SET title = r.title FROM renamed r WHERE c.chat_id = r.chat_id
            """
    }
}

extension Session {
    /// Makes sure that every alias has a chat, creating what is missing.
    ///
    /// A chat known under one of an alias's names gets the other one, too: that is how a supergroup's new
    /// `chat_instance` joins the leaderboard of the group it was. Chats that turn out to be one are left as they are
    /// here; ``chatsMerge(_:into:bot:onChatScores:)`` joins them.
    ///
    /// - Returns: The chat of each alias, in the order given.
    package func chatsResolve(_ aliases: [ChatAlias], bot: BotID) throws(PostgresError) -> [ResolvedChat] {
        let matches = try run(.chatsMatch(aliases, bot: bot))
        return try chatsResolve(aliases, bot: bot, matches: matches)
    }

    /// The same, given what the transaction has found of each alias so far.
    package func chatsResolve(
        _ aliases: [ChatAlias],
        bot: BotID,
        matches: [ChatMatch]
    ) throws(PostgresError) -> [ResolvedChat] {
        let known = zip(aliases, matches).compactMap { $1.resolved(for: $0) }
        if known.count == aliases.count { return known }
        try run(.chatsLock(of: bot))
        var resolved: [ResolvedChat] = []
        for alias in aliases {
            // Looked up again one by one: another transaction, or an alias before, may have made it by now.
            let match = try run(.chatsMatch([alias], bot: bot))[0]
            if let known = match.resolved(for: alias) {
                resolved.append(known)
                continue
            }
            let chat: ChatID
            if let known = match.byInstance ?? match.byAddress {
                chat = known
            } else {
                chat = try insertChat(bot: bot)
            }
            if match.byInstance == nil { try attach(alias.instance, to: chat, bot: bot) }
            if match.byAddress == nil, let address = alias.address {
                try attach(address, to: chat, bot: bot)
            }
            resolved.append(ResolvedChat(chat: chat, duplicate: nil))
        }
        return resolved
    }

    /// Finds the chat of a Telegram id, creating it when it is new.
    ///
    /// - Parameters:
    ///   - relative: Another id that is known to be of the same chat; where only that one is known, its chat gets
    ///     this id, too.
    ///   - bot: The bot, whose chats the transaction has locked.
    package func chatResolve(
        _ address: TelegramChatID,
        orJoin relative: TelegramChatID? = nil,
        bot: BotID
    ) throws(PostgresError) -> ChatID {
        if let known = try run(.chatFind(at: address, bot: bot)) { return known }
        let chat: ChatID
        if let relative, let known = try run(.chatFind(at: relative, bot: bot)) {
            chat = known
        } else {
            chat = try insertChat(bot: bot)
        }
        try attach(address, to: chat, bot: bot)
        return chat
    }

    /// Marks a Telegram id as one that messages can no longer be written under, with all targets there.
    ///
    /// The table of the group is given up with it: what its successor is to hold becomes due anew.
    ///
    /// - Parameter address: The id of the group that became a supergroup.
    package func chatAddressRetire(_ address: TelegramChatID, of chat: ChatID, bot: BotID)
        throws(PostgresError)
    {
        let isNews = try execute(
            """
            UPDATE chat_addresses SET is_gone = true
            WHERE bot_id = \(bot) AND telegram_chat_id = \(address) AND NOT is_gone
            """
        )
        _ = try execute(
            """
            UPDATE targets SET is_gone = true
            WHERE chat_id = \(chat) AND NOT is_gone AND target LIKE 'message:' || \(address)::text || ':%'
            """
        )
        if isNews > 0 { try deliveriesRedeliver(of: chat) }
        try deliveriesRetarget(of: chat)
    }

    private func insertChat(bot: BotID) throws(PostgresError) -> ChatID {
        try execute(.botUpsert(bot, username: nil))
        guard let row = try first("INSERT INTO chats (bot_id) VALUES (\(bot)) RETURNING chat_id") else {
            throw PostgresError(.decoding, "INSERT INTO chats returned no row")
        }
        return try row.decode(ChatID.self)
    }

    private func attach(_ instance: ChatInstance, to chat: ChatID, bot: BotID) throws(PostgresError) {
        _ = try execute(
            "INSERT INTO chat_instances (bot_id, chat_instance, chat_id) VALUES (\(bot), \(instance), \(chat))"
        )
    }

    private func attach(_ address: TelegramChatID, to chat: ChatID, bot: BotID) throws(PostgresError) {
        _ = try execute(
            "INSERT INTO chat_addresses (bot_id, telegram_chat_id, chat_id) VALUES (\(bot), \(address), \(chat))"
        )
        try execute(.targetsDropReported(under: address, besides: chat, bot: bot))
    }
}

extension Query {
    /// Writes down the title of a chat; nil leaves what is stored.
    package static func chatTitleUpdate(_ chat: ChatID, title: String?) -> Query {
        """
        UPDATE chats SET title = coalesce(\(title), title)
        WHERE chat_id = \(chat) AND title IS DISTINCT FROM coalesce(\(title), title)
        """
    }
}
