package import Leaderboards
package import Postgres

/// Chats in which Telegram refuses what the bot writes.
extension Session {
    /// Notes that Telegram refused what the bot wrote in a chat.
    ///
    /// Without the time at which the refused call was claimed, Telegram told by itself.
    package func chatClose(
        _ chat: ChatID,
        of bot: BotID,
        reason: String,
        claimedAt: Instant?,
        now: Instant
    ) throws(PostgresError) {
        let before = try first(
            """
            SELECT closed_at, closed_reason, refusals, refused_at, retry_at FROM delivery_chats
            WHERE bot_id = \(bot) AND chat_id = \(chat) AND closed_at IS NOT NULL
            FOR NO KEY UPDATE
            """
        ).map { row throws(PostgresError) in
            var cells = try row.cells(5)
            return try ChatClosure(
                since: cells.next(),
                reason: cells.next(),
                refusals: Int(cells.next() as Int32),
                refusedAt: cells.next(),
                retryAt: cells.next()
            )
        }
        let closure = ChatClosure(before, refusedBecause: reason, claimedAt: claimedAt, now: now)
        _ = try execute(
            """
            INSERT INTO delivery_chats AS q (bot_id, chat_id, closed_at, closed_reason, refusals, refused_at, retry_at)
            VALUES (\(bot), \(chat), \(closure.since), \(closure.reason), \(Int32(clamping: closure.refusals)),
                    \(closure.refusedAt), \(closure.retryAt))
            ON CONFLICT (bot_id, chat_id) DO UPDATE
            SET closed_at = excluded.closed_at, closed_reason = excluded.closed_reason, refusals = excluded.refusals,
                refused_at = excluded.refused_at, retry_at = excluded.retry_at
            """
        )
    }

    /// Notes that the bot may write in a chat: what waits there is due.
    package func chatOpen(_ chat: ChatID, of bot: BotID, now: Instant) throws(PostgresError) {
        let isNews = try execute(
            """
            UPDATE delivery_chats
            SET closed_at = NULL, closed_reason = NULL, refusals = 0, refused_at = NULL, retry_at = NULL,
                value_retry_at = NULL
            WHERE bot_id = \(bot) AND chat_id = \(chat) AND closed_at IS NOT NULL
            """
        )
        if isNews > 0 { try deliveriesQueue(of: chat) }
        try targetsReopen(of: chat, now: now)
    }

    /// Notes that a message was sent to a chat.
    package func chatNoteSent(to address: TelegramChatID, by bot: BotID, now: Instant) throws(PostgresError) {
        if let chat = try run(.chatFind(at: address, bot: bot)) { try chatOpen(chat, of: bot, now: now) }
    }

    /// Forgets that messages refused what was brought to them: what waits there is due.
    func targetsReopen(
        of chat: ChatID,
        only target: (game: GameID, message: StoredTarget)? = nil,
        now: Instant
    ) throws(PostgresError) {
        _ = try execute(
            """
            WITH reopened AS (
                UPDATE targets t SET refused_at = NULL
                WHERE t.chat_id = \(chat) AND t.refused_at IS NOT NULL
                  \(and: "t.game_id =", target?.game) \(and: "t.target =", target?.message)
                RETURNING t.game_id, t.chat_id, t.target
            ), changed AS (
                UPDATE deliveries d
                SET rejections = 0,
                    due_at = greatest(\(now), CASE WHEN d.is_correction OR \(unescaped: SQL.followsLatest) THEN d.uncertain_until END)
                FROM reopened r
                CROSS JOIN LATERAL (
                    SELECT * FROM deliveries o
                    WHERE o.game_id = r.game_id AND o.chat_id = r.chat_id AND o.state = 'pending' AND o.rejections > 0 OFFSET 0
                ) AS f
                JOIN games g ON g.game_id = f.game_id
                WHERE f.target = r.target AND d.target = f.target AND d.state || '' = 'pending' AND d.rejections > 0
                  AND d.game_id = f.game_id AND d.chat_id = f.chat_id AND d.player_id = f.player_id
                RETURNING d.bot_id, d.chat_id, d.state, d.due_at
            )
            \(unescaped: Query.queueingOfChanged)
            """
        )
    }
}

extension Statement where Value == [ChatID] {
    /// Sends what waits in closed chats to messages that people sent through inline mode, where there are any: those
    /// are not the bot's, and stay writable.
    ///
    /// Looks at nothing that stays; its value is the chats in which something was found.
    package static func deliveriesMoveToInline(_ chats: [ChatID], of bot: BotID, limit: Int) -> Self {
        Self(
            """
            WITH found AS MATERIALIZED (
                SELECT d.game_id, d.chat_id, d.player_id, place.target
                FROM unnest(\(chats)) AS x (chat_id)
                JOIN games g ON g.bot_id = \(bot)
                CROSS JOIN LATERAL (
                    SELECT t.target FROM targets t
                    WHERE t.game_id = g.game_id AND t.chat_id = x.chat_id AND NOT t.is_gone AND t.target LIKE 'inline:%'
                      AND t.refused_at IS NULL
                    ORDER BY t.pressed_at DESC, t.target LIMIT 1
                ) AS place
                CROSS JOIN LATERAL (
                    SELECT w.game_id, w.chat_id, w.player_id FROM deliveries w
                    WHERE w.bot_id = \(bot) AND w.chat_id + 0 = x.chat_id AND w.game_id = g.game_id
                      AND w.state = 'pending' AND w.target LIKE 'message:%'
                    ORDER BY w.waiting_since LIMIT \(Int64(limit))
                    -- Whoever changes a row at this moment is not waited for.
                    FOR NO KEY UPDATE SKIP LOCKED
                ) AS d
                LIMIT \(Int64(limit))
            ), moved AS (
                UPDATE deliveries d SET target = f.target
                FROM found f
                WHERE d.game_id = f.game_id AND d.chat_id = f.chat_id AND d.player_id = f.player_id
                RETURNING d.chat_id
            )
            SELECT DISTINCT chat_id FROM moved
            """
        ) { rows throws(PostgresError) in try rows.decode(ChatID.self) }
    }
}
