package import Leaderboards
package import Postgres

extension Session {
    /// Makes one chat of two that turned out to be the same, as if all runs had been played in it.
    ///
    /// The transaction must hold the games' locks exclusively (``lockGames(of:)``) and the lock of the bot's chats.
    /// The log keeps the ids under which runs were played; `merged_into` leads from there to the chat that remains,
    /// whose leaderboards are made anew from the runs of both. Of their own time zones the remaining chat's holds, if
    /// it has one.
    ///
    /// - Parameters:
    ///   - gone: The chat that is given up.
    ///   - kept: The chat that remains.
    ///   - bot: The bot.
    ///   - onChatStandings: Told, by game and in portions, of the entries of all time in the remaining chat that came
    ///     along or changed, for their deliveries.
    /// - Throws: `PostgresError`.
    package func mergeChats(
        _ gone: ChatID,
        into kept: ChatID,
        bot: BotID,
        onChatStandings: (Game, [ChatStanding]) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        try moveTargets(from: gone, to: kept)
        try moveDeliveries(from: gone, to: kept)
        try retargetDeliveries(of: kept)
        try mergeTurns(of: gone, into: kept, bot: bot)
        try execute("DELETE FROM message_edits WHERE chat_id = \(gone)")
        try execute("DELETE FROM delivery_pace WHERE chat_id = \(gone)")
        try execute("UPDATE chat_instances SET chat_id = \(kept) WHERE chat_id = \(gone)")
        try execute("UPDATE chat_addresses SET chat_id = \(kept) WHERE chat_id = \(gone)")
        try execute("UPDATE chats SET merged_into = \(kept) WHERE chat_id = \(gone) OR merged_into = \(gone)")
        try execute(
            """
            UPDATE chats k
            SET zone = coalesce(k.zone, g.zone), has_shared_games = k.has_shared_games OR g.has_shared_games
            FROM chats g WHERE k.chat_id = \(kept) AND g.chat_id = \(gone)
            """
        )
        try execute(
            """
            INSERT INTO audit (actor, action, subject, reason, before, after)
            VALUES ('highscores', 'chat.merge', \("chat \(kept)"), 'both names were seen on one chat',
                    jsonb_build_object('merged', \(gone.rawValue)), jsonb_build_object('into', \(kept.rawValue)))
            """
        )
        for game in try games(withBoardsOf: [gone, kept]) {
            _ = try rebuildBoards(of: game, scope: .chat(kept)) { standings throws(PostgresError) in
                try onChatStandings(game, standings)
            }
            try notifyBoards(game: game.id, chats: [gone, kept], includingGlobal: false)
        }
    }

    /// Lists the games that have leaderboards of chats.
    ///
    /// - Parameter chats: The chats.
    /// - Returns: The games by id.
    /// - Throws: `PostgresError`.
    package func games(withBoardsOf chats: [ChatID]) throws(PostgresError) -> [Game] {
        try query(
            """
            \(unescaped: Self.selectGame)
            WHERE g.game_id IN (SELECT o.game_id FROM boards o WHERE o.chat_id = ANY (\(chats)))
            ORDER BY g.game_id
            """
        ).map(Self.game)
    }

    /// Makes one budget of those of two chats.
    private func mergeTurns(of gone: ChatID, into kept: ChatID, bot: BotID) throws(PostgresError) {
        _ = try execute(
            """
            WITH gone AS (DELETE FROM delivery_chats WHERE chat_id = \(gone) RETURNING free_at, held_until, slots, messages)
            INSERT INTO delivery_chats AS q (bot_id, chat_id, ready_at, free_at, held_until, slots, messages)
            SELECT \(bot), \(kept), g.free_at, g.free_at, g.held_until, g.slots, g.messages FROM gone g
            ON CONFLICT (bot_id, chat_id) DO UPDATE
            SET free_at = greatest(q.free_at, excluded.free_at),
                ready_at = greatest(q.free_at, excluded.free_at),
                held_until = greatest(q.held_until, excluded.held_until),
                -- What was refused may have been the name that is given up.
                closed_at = NULL, closed_reason = NULL, refusals = 0, refused_at = NULL, retry_at = NULL,
                value_retry_at = NULL,
                slots = ARRAY(SELECT s FROM unnest(q.slots || excluded.slots) AS s ORDER BY s),
                messages = q.messages || excluded.messages
            """
        )
    }

    private func moveTargets(from gone: ChatID, to kept: ChatID) throws(PostgresError) {
        _ = try execute(
            """
            INSERT INTO targets AS kept (game_id, chat_id, target, pressed_at, is_gone)
            SELECT game_id, \(kept), target, pressed_at, is_gone FROM targets WHERE chat_id = \(gone)
            ON CONFLICT (game_id, chat_id, target) DO UPDATE
            SET pressed_at = greatest(kept.pressed_at, excluded.pressed_at),
                is_gone = kept.is_gone OR excluded.is_gone
            """
        )
        _ = try execute("DELETE FROM targets WHERE chat_id = \(gone)")
    }
}
