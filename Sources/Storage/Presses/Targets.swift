package import Leaderboards
package import Postgres

/// A press that showed a target.
package struct TargetSighting: Sendable {
    package let game: GameID
    package let chat: ChatID
    package let target: StoredTarget
    package let pressedAt: Instant

    package init(game: GameID, chat: ChatID, target: StoredTarget, pressedAt: Instant) {
        self.game = game
        self.chat = chat
        self.target = target
        self.pressedAt = pressedAt
    }

    fileprivate var place: Place { Place(game: game, chat: chat) }

    fileprivate struct Place: Hashable {
        let game: GameID
        let chat: ChatID
    }
}

extension Query {
    /// Notes game messages, so that deliveries can fall back to the one pressed last.
    ///
    /// The message that is known as pressed last already is written again only when another one was pressed with it.
    ///
    /// - Parameter sightings: Each at most once.
    package static func targetsUpsert(_ sightings: [TargetSighting]) -> Query {
        let sorted = sightings.sorted {
            ($0.game, $0.chat, $0.target.stored) < ($1.game, $1.chat, $1.target.stored)
        }
        let places = Dictionary(grouping: sorted, by: \.place).mapValues(\.count)
        return """
            INSERT INTO targets (game_id, chat_id, target, pressed_at)
            SELECT x.game_id, x.chat_id, x.target, x.pressed_at
            FROM unnest(\(sorted.map(\.game)), \(sorted.map(\.chat)), \(sorted.map(\.target)),
                        \(sorted.map(\.pressedAt)), \(sorted.map { places[$0.place] == 1 })) WITH ORDINALITY
                     AS x (game_id, chat_id, target, pressed_at, is_alone, position)
            WHERE NOT x.is_alone OR x.target IS DISTINCT FROM (
                SELECT CASE WHEN NOT t.is_reported THEN t.target END FROM targets t
                WHERE t.game_id = x.game_id AND t.chat_id = x.chat_id AND NOT t.is_gone
                ORDER BY t.pressed_at DESC LIMIT 1)
            ORDER BY x.position
            ON CONFLICT (game_id, chat_id, target) DO UPDATE
            SET pressed_at = greatest(targets.pressed_at, excluded.pressed_at), is_gone = false, is_reported = false
            """
    }

    /// Takes messages that presses showed away from games and chats for which keys had reported them, with what was to
    /// be written there: the message is not theirs.
    ///
    /// - Parameter bot: The bot that they were shown to.
    package static func targetsDropReported(of sightings: [TargetSighting], bot: BotID) -> Query {
        """
        WITH found AS (
            SELECT r.game_id, r.chat_id, r.target
            FROM unnest(\(sightings.map(\.game)), \(sightings.map(\.chat)), \(sightings.map(\.target)))
                     AS x (game_id, chat_id, target)
            CROSS JOIN LATERAL (
                SELECT * FROM targets t WHERE t.target = x.target OFFSET 0
            ) AS r
            WHERE r.is_reported AND (r.game_id, r.chat_id) <> (x.game_id, x.chat_id)
        ), dropped AS (
            DELETE FROM targets t USING found f, games g
            WHERE t.game_id = f.game_id AND t.chat_id = f.chat_id AND t.target = f.target
              AND g.game_id = t.game_id AND g.bot_id = \(bot)
            RETURNING t.game_id, t.chat_id, t.target
        )
        \(unescaped: withdrawal)
        """
    }

    /// The same for messages of one of Telegram's chats, which a press showed to be a chat of ours.
    ///
    /// - Parameters:
    ///   - address: The chat by Telegram's id.
    ///   - bot: The bot that it was shown to.
    static func targetsDropReported(under address: TelegramChatID, besides chat: ChatID, bot: BotID) -> Query
    {
        """
        WITH found AS (
            SELECT r.game_id, r.chat_id, r.target
            FROM (
                -- Bounds, not a pattern, of which a plan for any value cannot make any; and by the name alone.
                SELECT * FROM targets o
                WHERE o.target ~>=~ \("message:\(address):") AND o.target ~<~ \("message:\(address);") OFFSET 0
            ) AS r
            WHERE r.is_reported AND r.chat_id <> \(chat)
        ), dropped AS (
            DELETE FROM targets t USING found f, games g
            WHERE t.game_id = f.game_id AND t.chat_id = f.chat_id AND t.target = f.target
              AND g.game_id = t.game_id AND g.bot_id = \(bot)
            RETURNING t.game_id, t.chat_id, t.target
        )
        \(unescaped: withdrawal)
        """
    }

    /// The same for messages of which a key said later that they are in another chat of its game, and for the oldest
    /// of those that it reported in chats where there are too many.
    ///
    /// - Parameter game: The game of the key.
    static func targetsDropOvertaken(by targets: [StoredTarget], in chats: [ChatID], game: GameID) -> Query {
        """
        WITH found AS (
            SELECT r.chat_id, r.target
            FROM unnest(\(chats), \(targets)) AS x (chat_id, target)
            CROSS JOIN LATERAL (
                SELECT * FROM targets t WHERE t.target = x.target OFFSET 0
            ) AS r
            WHERE r.game_id = \(game) AND r.is_reported AND r.chat_id <> x.chat_id
            UNION
            SELECT r.chat_id, r.target
            FROM unnest(\(Set(chats).sorted())) AS x (chat_id)
            CROSS JOIN LATERAL (
                SELECT t.chat_id, t.target FROM targets t
                WHERE t.game_id = \(game) AND t.chat_id = x.chat_id AND t.is_reported
                ORDER BY t.pressed_at DESC, t.target OFFSET \(Int64(SQL.maximumReportedTargets))
            ) AS r
        ), dropped AS (
            DELETE FROM targets t USING found f
            WHERE t.game_id = \(game) AND t.chat_id = f.chat_id AND t.target = f.target
            RETURNING t.game_id, t.chat_id, t.target
        )
        \(unescaped: withdrawal)
        """
    }

    /// The end of a statement that begins with `WITH dropped AS (…)`, targets that deliveries must not use any more.
    private static let withdrawal = """
        , changed AS (
            UPDATE deliveries d
            SET target = place.target, known = 'unknown', known_value = NULL, must_read = false,
                lease = NULL, lease_until = NULL, uncertain_until = \(Query.uncertaintyOfDelivery("d")),
                is_correction = d.is_correction AND d.desired_score IS NOT NULL,
                state = CASE WHEN d.state = 'dead' THEN 'dead'
                             WHEN d.desired_score IS NULL THEN 'done'
                             WHEN place.target IS NULL THEN 'no_target'
                             ELSE 'pending' END
            FROM dropped x
            LEFT JOIN LATERAL (
                SELECT t.target FROM targets t
                WHERE t.game_id = x.game_id AND t.chat_id = x.chat_id AND NOT t.is_gone
                  AND NOT EXISTS (
                      SELECT FROM dropped o
                      WHERE o.game_id = t.game_id AND o.chat_id = t.chat_id AND o.target = t.target)
                ORDER BY t.pressed_at DESC, t.target LIMIT 1
            ) AS place ON true
            WHERE d.game_id = x.game_id AND d.chat_id = x.chat_id AND d.target = x.target
            RETURNING d.bot_id, d.chat_id, d.state, d.due_at
        )
        \(Query.queueingOfChanged)
        """

    /// Whether a press of the message known as pressed last is a sign of life that something waits for, as
    /// ``deliveriesWake(waitingFor:)`` follows it.
    ///
    /// - Returns: The condition, of look-ups in indexes in which there is nothing else.
    static func isAwaited(game: String, chat: String, bot: String, target: String) -> String {
        func waits(_ condition: String) -> String {
            "EXISTS (SELECT FROM deliveries d WHERE d.game_id = \(game) AND d.chat_id = \(chat) AND \(condition) OFFSET 0)"
        }
        return """
            (\(waits("d.state = 'no_target'"))
             OR \(waits("d.state = 'dead' AND (d.rejections > 0 OR d.target IS DISTINCT FROM \(target))"))
             OR \(waits("d.state = 'pending' AND d.rejections > 0 AND d.target IS DISTINCT FROM \(target)"))
             OR EXISTS (SELECT FROM delivery_chats q
                        WHERE q.bot_id = \(bot) AND q.chat_id = \(chat) AND q.closed_at IS NOT NULL OFFSET 0))
            """
    }

    /// Makes due what waits for a message in chats where one was pressed now, what was given up or refused on another
    /// one, and what was given up or forbidden on that one in words that may pass; has closed chats tried again, and
    /// wakes whoever delivers for the bot.
    ///
    /// - Parameter sightings: The messages; of several in one chat the one pressed last is taken.
    package static func deliveriesWake(waitingFor sightings: [TargetSighting]) -> Query {
        let latest = Dictionary(grouping: sightings, by: \.place).values.compactMap { sightings in
            sightings.max { $0.pressedAt < $1.pressedAt }
        }
        let interval = "interval '\(SignOfLife.press.interval.components.seconds) seconds'"
        // By the index in which there are no others.
        func stuck(_ condition: String) -> String {
            "(SELECT * FROM deliveries o WHERE o.game_id = x.game_id AND o.chat_id = x.chat_id AND \(condition) OFFSET 0)"
        }
        // Locked in the order in which submissions write them, so that neither can wait for the other.
        return """
            WITH pressed AS (
                SELECT * FROM unnest(\(latest.map(\.game)), \(latest.map(\.chat)), \(latest.map(\.target)),
                                     \(latest.map(\.pressedAt))) AS x (game_id, chat_id, target, pressed_at)
            ), reopened AS (
                UPDATE targets t SET refused_at = NULL FROM pressed x
                WHERE t.game_id = x.game_id AND t.chat_id = x.chat_id AND t.target = x.target
                  AND t.refused_at IS NOT NULL
            ), stuck AS (
                SELECT d.game_id, d.chat_id, d.player_id, x.target,
                       -- The message as it was before this statement.
                       CASE WHEN d.state = 'pending' AND d.target = x.target
                            THEN greatest(x.pressed_at, least(t.refused_at, x.pressed_at) + \(unescaped: interval))
                            ELSE x.pressed_at END AS pressed_at
                FROM pressed x
                LEFT JOIN LATERAL (
                    SELECT o.refused_at FROM targets o
                    WHERE o.game_id = x.game_id AND o.chat_id = x.chat_id AND o.target = x.target OFFSET 0
                ) AS t ON true
                CROSS JOIN LATERAL (
                    \(unescaped: stuck("o.state = 'no_target'"))
                    UNION ALL \(unescaped: stuck("o.state = 'dead'"))
                    UNION ALL \(unescaped: stuck("o.state = 'pending' AND o.rejections > 0"))
                ) AS d
                WHERE CASE d.state WHEN 'no_target' THEN true
                                   WHEN 'dead' THEN d.rejections > 0 OR d.target IS DISTINCT FROM x.target
                                   ELSE d.target IS DISTINCT FROM x.target OR t.refused_at IS NOT NULL END
            ), locked AS (
                SELECT d.*, s.target, s.pressed_at
                -- Sorted before they are locked.
                FROM (SELECT * FROM stuck ORDER BY game_id, chat_id, player_id OFFSET 0) AS s
                CROSS JOIN LATERAL (
                    SELECT d.game_id, d.chat_id, d.player_id FROM deliveries d
                    WHERE d.game_id = s.game_id AND d.chat_id = s.chat_id AND d.player_id = s.player_id
                      AND (d.state IN ('no_target', 'dead') OR d.state = 'pending' AND d.rejections > 0)
                    FOR UPDATE
                ) AS d
            ), woken AS (
                UPDATE deliveries d
                SET state = 'pending', target = w.target, attempts = 0, rejections = 0,
                    due_at = greatest(w.pressed_at, CASE WHEN d.is_correction OR \(unescaped: SQL.followsLatest)
                                                    THEN d.uncertain_until END)
                FROM locked w JOIN games g ON g.game_id = w.game_id
                WHERE d.game_id = w.game_id AND d.chat_id = w.chat_id AND d.player_id = w.player_id
                RETURNING d.bot_id, d.chat_id, d.state, d.due_at
            ), changed AS (
                SELECT * FROM woken
                UNION ALL
                SELECT q.bot_id, q.chat_id, 'pending', x.pressed_at
                FROM pressed x JOIN delivery_chats q ON q.chat_id = x.chat_id AND q.closed_at IS NOT NULL
            )
            \(unescaped: Query.queueingOfChanged(.press))
            """
    }
}

extension Query {
    /// Marks a game message as one that can no longer be written.
    package static func targetRetire(_ target: StoredTarget, game: GameID, chat: ChatID) -> Query {
        """
        INSERT INTO targets (game_id, chat_id, target, pressed_at, is_gone, is_reported)
        -- Where nothing is noted, no press is known that showed it.
        VALUES (\(game), \(chat), \(target), '-infinity', true, true)
        ON CONFLICT (game_id, chat_id, target) DO UPDATE SET is_gone = true
        """
    }

    /// Notes that a call about a message was refused in a way that may pass.
    package static func targetRefuse(_ target: StoredTarget, game: GameID, chat: ChatID, now: Instant)
        -> Query
    {
        """
        UPDATE targets SET refused_at = \(now)
        WHERE game_id = \(game) AND chat_id = \(chat) AND target = \(target)
        """
    }
}
