package import Leaderboards
package import Postgres

extension Query {
    /// The end of a statement that begins with `WITH changed AS (…)`, deliveries with `bot_id`, `chat_id`, `state` and
    /// `due_at`: chats of those that are pending get a turn no later than that, and whoever delivers is woken if they
    /// had none.
    ///
    /// A chat that has its turn early enough is locked FOR KEY SHARE, which lets claims pass, but not the one that
    /// would take the turn away because it cannot see the deliveries of this transaction yet.
    static let queueingOfChanged = queueingOfChanged(nil)

    /// The same, which also has closed chats tried again.
    static func queueingOfChanged(_ sign: SignOfLife?) -> String {
        """
        , waiting AS (
            SELECT c.bot_id, c.chat_id, min(c.due_at) AS due_at
            FROM changed c WHERE c.state = 'pending'
            GROUP BY c.bot_id, c.chat_id
        ), kept AS MATERIALIZED (
            SELECT q.chat_id
            FROM waiting w
            JOIN delivery_chats q ON q.bot_id = w.bot_id AND q.chat_id = w.chat_id
            WHERE least(q.ready_at, q.later_at) <= greatest(q.free_at, q.held_until, w.due_at)
              \(sign == nil ? "" : "AND q.closed_at IS NULL")
            FOR KEY SHARE OF q
        ), queued AS (
            INSERT INTO delivery_chats AS q (bot_id, chat_id, ready_at)
            SELECT w.bot_id, w.chat_id, w.due_at
            FROM waiting w
            -- Not correlated, so that it is hashed once.
            WHERE w.chat_id NOT IN (SELECT k.chat_id FROM kept k)
            ORDER BY w.chat_id
            ON CONFLICT (bot_id, chat_id) DO UPDATE
            SET ready_at = least(q.ready_at, greatest(q.free_at, q.held_until, excluded.ready_at))
                \(sign.map(retrying) ?? "")
            RETURNING q.bot_id
        )
        SELECT pg_notify('highscores_deliveries', b.bot_id::text)
        FROM (SELECT DISTINCT q.bot_id FROM queued q) AS b
        """
    }

    /// When a closed chat is tried, and what keeps the next sign of the kind apart; a time too far ahead counts as now.
    private static func retrying(after sign: SignOfLife) -> String {
        let interval = "interval '\(sign.interval.components.seconds) seconds'"
        let earliest = "excluded.ready_at"
        let retry =
            switch sign {
            case .press: "greatest(\(earliest), least(q.refused_at, \(earliest)) + \(interval))"
            case .newValue:
                "greatest(\(earliest), least(coalesce(q.value_retry_at, \(earliest)), \(earliest) + \(interval)))"
            case .retry: earliest
            }
        // Also of a value that comes along with a try that is due anyway.
        let until =
            sign == .newValue
            ? """
            , value_retry_at = CASE WHEN q.retry_at <= \(earliest) THEN \(earliest) + \(interval)
                                    WHEN \(retry) < q.retry_at THEN \(retry) + \(interval)
                                    ELSE q.value_retry_at END
            """ : ""
        return ", retry_at = CASE WHEN q.closed_at IS NOT NULL THEN least(q.retry_at, \(retry)) END\(until)"
    }
}

extension Session {
    /// Gives a chat in which something waits a turn, for when it can be written to again; by a sign of life a closed one,
    /// too.
    package func deliveriesQueue(
        of chat: ChatID,
        after sign: SignOfLife? = nil,
        now: Instant? = nil
    ) throws(PostgresError) {
        _ = try execute(
            """
            WITH changed AS (
                SELECT d.bot_id, d.chat_id, d.state, greatest(d.due_at, \(now)) AS due_at
                FROM chats c
                JOIN deliveries d ON d.bot_id = c.bot_id AND d.chat_id + 0 = c.chat_id AND d.state = 'pending'
                WHERE c.chat_id = \(chat)
                ORDER BY d.due_at LIMIT 1
            )
            \(unescaped: Query.queueingOfChanged(sign))
            """
        )
    }

    /// Gives all chats a turn in which something waits and that have none.
    ///
    /// There should be none; an instance of the version before knows of no turns.
    package func deliveriesQueueForgotten(of bot: BotID) throws(PostgresError) {
        _ = try execute(
            """
            WITH changed AS (
                SELECT DISTINCT ON (d.chat_id) d.bot_id, d.chat_id, d.state, d.due_at
                FROM deliveries d
                WHERE d.bot_id = \(bot) AND d.state = 'pending'
                  AND NOT EXISTS (
                      SELECT FROM delivery_chats q
                      WHERE q.bot_id = d.bot_id AND q.chat_id = d.chat_id
                        AND (q.ready_at IS NOT NULL OR q.later_at IS NOT NULL))
            )
            \(unescaped: Query.queueingOfChanged)
            """
        )
    }

    /// Gives deliveries of a chat whose target is gone the message pressed last, or lets them wait for one.
    package func deliveriesRetarget(of chat: ChatID) throws(PostgresError) {
        _ = try execute(
            """
            UPDATE deliveries d
            SET target = place.target,
                state = CASE WHEN place.target IS NULL THEN 'no_target' ELSE 'pending' END,
                last_error = CASE WHEN place.target IS NULL THEN coalesce(d.last_error, 'the message is gone')
                                  ELSE d.last_error END
            FROM chats c
            CROSS JOIN LATERAL (
                SELECT * FROM deliveries p
                WHERE p.bot_id = c.bot_id AND p.chat_id + 0 = c.chat_id AND p.state = 'pending' OFFSET 0
            ) AS o
            CROSS JOIN LATERAL (
                SELECT t.is_gone FROM targets t
                WHERE t.game_id = o.game_id AND t.chat_id = o.chat_id AND t.target = o.target OFFSET 0
            ) AS gone
            LEFT JOIN LATERAL (
                SELECT t.target FROM targets t
                WHERE t.game_id = o.game_id AND t.chat_id = o.chat_id AND NOT t.is_gone
                ORDER BY t.pressed_at DESC, t.target LIMIT 1
            ) AS place ON true
            WHERE c.chat_id = \(chat) AND gone.is_gone
              AND d.game_id = o.game_id AND d.chat_id = o.chat_id AND d.player_id = o.player_id
            """
        )
    }
}
