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
}

extension Session {
    /// Notes game messages, so that deliveries can fall back to the one pressed last.
    ///
    /// A message already noted is written again only when it was thought to be gone or another one was pressed since.
    ///
    /// - Parameter sightings: Each (game, chat, target) at most once.
    /// - Returns: How many deliveries had waited for a message and are due now.
    /// - Throws: `PostgresError`.
    package func upsertTargets(_ sightings: [TargetSighting]) throws(PostgresError) -> Int {
        let sorted = sightings.sorted {
            ($0.game, $0.chat, $0.target.stored) < ($1.game, $1.chat, $1.target.stored)
        }
        _ = try execute(
            """
            INSERT INTO targets (game_id, chat_id, target, pressed_at)
            SELECT x.game_id, x.chat_id, x.target, x.pressed_at
            FROM unnest(\(sorted.map(\.game)), \(sorted.map(\.chat)), \(sorted.map(\.target)),
                        \(sorted.map(\.pressedAt))) WITH ORDINALITY
                     AS x (game_id, chat_id, target, pressed_at, position)
            WHERE NOT EXISTS (
                SELECT FROM targets t
                WHERE t.game_id = x.game_id AND t.chat_id = x.chat_id AND t.target = x.target AND NOT t.is_gone
                  AND NOT EXISTS (
                      SELECT FROM targets later
                      WHERE later.game_id = t.game_id AND later.chat_id = t.chat_id
                        AND later.pressed_at > t.pressed_at AND NOT later.is_gone))
            ORDER BY x.position
            ON CONFLICT (game_id, chat_id, target) DO UPDATE
            SET pressed_at = greatest(targets.pressed_at, excluded.pressed_at), is_gone = false
            """
        )
        // What waits for a place in the chat has one now: the message pressed last.
        return try execute(
            """
            UPDATE deliveries d SET state = 'pending', target = x.target, due_at = x.pressed_at, attempts = 0
            FROM (
                SELECT DISTINCT ON (game_id, chat_id) game_id, chat_id, target, pressed_at
                FROM unnest(\(sorted.map(\.game)), \(sorted.map(\.chat)), \(sorted.map(\.target)),
                            \(sorted.map(\.pressedAt))) AS x (game_id, chat_id, target, pressed_at)
                ORDER BY game_id, chat_id, pressed_at DESC, target
            ) AS x
            WHERE d.game_id = x.game_id AND d.chat_id = x.chat_id AND d.state = 'no_target'
            """
        )
    }

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
