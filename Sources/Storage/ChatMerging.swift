package import Leaderboards
package import Postgres

extension Session {
    /// Makes one chat of two that turned out to be the same, as if all runs had been played in it.
    ///
    /// The transaction must hold the games' locks exclusively (``lockGames(of:)``) and the lock of the bot's chats.
    /// The log keeps the ids under which runs were played; `merged_into` leads from there to the chat that remains.
    ///
    /// - Parameters:
    ///   - gone: The chat that is given up.
    ///   - kept: The chat that remains.
    ///   - bot: The bot.
    /// - Returns: The players whose entries of all time came along or changed, by game, for their deliveries.
    /// - Throws: `PostgresError`.
    package func mergeChats(
        _ gone: ChatID,
        into kept: ChatID,
        bot: BotID
    ) throws(PostgresError) -> [GameID: [PlayerID]] {
        let moved = try playersWithEntries(in: gone)
        _ = try execute(
            """
            UPDATE boards b SET chat_id = \(kept)
            WHERE b.chat_id = \(gone) AND NOT EXISTS (
                SELECT FROM boards k
                WHERE k.game_id = b.game_id AND k.chat_id = \(kept) AND k.span = b.span AND k.label = b.label)
            """
        )
        // What is left of the old boards has a counterpart; of a player's two entries the game's rule decides.
        _ = try execute(
            """
            INSERT INTO entries AS kept (game_id, board_id, player_id, sort_key, achieved_at, run_id)
            SELECT e.game_id, k.board_id, e.player_id, e.sort_key, e.achieved_at, e.run_id
            FROM boards b
            JOIN boards k ON k.game_id = b.game_id AND k.chat_id = \(kept) AND k.span = b.span AND k.label = b.label
            JOIN entries e ON e.game_id = b.game_id AND e.board_id = b.board_id
            WHERE b.chat_id = \(gone)
            ORDER BY e.game_id, k.board_id, e.player_id
            ON CONFLICT (game_id, board_id, player_id) DO UPDATE
            SET (sort_key, achieved_at, run_id) = (
                SELECT CASE WHEN g.keep = 'sum' THEN kept.sort_key + excluded.sort_key
                            WHEN wins.excluded THEN excluded.sort_key ELSE kept.sort_key END,
                       CASE WHEN wins.excluded THEN excluded.achieved_at ELSE kept.achieved_at END,
                       CASE WHEN wins.excluded THEN excluded.run_id ELSE kept.run_id END
                FROM games g
                CROSS JOIN LATERAL (
                    SELECT CASE WHEN g.keep = 'best'
                                THEN (excluded.sort_key, excluded.achieved_at) < (kept.sort_key, kept.achieved_at)
                                ELSE excluded.achieved_at > kept.achieved_at END AS excluded
                ) AS wins
                WHERE g.game_id = kept.game_id)
            """
        )
        _ = try execute(
            """
            DELETE FROM entries e USING boards b
            WHERE b.chat_id = \(gone) AND e.game_id = b.game_id AND e.board_id = b.board_id
            """
        )
        _ = try execute("DELETE FROM boards WHERE chat_id = \(gone)")
        try moveTargets(from: gone, to: kept)
        _ = try execute("DELETE FROM deliveries WHERE chat_id = \(gone)")
        _ = try execute("DELETE FROM delivery_pace WHERE chat_id = \(gone)")
        _ = try execute("UPDATE chat_instances SET chat_id = \(kept) WHERE chat_id = \(gone)")
        _ = try execute("UPDATE chat_addresses SET chat_id = \(kept) WHERE chat_id = \(gone)")
        _ = try execute(
            "UPDATE chats SET merged_into = \(kept) WHERE chat_id = \(gone) OR merged_into = \(gone)"
        )
        _ = try execute(
            """
            INSERT INTO audit (actor, action, subject, reason, before, after)
            VALUES ('highscores', 'chat.merge', \("chat \(kept)"), 'both names were seen on one chat',
                    jsonb_build_object('merged', \(gone.rawValue)), jsonb_build_object('into', \(kept.rawValue)))
            """
        )
        return moved
    }

    /// Reads the entries of all time that some players have in a chat.
    ///
    /// - Parameters:
    ///   - players: The players.
    ///   - chat: The chat.
    ///   - game: The game.
    /// - Returns: Those that exist.
    /// - Throws: `PostgresError`.
    package func entriesOfAllTime(
        of players: [PlayerID],
        chat: ChatID,
        game: GameID
    ) throws(PostgresError) -> [Entry] {
        try query(
            """
            SELECT e.player_id, e.sort_key, e.achieved_at, e.run_id
            FROM boards b
            JOIN entries e ON e.game_id = b.game_id AND e.board_id = b.board_id
            WHERE b.game_id = \(game) AND b.chat_id = \(chat) AND b.span = 'all' AND e.player_id = ANY (\(players))
            """
        ).map { row throws(PostgresError) in
            let (player, sortKey, achievedAt, run) = try row.decode(
                PlayerID.self,
                Int64.self,
                Instant.self,
                RunID.self
            )
            return Entry(
                standing: Standing(sortKey: sortKey, achievedAt: achievedAt, player: player),
                run: run
            )
        }
    }

    private func playersWithEntries(in chat: ChatID) throws(PostgresError) -> [GameID: [PlayerID]] {
        let rows = try query(
            """
            SELECT e.game_id, e.player_id
            FROM boards b
            JOIN entries e ON e.game_id = b.game_id AND e.board_id = b.board_id
            WHERE b.chat_id = \(chat) AND b.span = 'all'
            """
        )
        var players: [GameID: [PlayerID]] = [:]
        for row in rows {
            let (game, player) = try row.decode(GameID.self, PlayerID.self)
            players[game, default: []].append(player)
        }
        return players
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
