package import Leaderboards
package import Postgres

// What becomes of deliveries when their chat gets another of Telegram's tables.
//
// Whether scores come along when a group becomes a supergroup is not documented, so that nothing is known of the
// other table; only where no call was ever made it surely holds nothing of ours. A call that is under way counts as
// one of unknown outcome: its answer would tell of the table that was, and its effect may come along.

extension SQL {
    /// Whether Telegram's tables of a game `g` hold what the last run made: the board that they show keeps the latest.
    static let followsLatest = """
        CASE g.telegram_board WHEN 'main' THEN g.keep ELSE (
            SELECT o.keep FROM games o
            WHERE o.bot_id = g.bot_id AND o.short_name = g.short_name AND o.board = g.telegram_board) END = 'latest'
        """
}

extension Query {
    /// Until when the last call of a row may still take effect: whatever was known of it, or as long as one that is
    /// under way may.
    static func uncertaintyOfDelivery(_ row: String) -> String {
        let minute = "interval '\(DeliverySettlement.uncertainty.components.seconds) seconds'"
        return """
            greatest(\(row).uncertain_until, CASE WHEN \(row).state = 'sending' THEN \(row).last_call_at + \(minute) END)
            """
    }
}

extension Session {
    /// Lets all that a chat's table was to hold be delivered anew.
    package func deliveriesRedeliver(of chat: ChatID) throws(PostgresError) {
        _ = try execute(
            """
            WITH changed AS (
                UPDATE deliveries d
                SET known = 'unknown', known_value = NULL, must_read = false, lease = NULL, lease_until = NULL,
                    waiting_since = CASE WHEN d.state = 'done' THEN now() ELSE d.waiting_since END,
                    uncertain_until = \(unescaped: Query.uncertaintyOfDelivery("d")),
                    due_at = greatest(d.due_at, CASE WHEN d.is_correction OR \(unescaped: SQL.followsLatest)
                                                THEN \(unescaped: Query.uncertaintyOfDelivery("d")) END),
                    state = CASE WHEN d.state NOT IN ('done', 'sending') THEN d.state
                                 WHEN d.state = 'done' AND d.desired_score IS NULL THEN 'done'
                                 WHEN d.target IS NULL THEN 'no_target'
                                 ELSE 'pending' END
                FROM games g
                WHERE d.chat_id = \(chat) AND g.game_id = d.game_id
                RETURNING d.bot_id, d.chat_id, d.state, d.due_at
            )
            \(unescaped: Query.queueingOfChanged)
            """
        )
    }

    /// Makes the deliveries of one chat those of another, which turned out to be the same.
    ///
    /// Targets must have been moved already, and what is desired of those whose entries change is written afterwards.
    func deliveriesMove(from gone: ChatID, to kept: ChatID) throws(PostgresError) {
        _ = try execute(
            """
            WITH moved AS (
                DELETE FROM deliveries d WHERE d.chat_id = \(gone) RETURNING d.*
            ), anew AS (
                SELECT m.game_id, m.player_id, m.bot_id, m.desired_score, m.desired_at, m.waiting_since, m.due_at,
                       m.last_call, m.last_call_at, m.last_error, m.is_correction, place.target,
                       \(unescaped: Query.uncertaintyOfDelivery("m")) AS uncertain_until,
                       CASE WHEN m.state = 'dead' THEN 'dead'
                            WHEN m.desired_score IS NULL AND (m.last_call IS NULL
                                                       OR NOT (m.is_correction OR \(unescaped: SQL.followsLatest))) THEN 'done'
                            WHEN place.target IS NULL THEN 'no_target'
                            ELSE 'pending' END AS state
                FROM moved m
                JOIN games g ON g.game_id = m.game_id
                CROSS JOIN LATERAL (
                    SELECT (SELECT t.target FROM targets t
                            WHERE t.game_id = m.game_id AND t.chat_id = \(kept) AND NOT t.is_gone
                            ORDER BY t.target = m.target DESC NULLS LAST, t.pressed_at DESC, t.target LIMIT 1) AS target
                ) AS place
            )
            INSERT INTO deliveries AS d (game_id, chat_id, player_id, bot_id, desired_score, desired_at, waiting_since, target,
                                         is_correction, state, due_at, uncertain_until, last_call, last_call_at, last_error)
            SELECT a.game_id, \(kept), a.player_id, a.bot_id, a.desired_score, a.desired_at, a.waiting_since, a.target,
                   a.is_correction AND a.state <> 'done', a.state,
                   greatest(a.due_at, a.uncertain_until), a.uncertain_until, a.last_call, a.last_call_at, a.last_error
            FROM anew a
            ORDER BY a.game_id, a.player_id
            ON CONFLICT (game_id, chat_id, player_id) DO UPDATE
            SET known = 'unknown', known_value = NULL, must_read = false, lease = NULL, lease_until = NULL,
                is_correction = d.is_correction OR excluded.is_correction,
                target = coalesce(d.target, excluded.target),
                due_at = greatest(d.due_at, excluded.due_at, \(unescaped: Query.uncertaintyOfDelivery("d"))),
                uncertain_until = greatest(\(unescaped: Query.uncertaintyOfDelivery("d")), excluded.uncertain_until),
                last_call = coalesce(d.last_call, excluded.last_call),
                last_call_at = greatest(d.last_call_at, excluded.last_call_at),
                state = CASE WHEN coalesce(d.target, excluded.target) IS NULL THEN 'no_target' ELSE 'pending' END
            -- Where nothing was sent for the one, all that is known of the other holds.
            WHERE excluded.last_call IS NOT NULL OR excluded.is_correction
            """
        )
    }
}
