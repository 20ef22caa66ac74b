package import Leaderboards
package import Postgres

/// A press that showed a target.
package struct TargetSighting: Sendable {
    package let game: GameID
    package let chat: ChatID
    package let target: StoredTarget
    package let pressedAt: Instant

    /// Describes a sighting.
    ///
    /// - Parameters:
    ///   - game: The game of the message.
    ///   - chat: The chat it stands in.
    ///   - target: The message.
    ///   - pressedAt: When it was pressed.
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
    /// - Parameter sightings: Each (game, chat, target) at most once.
    /// - Returns: The statement.
    package static func upsertTargets(_ sightings: [TargetSighting]) -> Query {
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
                SELECT t.target FROM targets t
                WHERE t.game_id = x.game_id AND t.chat_id = x.chat_id AND NOT t.is_gone
                ORDER BY t.pressed_at DESC LIMIT 1)
            ORDER BY x.position
            ON CONFLICT (game_id, chat_id, target) DO UPDATE
            SET pressed_at = greatest(targets.pressed_at, excluded.pressed_at), is_gone = false
            """
    }

    /// Makes due what waits for a message in chats where one was pressed now, or was given up or refused on another
    /// one, has closed chats tried again, and wakes whoever delivers for the bot.
    ///
    /// - Parameter sightings: The messages; of several in one chat the one pressed last is taken.
    /// - Returns: The statement.
    package static func wakeDeliveries(waitingFor sightings: [TargetSighting]) -> Query {
        let latest = Dictionary(grouping: sightings, by: \.place).values.compactMap { sightings in
            sightings.max { $0.pressedAt < $1.pressedAt }
        }
        // Locked in the order in which submissions write them, so that neither can wait for the other.
        return """
            WITH pressed AS (
                SELECT * FROM unnest(\(latest.map(\.game)), \(latest.map(\.chat)), \(latest.map(\.target)),
                                     \(latest.map(\.pressedAt))) AS x (game_id, chat_id, target, pressed_at)
            ), stuck AS (
                SELECT d.game_id, d.chat_id, d.player_id, x.target, x.pressed_at
                FROM pressed x
                JOIN deliveries d ON d.game_id = x.game_id AND d.chat_id = x.chat_id AND d.state = 'no_target'
                UNION ALL
                SELECT d.game_id, d.chat_id, d.player_id, x.target, x.pressed_at
                FROM pressed x
                JOIN deliveries d ON d.game_id = x.game_id AND d.chat_id = x.chat_id AND d.state = 'dead'
                                 AND d.target IS DISTINCT FROM x.target
                UNION ALL
                SELECT d.game_id, d.chat_id, d.player_id, x.target, x.pressed_at
                FROM pressed x
                JOIN deliveries d ON d.game_id = x.game_id AND d.chat_id = x.chat_id AND d.state = 'pending'
                                 AND d.rejections > 0 AND d.target IS DISTINCT FROM x.target
            ), locked AS (
                SELECT d.game_id, d.chat_id, d.player_id, s.target, s.pressed_at
                FROM stuck s
                JOIN deliveries d ON d.game_id = s.game_id AND d.chat_id = s.chat_id AND d.player_id = s.player_id
                WHERE d.state IN ('no_target', 'dead') OR d.state = 'pending' AND d.rejections > 0
                ORDER BY d.game_id, d.chat_id, d.player_id
                FOR UPDATE OF d
            ), woken AS (
                UPDATE deliveries d
                SET state = 'pending', target = w.target, attempts = 0, rejections = 0,
                    due_at = greatest(w.pressed_at, CASE WHEN d.is_correction OR g.keep = 'latest'
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
            \(unescaped: DeliveryQueueing.ofChanged(.press))
            """
    }
}

extension Session {
    /// Marks a game message as one that can no longer be written.
    ///
    /// - Parameters:
    ///   - target: The message.
    ///   - game: Its game.
    ///   - chat: Its chat.
    /// - Throws: `PostgresError`.
    package func retireTarget(_ target: StoredTarget, game: GameID, chat: ChatID) throws(PostgresError) {
        _ = try execute(
            """
            INSERT INTO targets (game_id, chat_id, target, pressed_at, is_gone)
            VALUES (\(game), \(chat), \(target), '-infinity', true)
            ON CONFLICT (game_id, chat_id, target) DO UPDATE SET is_gone = true
            """
        )
    }

    /// The message of a game in a chat that was pressed last and still stands.
    ///
    /// - Parameters:
    ///   - game: The game.
    ///   - chat: The chat.
    /// - Returns: The message, or nil when none is known.
    /// - Throws: `PostgresError`.
    package func latestTarget(game: GameID, chat: ChatID) throws(PostgresError) -> StoredTarget? {
        try first(
            """
            SELECT target FROM targets
            WHERE game_id = \(game) AND chat_id = \(chat) AND NOT is_gone
            ORDER BY pressed_at DESC, target LIMIT 1
            """
        ).map { row throws(PostgresError) in try row.decode(StoredTarget.self) }
    }
}
