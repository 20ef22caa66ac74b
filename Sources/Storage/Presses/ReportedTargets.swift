package import Leaderboards
package import Postgres

extension SQL {
    /// Of so many messages in a chat a game's key is believed; the oldest go.
    static let maximumReportedTargets = 100

    /// Whether a report `x` of the game `own` is believed.
    ///
    /// It is where a press of the game showed the message there, and where nothing contradicts the key: no press shows
    /// that the message is another game's or is in another chat, the game's own key did not say so later, and the
    /// chat goes by no other of Telegram's ids. What keys of other games say does not count: else one key could stop
    /// the messages of every other from being used.
    ///
    /// - Parameter chat: The chat in which the message is said to be.
    static func isBelieved(in chat: String) -> String {
        """
        (EXISTS (
            SELECT FROM targets t
            WHERE t.game_id = own.game_id AND t.chat_id = \(chat) AND t.target = x.target AND NOT t.is_reported OFFSET 0)
         OR NOT EXISTS (
                -- By the name alone, or all messages of the games would be walked over.
                SELECT FROM (SELECT * FROM targets o WHERE o.target = x.target OFFSET 0) AS t
                WHERE EXISTS (SELECT FROM games g WHERE g.game_id = t.game_id AND g.bot_id = own.bot_id OFFSET 0)
                  AND (t.game_id, t.chat_id) <> (own.game_id, \(chat))
                  AND (NOT t.is_reported OR t.game_id = own.game_id AND t.pressed_at > x.pressed_at) OFFSET 0)
            AND NOT EXISTS (
                SELECT FROM chat_addresses a
                WHERE a.bot_id = own.bot_id AND a.telegram_chat_id = x.telegram_chat_id AND a.chat_id <> \(chat)
                  AND EXISTS (SELECT FROM chat_instances i WHERE i.chat_id = a.chat_id OFFSET 0) OFFSET 0)
            AND NOT EXISTS (
                SELECT FROM chat_addresses a
                WHERE a.chat_id = \(chat) AND NOT a.is_gone AND a.telegram_chat_id <> x.telegram_chat_id OFFSET 0)
            AND (SELECT count(*) FROM (
                     SELECT FROM targets t
                     WHERE t.game_id = own.game_id AND t.chat_id = \(chat) AND t.is_reported
                       AND t.pressed_at > x.pressed_at
                     LIMIT \(maximumReportedTargets)) AS later) < \(maximumReportedTargets))
        """
    }
}

extension Session {
    /// Finds which reported messages may be written, noting those that nothing contradicts.
    ///
    /// They are locked against presses that show them to be another's, until the transaction ends. Only where one is to
    /// be noted are the bot's chats locked, too, and first, as everywhere.
    ///
    /// - Parameters:
    ///   - sightings: The messages, each at most once.
    ///   - game: The game whose key reported them.
    /// - Returns: The messages that may be written.
    package func reportsAccept(
        _ sightings: [TargetSighting],
        game: GameID,
        bot: BotID
    ) throws(PostgresError) -> Set<StoredTarget> {
        let news = Set(
            try query(
                """
                SELECT x.target
                FROM unnest(\(sightings.map(\.chat)), \(sightings.map(\.target)),
                            \(sightings.map(\.target.target.chat)), \(sightings.map(\.pressedAt)))
                         AS x (chat_id, target, telegram_chat_id, pressed_at)
                CROSS JOIN (SELECT \(game) AS game_id, \(bot) AS bot_id) AS own
                WHERE NOT EXISTS (
                        SELECT FROM targets t
                        WHERE t.game_id = own.game_id AND t.chat_id = x.chat_id AND t.target = x.target OFFSET 0)
                  AND \(unescaped: SQL.isBelieved(in: "x.chat_id"))
                """
            ).decode(StoredTarget.self)
        )
        if !news.isEmpty {
            try run(.chatsLock(of: bot))
            _ = try targetsInsertReported(sightings.filter { news.contains($0.target) }, game: game, bot: bot)
        }
        let sorted = sightings.sorted { ($0.chat, $0.target.stored) < ($1.chat, $1.target.stored) }
        return Set(
            try query(
                """
                SELECT t.target
                FROM unnest(\(sorted.map(\.chat)), \(sorted.map(\.target))) AS x (chat_id, target)
                CROSS JOIN LATERAL (
                    SELECT o.target FROM targets o
                    WHERE o.game_id = \(game) AND o.chat_id = x.chat_id AND o.target = x.target
                    FOR KEY SHARE
                ) AS t
                """
            ).decode(StoredTarget.self)
        )
    }

    /// Notes messages that keys reported, where the key is believed, and forgets what it said of them before and the
    /// oldest where there are too many.
    ///
    /// The transaction holds the lock of the bot's chats, so that no press shows the contrary meanwhile.
    ///
    /// - Parameters:
    ///   - sightings: The messages, each at most once.
    ///   - game: The game whose key reported them.
    /// - Returns: Those of them that stay.
    func targetsInsertReported(
        _ sightings: [TargetSighting],
        game: GameID,
        bot: BotID
    ) throws(PostgresError) -> [TargetSighting] {
        let sorted = sightings.sorted { ($0.chat, $0.target.stored) < ($1.chat, $1.target.stored) }
        let noted = try query(
            """
            INSERT INTO targets AS k (game_id, chat_id, target, pressed_at, is_reported)
            SELECT own.game_id, x.chat_id, x.target, x.pressed_at, true
            FROM unnest(\(sorted.map(\.chat)), \(sorted.map(\.target)), \(sorted.map(\.target.target.chat)),
                        \(sorted.map(\.pressedAt))) WITH ORDINALITY
                     AS x (chat_id, target, telegram_chat_id, pressed_at, position)
            CROSS JOIN (SELECT \(game) AS game_id, \(bot) AS bot_id) AS own
            WHERE \(unescaped: SQL.isBelieved(in: "x.chat_id"))
            ORDER BY x.position
            ON CONFLICT (game_id, chat_id, target) DO UPDATE
            SET pressed_at = greatest(k.pressed_at, excluded.pressed_at), is_gone = false
            RETURNING k.chat_id, k.target
            """
        ).decode(ChatID.self, StoredTarget.self)
        guard !noted.isEmpty else { return [] }
        let (chats, targets) = (noted.map(\.0), noted.map(\.1))
        try execute(.targetsDropOvertaken(by: targets, in: chats, game: game))
        return try query(
            """
            SELECT t.chat_id, t.target, t.pressed_at
            FROM unnest(\(chats), \(targets)) AS x (chat_id, target)
            CROSS JOIN LATERAL (
                SELECT * FROM targets o
                WHERE o.game_id = \(game) AND o.chat_id = x.chat_id AND o.target = x.target OFFSET 0
            ) AS t
            """
        ).map { row throws(PostgresError) in
            let (chat, target, time) = try row.decode(ChatID.self, StoredTarget.self, Instant.self)
            return TargetSighting(game: game, chat: chat, target: target, pressedAt: time)
        }
    }
}
