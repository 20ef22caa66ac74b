package import Leaderboards
package import Postgres

/// What an erasure removed, in numbers.
package struct ErasureCount: Hashable, Sendable {
    package var profiles = 0
    package var runs = 0
    package var corrections = 0
    /// Bans, which outlive it without the player's id.
    package var bans = 0
    /// Entries of the audit from which the player was taken out.
    package var auditEntries = 0
    /// Values that Telegram's tables still have to lose; each goes as soon as that is done.
    package var pendingDeliveries = 0

    package init() {}
}

extension Session {
    /// Removes everything of a player whose runs count no longer.
    ///
    /// What Telegram's tables still hold stays until they do not; ``erasuresPurge()`` then removes it, too.
    ///
    /// - Parameters:
    ///   - games: All games of the bots, locked; the player has no entries there.
    ///   - bans: The bans that are to outlive it.
    ///   - memory: For how long launches from before may come.
    package func playerErase(
        _ player: PlayerID,
        of bots: [BotID],
        games: [GameID],
        outliving bans: [Ban],
        for memory: Duration
    ) throws(PostgresError) -> ErasureCount {
        var count = ErasureCount()
        count.auditEntries = try redactAudit(player)
        count.corrections = try execute(
            """
            DELETE FROM corrections o USING scores s
            WHERE s.game_id = ANY (\(games)) AND s.player_id = \(player)
              AND o.game_id = s.game_id AND o.launched_at = s.launched_at AND o.run_id = s.run_id
            """
        )
        try execute(
            """
            DELETE FROM reviews o USING scores s
            WHERE s.game_id = ANY (\(games)) AND s.player_id = \(player)
              AND o.game_id = s.game_id AND o.launched_at = s.launched_at AND o.run_id = s.run_id
            """
        )
        // Whoever named the runs could find them again.
        try execute(
            """
            DELETE FROM server_runs o USING scores s
            WHERE s.game_id = ANY (\(games)) AND s.player_id = \(player)
              AND o.game_id = s.game_id AND o.run_id = s.run_id
            """
        )
        count.runs = try execute(
            "DELETE FROM scores WHERE game_id = ANY (\(games)) AND player_id = \(player)"
        )
        try execute("DELETE FROM bans WHERE bot_id = ANY (\(bots)) AND player_id = \(player)")
        count.bans = bans.count
        try erasedPlayersInsert(of: player, by: bots, outliving: bans, for: memory)
        count.profiles = try execute(
            "DELETE FROM players WHERE bot_id = ANY (\(bots)) AND player_id = \(player)"
        )
        try execute(
            """
            INSERT INTO pending_erasures (bot_id, player_id) SELECT b.bot_id, \(player) FROM unnest(\(bots)) AS b (bot_id)
            ON CONFLICT (bot_id, player_id) DO UPDATE SET erased_at = excluded.erased_at
            """
        )
        try erasuresPurge()
        let row = try first(
            "SELECT count(*) FROM deliveries WHERE game_id = ANY (\(games)) AND player_id = \(player)"
        )
        count.pendingDeliveries = try row?.decode(Int.self) ?? 0
        return count
    }

    /// Removes what was left of erased players until Telegram had followed, where it has.
    ///
    /// Of a player who plays again nothing more is removed.
    package func erasuresPurge() throws(PostgresError) {
        // There are hardly ever any, and no index leads from players to deliveries.
        guard try first("SELECT 1 FROM pending_erasures LIMIT 1") != nil else { return }
        try execute(
            """
            DELETE FROM deliveries d USING pending_erasures x
            WHERE d.bot_id = x.bot_id AND d.player_id = x.player_id AND d.desired_score IS NULL AND d.state = 'done'
            """
        )
        try execute(
            """
            WITH settled AS (
                DELETE FROM pending_erasures x
                WHERE NOT EXISTS (
                    SELECT FROM deliveries d
                    WHERE d.bot_id = x.bot_id AND d.player_id = x.player_id AND d.desired_score IS NULL)
                RETURNING x.bot_id, x.player_id
            ), reported AS (
                -- Keys tell of private chats in no other way.
                DELETE FROM targets t USING settled x, games g
                WHERE g.bot_id = x.bot_id AND t.game_id = g.game_id AND t.is_reported
                  AND t.target LIKE 'message:' || x.player_id || ':%'
            ), conflicts AS (
                DELETE FROM chat_conflicts c USING settled x, games g
                WHERE g.bot_id = x.bot_id AND c.game_id = g.game_id AND c.telegram_chat_id = x.player_id
            ), private AS (
                -- Telegram calls a private chat by the id of its person.
                DELETE FROM chat_addresses a USING settled x
                WHERE a.bot_id = x.bot_id AND a.telegram_chat_id = x.player_id
                  AND NOT EXISTS (SELECT FROM players p WHERE p.bot_id = x.bot_id AND p.player_id = x.player_id)
                RETURNING a.chat_id
            ), named AS (
                DELETE FROM chat_instances i USING private v WHERE i.chat_id = v.chat_id
            )
            DELETE FROM targets t USING private v WHERE t.chat_id = v.chat_id
            """
        )
    }

    /// Takes a player out of the audit; what was done stays on record.
    private func redactAudit(_ player: PlayerID) throws(PostgresError) -> Int {
        let name = "\\mplayer \(player)\\M"
        let listed = JSONText(#"[{"player":"\#(player)"}]"#)
        return try execute(
            """
            UPDATE audit a
            SET subject = regexp_replace(a.subject, \(name), 'an erased player'),
                reason = NULL,
                before = \(unescaped: Self.without("a.before")), after = \(unescaped: Self.without("a.after"))
            FROM (SELECT \(listed)::jsonb AS listed, \(player)::text AS player) AS x
            WHERE a.subject ~ \(name) OR a.before @> x.listed OR a.after @> x.listed
            """
        )
    }

    /// A list without the elements of the player `x.player`.
    private static func without(_ list: String) -> String {
        """
        CASE WHEN jsonb_typeof(\(list)) = 'array' THEN coalesce(
            (SELECT jsonb_agg(e) FROM jsonb_array_elements(\(list)) e
             WHERE e ->> 'player' IS DISTINCT FROM x.player), '[]') ELSE \(list) END
        """
    }
}
