package import Leaderboards
package import Postgres

/// What Telegram's table is to hold for a player.
package struct DesiredScore: Sendable {
    /// Why a value is desired, and with it whether Telegram may have to be made to take it.
    package enum Origin: Sendable {
        /// Somebody played: values only get better, except where the game keeps the latest.
        case played
        /// Rules, chats or leaderboards changed: the value is forced where Telegram may hold a better one.
        case recounted
        /// An operator put something right: Telegram is to hold the very value.
        case corrected
    }

    package let chat: ChatID
    package let player: PlayerID
    /// Nil is absent.
    package let score: Int32?
    /// The target of the launch behind the value; nil where it had none.
    package let target: StoredTarget?

    package init(chat: ChatID, player: PlayerID, score: Int32?, target: StoredTarget?) {
        self.chat = chat
        self.player = player
        self.score = score
        self.target = target
    }
}

/// The key of a delivery; in their order deliveries are locked.
package struct DeliveryKey: Hashable, Comparable, Sendable {
    package let game: GameID
    package let chat: ChatID
    package let player: PlayerID

    package init(game: GameID, chat: ChatID, player: PlayerID) {
        self.game = game
        self.chat = chat
        self.player = player
    }

    package static func < (left: DeliveryKey, right: DeliveryKey) -> Bool {
        (left.game, left.chat, left.player) < (right.game, right.chat, right.player)
    }
}

extension Query {
    /// Writes what Telegram is to hold, in the transaction that changed the entries, and wakes whoever delivers if the
    /// chat was not waiting for its turn already.
    ///
    /// Only the newest value counts: a row that waits goes on waiting with the new value, one that was given up is due
    /// at once. One whose call is under way stays leased; settling it sees that the value moved on.
    ///
    /// Each (chat, player) comes at most once.
    ///
    /// - Parameter game: The board that Telegram shows of a game.
    package static func desiredScoresWrite(
        _ scores: [DesiredScore],
        game: Game,
        origin: DesiredScore.Origin = .played,
        now: Instant
    ) -> Query {
        let sorted = scores.sorted { ($0.chat, $0.player) < ($1.chat, $1.player) }
        let followsLatest = game.rules.keep == .latest
        return """
            WITH changed AS (
                INSERT INTO deliveries AS d (game_id, chat_id, player_id, bot_id, desired_score, desired_at, waiting_since,
                                             target, is_correction, state, due_at)
                SELECT \(game.root), x.chat_id, x.player_id, \(game.bot), x.desired_score, \(now), \(now), place.target,
                       \(origin == .corrected) AND x.desired_score IS NOT NULL,
                       CASE WHEN x.desired_score IS NULL THEN 'done'
                            WHEN place.target IS NULL THEN 'no_target'
                            ELSE 'pending' END,
                       \(now)
                FROM unnest(\(sorted.map(\.chat)), \(sorted.map(\.player)), \(sorted.map(\.score)),
                            \(sorted.map(\.target))) WITH ORDINALITY
                         AS x (chat_id, player_id, desired_score, target, position)
                -- The launch's own message, unless it is known to be gone; else the one pressed last in the chat.
                CROSS JOIN LATERAL (
                    SELECT coalesce(
                        (SELECT x.target WHERE x.target IS NOT NULL AND NOT EXISTS (
                            SELECT FROM targets t
                            WHERE t.game_id = \(game.root) AND t.chat_id = x.chat_id AND t.target = x.target
                              AND t.is_gone)),
                        (SELECT t.target FROM targets t
                         WHERE t.game_id = \(game.root) AND t.chat_id = x.chat_id AND NOT t.is_gone
                         ORDER BY t.pressed_at DESC, t.target LIMIT 1)) AS target
                ) AS place
                ORDER BY x.position
                ON CONFLICT (game_id, chat_id, player_id) DO UPDATE
                SET (desired_score, desired_at, waiting_since, target, is_correction, attempts, rejections, last_error, due_at,
                     state) = (
                    SELECT excluded.desired_score, excluded.desired_at,
                           CASE WHEN d.state = 'done' THEN excluded.desired_at ELSE d.waiting_since END,
                           coalesce(excluded.target, d.target),
                           may.is_correction AND NOT result.done,
                           CASE WHEN result.trying THEN d.attempts ELSE 0 END,
                           0,
                           -- Without a message it goes on waiting for the same reason.
                           CASE WHEN result.trying OR NOT result.done AND coalesce(excluded.target, d.target) IS NULL
                                THEN d.last_error END,
                           -- Whoever waits after a failure goes on waiting, unless the new value may be another matter;
                           -- a forced call waits for those before it.
                           greatest(CASE WHEN d.state = 'pending' AND d.rejections = 0
                                    THEN d.due_at ELSE excluded.due_at END,
                                    CASE WHEN may.is_correction OR \(followsLatest) THEN d.uncertain_until END),
                           CASE WHEN d.state = 'sending' THEN 'sending'
                                WHEN result.done THEN 'done'
                                WHEN coalesce(excluded.target, d.target) IS NULL THEN 'no_target'
                                WHEN excluded.target IS NULL AND d.state = 'dead' THEN 'no_target'
                                ELSE 'pending' END
                    FROM (
                        SELECT d.is_correction OR \(origin == .corrected) OR \(origin == .recounted) AND (
                                   -- The value of a call that is under way counts as held.
                                   d.state = 'sending' AND coalesce(d.desired_score, 0) > coalesce(excluded.desired_score, 0)
                                   OR CASE d.known
                                      WHEN 'exactly' THEN coalesce(d.known_value, 0) > coalesce(excluded.desired_score, 0)
                                      WHEN 'at_least' THEN d.known_value >= coalesce(excluded.desired_score, 0)
                                      ELSE d.last_call IS NOT NULL END) AS is_correction
                    ) AS may
                    CROSS JOIN LATERAL (
                        SELECT d.state IN ('pending', 'sending') AS trying,
                               -- What Telegram holds already is not sent again; where nothing was ever sent, nothing
                               -- has to be taken off.
                               d.state <> 'sending' AND (
                                   excluded.desired_score IS NULL AND d.known = 'unknown' AND d.last_call IS NULL
                                   OR CASE WHEN may.is_correction OR \(followsLatest)
                                      THEN NOT d.must_read AND d.known = 'exactly'
                                           AND d.known_value IS NOT DISTINCT FROM excluded.desired_score
                                      ELSE excluded.desired_score IS NULL
                                           OR coalesce(d.known_value >= excluded.desired_score, false) END) AS done
                    ) AS result
                )
                -- One that has been due for long is a sign of life of now.
                RETURNING d.bot_id, d.chat_id, d.state, greatest(d.due_at, d.desired_at) AS due_at
            )
            \(unescaped: Query.queueingOfChanged(.newValue))
            """
    }
}

extension Session {
    /// Writes what Telegram is to hold, in the transaction that changed the entries, and wakes whoever delivers.
    ///
    /// Each (chat, player) comes at most once.
    package func desiredScoresWrite(
        _ scores: [DesiredScore],
        game: Game,
        origin: DesiredScore.Origin = .played,
        now: Instant
    ) throws(PostgresError) {
        _ = try execute(.desiredScoresWrite(scores, game: game, origin: origin, now: now))
    }

    /// Wants Telegram to hold what entries of chats over all time have become by other rules, in the transaction that
    /// changed them; by force where Telegram may hold a better value.
    package func desiredScoresRecount(of chatScores: [ChatScore], game: Game, now: Instant)
        throws(PostgresError)
    {
        try desiredScoresWrite(
            desiredScores(of: chatScores, game: game),
            game: game,
            origin: .recounted,
            now: now
        )
    }

    /// Wants Telegram to hold the very values that entries of chats over all time have become, in the transaction that
    /// put them right: after a ban, a score changed or removed, an erasure.
    ///
    /// A player without an entry is taken off Telegram's table, unless nothing was ever sent there. Whoever delivers
    /// hears of it when the transaction commits; the calls wait for those before them whose outcome is not known.
    package func desiredScoresCorrect(
        of chatScores: [ChatScore],
        game: Game,
        now: Instant
    ) throws(PostgresError) {
        try desiredScoresWrite(
            desiredScores(of: chatScores, game: game),
            game: game,
            origin: .corrected,
            now: now
        )
    }

    private func desiredScores(of chatScores: [ChatScore], game: Game) -> [DesiredScore] {
        chatScores.map { chatScore in
            DesiredScore(
                chat: chatScore.chat,
                player: chatScore.player,
                score: chatScore.score.flatMap { game.telegramScore.value(for: $0) },
                target: nil
            )
        }
    }
}
