package import Leaderboards
package import Postgres

extension Session {
    /// Makes one chat of two that turned out to be the same, as if all runs had been played in it.
    ///
    /// The transaction must hold the games' locks exclusively (``gamesLock(of:)``) and the lock of the bot's chats.
    /// The log has the ids under which runs were played; `merged_into` leads from there to the chat that remains,
    /// whose leaderboards are made anew from the runs of both. Of their own time zones the remaining chat's holds, if
    /// it has one. ``chatsSplit(_:from:bot:onChatScores:)`` takes it back. That they were taken for two is forgotten.
    ///
    /// - Parameters:
    ///   - gone: The chat that is given up.
    ///   - onChatScores: Told, by game and in portions, of the entries of all time in the remaining chat that came
    ///     along or changed, for their deliveries.
    /// - Returns: What became of the leaderboards.
    package func chatsMerge(
        _ gone: ChatID,
        into remaining: ChatID,
        bot: BotID,
        onChatScores: (Game, [ChatScore]) throws(PostgresError) -> Void
    ) throws(PostgresError) -> RebuildReport {
        try moveTargets(from: gone, to: remaining)
        try deliveriesMove(from: gone, to: remaining)
        try deliveriesRetarget(of: remaining)
        try mergeTurns(of: gone, into: remaining, bot: bot)
        try execute(
            """
            DELETE FROM chat_splits
            WHERE chat_id = \(min(gone, remaining)) AND other_id = \(max(gone, remaining))
            """
        )
        try execute("DELETE FROM message_edits WHERE chat_id = \(gone)")
        for table in ["chat_instances", "chat_addresses"] {
            try execute(
                """
                UPDATE \(unescaped: table) SET chat_id = \(remaining), moved_from = coalesce(moved_from, chat_id)
                WHERE chat_id = \(gone)
                """
            )
        }
        try execute(
            """
            UPDATE chats SET merged_into = \(remaining), merged_first = coalesce(merged_first, \(remaining))
            WHERE chat_id = \(gone) OR merged_into = \(gone)
            """
        )
        try execute(
            """
            UPDATE chats k
            SET zone = coalesce(k.zone, g.zone), has_shared_games = k.has_shared_games OR g.has_shared_games
            FROM chats g WHERE k.chat_id = \(remaining) AND g.chat_id = \(gone)
            """
        )
        try execute(
            """
            DELETE FROM chat_conflicts c USING games g, chat_instances i, chat_addresses a
            WHERE g.game_id = c.game_id AND g.bot_id = \(bot)
              AND i.bot_id = \(bot) AND i.chat_instance = c.chat_instance
              AND a.bot_id = \(bot) AND a.telegram_chat_id = c.telegram_chat_id AND a.chat_id = i.chat_id
            """
        )
        return try rebuild([remaining], besides: [gone], onChatScores)
    }

    /// Takes a merge back: makes two chats of one, as if they had never been joined.
    ///
    /// The transaction must hold the same locks as for a merge. Names and messages go back to the chat that had them,
    /// messages that were pressed since with the Telegram id under which they are; runs that were played since stay
    /// where they were played. Nothing is known of Telegram's tables any more, so that all of them follow. No press joins
    /// the chats again.
    ///
    /// - Parameters:
    ///   - gone: The chat that was given up.
    ///   - onChatScores: Told, by game and in portions, of the entries of all time in both chats that came along,
    ///     changed or went.
    /// - Returns: What became of the leaderboards.
    package func chatsSplit(
        _ gone: ChatID,
        from remaining: ChatID,
        bot: BotID,
        onChatScores: (Game, [ChatScore]) throws(PostgresError) -> Void
    ) throws(PostgresError) -> RebuildReport {
        let family = try query(
            """
            WITH RECURSIVE family AS (
                SELECT CAST(\(gone) AS bigint) AS chat_id
                UNION SELECT c.chat_id FROM chats c JOIN family f ON c.merged_first = f.chat_id
            )
            SELECT chat_id FROM family
            """
        ).decode(ChatID.self)
        try execute("UPDATE chats SET merged_into = NULL, merged_first = NULL WHERE chat_id = \(gone)")
        try execute(
            """
            INSERT INTO chat_splits (chat_id, other_id, split_at)
            VALUES (\(min(gone, remaining)), \(max(gone, remaining)), now())
            ON CONFLICT DO NOTHING
            """
        )
        try execute(
            "UPDATE chats SET merged_into = \(gone) WHERE chat_id = ANY (\(family)) AND chat_id <> \(gone)"
        )
        for table in ["chat_instances", "chat_addresses", "targets"] {
            try execute(
                """
                UPDATE \(unescaped: table) SET chat_id = \(gone), moved_from = nullif(moved_from, \(gone))
                WHERE chat_id = \(remaining) AND moved_from = ANY (\(family))
                """
            )
        }
        try execute(
            """
            UPDATE targets t SET chat_id = \(gone)
            FROM chat_addresses a
            WHERE t.chat_id = \(remaining) AND a.chat_id = \(gone)
              AND t.target LIKE 'message:' || a.telegram_chat_id || ':%'
            """
        )
        try execute(
            """
            INSERT INTO delivery_chats (bot_id, chat_id, free_at, held_until, slots, games, boards)
            SELECT bot_id, \(gone), free_at, held_until, slots, games, boards FROM delivery_chats
            WHERE bot_id = \(bot) AND chat_id = \(remaining)
            ON CONFLICT DO NOTHING
            """
        )
        try deliveriesRedeliver(of: remaining)
        try execute(
            """
            UPDATE deliveries d
            SET target = place.target,
                state = CASE WHEN d.state = 'pending' AND place.target IS NULL THEN 'no_target' ELSE d.state END
            FROM deliveries o
            CROSS JOIN LATERAL (
                SELECT (SELECT t.target FROM targets t
                        WHERE t.game_id = o.game_id AND t.chat_id = \(remaining) AND NOT t.is_gone
                        ORDER BY t.pressed_at DESC, t.target LIMIT 1) AS target
            ) AS place
            WHERE o.chat_id = \(remaining) AND d.game_id = o.game_id AND d.chat_id = o.chat_id AND d.player_id = o.player_id
              AND EXISTS (
                  SELECT FROM targets t
                  WHERE t.game_id = o.game_id AND t.chat_id = \(gone) AND t.target = o.target)
            """
        )
        return try rebuild([remaining, gone], besides: [], onChatScores)
    }

    /// Makes the leaderboards of chats anew in all games that have any, and tells who watches them.
    private func rebuild(
        _ chats: [ChatID],
        besides others: [ChatID],
        _ onChatScores: (Game, [ChatScore]) throws(PostgresError) -> Void
    ) throws(PostgresError) -> RebuildReport {
        var report = RebuildReport()
        for game in try run(.gamesList(withBoardsOf: chats + others)) {
            let part = try boardsRebuild(of: game, scope: .chats(chats)) { scores throws(PostgresError) in
                try onChatScores(game, scores)
            }
            report.add(part)
            try boardsNotify(game: game.id, chats: chats + others, includingGlobal: false)
        }
        return report
    }

    /// Makes one budget of those of two chats.
    private func mergeTurns(of gone: ChatID, into remaining: ChatID, bot: BotID) throws(PostgresError) {
        _ = try execute(
            """
            WITH gone AS (DELETE FROM delivery_chats WHERE chat_id = \(gone) RETURNING free_at, held_until, slots, games, boards)
            INSERT INTO delivery_chats AS q (bot_id, chat_id, ready_at, free_at, held_until, slots, games, boards)
            SELECT \(bot), \(remaining), g.free_at, g.free_at, g.held_until, g.slots, g.games, g.boards FROM gone g
            ON CONFLICT (bot_id, chat_id) DO UPDATE
            SET free_at = greatest(q.free_at, excluded.free_at),
                ready_at = greatest(q.free_at, excluded.free_at),
                held_until = greatest(q.held_until, excluded.held_until),
                -- What was refused may have been the name that is given up.
                closed_at = NULL, closed_reason = NULL, refusals = 0, refused_at = NULL, retry_at = NULL,
                value_retry_at = NULL,
                slots = ARRAY(SELECT s FROM unnest(q.slots || excluded.slots) AS s ORDER BY s),
                games = q.games || excluded.games, boards = q.boards || excluded.boards
            """
        )
    }

    private func moveTargets(from gone: ChatID, to remaining: ChatID) throws(PostgresError) {
        _ = try execute(
            """
            INSERT INTO targets AS remaining (game_id, chat_id, target, pressed_at, is_gone, is_reported, moved_from)
            SELECT game_id, \(remaining), target, pressed_at, is_gone, is_reported, coalesce(moved_from, chat_id)
            FROM targets WHERE chat_id = \(gone)
            ON CONFLICT (game_id, chat_id, target) DO UPDATE
            SET pressed_at = greatest(remaining.pressed_at, excluded.pressed_at),
                is_gone = remaining.is_gone OR excluded.is_gone,
                is_reported = remaining.is_reported AND excluded.is_reported
            """
        )
        _ = try execute("DELETE FROM targets WHERE chat_id = \(gone)")
    }
}
