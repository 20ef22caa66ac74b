package import Leaderboards
package import Postgres

extension Statement where Value == JSONText {
    /// Everything that bots know of a player: one JSON object; ids are strings, times RFC 3339 in UTC with milliseconds.
    package static func playerExport(_ player: PlayerID, of bots: [BotID]) -> Self {
        Self(
            cell: """
                SELECT json_build_object(
                    'schema', 1, 'player', x.player_id::text, 'exported_at', \(unescaped: Self.utc("now()")),
                    'profiles', (
                        SELECT coalesce(json_agg(json_build_object(
                            'bot', p.bot_id::text, 'first_name', p.first_name, 'last_name', p.last_name,
                            'username', p.username, 'anonymous', p.is_anonymous) ORDER BY p.bot_id), '[]')
                        FROM players p WHERE p.bot_id = ANY (x.bots) AND p.player_id = x.player_id),
                    'bans', (
                        SELECT coalesce(json_agg(json_build_object(
                            'bot', n.bot_id::text, 'game', g.short_name,
                            'banned_at', \(unescaped: Self.utc("n.banned_at")))), '[]')
                        FROM bans n LEFT JOIN games g ON g.game_id = n.game_id
                        WHERE n.bot_id = ANY (x.bots) AND n.player_id = x.player_id),
                    'private_chats', (
                        SELECT coalesce(json_agg(json_build_object(
                            'bot', a.bot_id::text, 'chat_id', a.telegram_chat_id::text, 'chat_instances', ARRAY(
                                SELECT i.chat_instance::text FROM chat_instances i WHERE i.chat_id = a.chat_id))), '[]')
                        FROM chat_addresses a WHERE a.bot_id = ANY (x.bots) AND a.telegram_chat_id = x.player_id),
                    'runs', (
                        SELECT coalesce(json_agg(json_build_object(
                            'run', s.run_id::text, 'bot', g.bot_id::text, 'game', g.short_name, 'board', g.board,
                            'chat', (SELECT min(i.chat_instance)::text FROM chat_instances i
                                     WHERE i.chat_id = s.chat_id),
                            'launched_at', \(unescaped: Self.utc("s.launched_at")),
                            'started_at', \(unescaped: Self.utc("s.started_at")),
                            'accepted_at', \(unescaped: Self.utc("s.accepted_at")),
                            'score', s.score, 'outcome', \(unescaped: Self.outcome("s.outcome")), 'reasons', coalesce(s.reasons, '{}'),
                            'answer', s.answer, 'metadata', s.metadata, 'corrections', (
                                SELECT coalesce(json_agg(json_build_object(
                                    'kind', o.kind, 'counts', o.counts, 'score', o.score,
                                    'made_at', \(unescaped: Self.utc("o.made_at"))) ORDER BY o.correction_id), '[]')
                                FROM corrections o
                                WHERE o.game_id = s.game_id AND o.launched_at = s.launched_at AND o.run_id = s.run_id))
                            ORDER BY s.seq), '[]')
                        FROM games g JOIN scores s ON s.game_id = g.game_id AND s.player_id = x.player_id
                        WHERE g.bot_id = ANY (x.bots)),
                    'entries', (
                        SELECT coalesce(json_agg(json_build_object(
                            'bot', g.bot_id::text, 'game', g.short_name, 'board', g.board,
                            'scope', CASE WHEN b.chat_id IS NULL THEN 'global' ELSE 'chat' END,
                            'chat', (SELECT min(i.chat_instance)::text FROM chat_instances i
                                     WHERE i.chat_id = b.chat_id),
                            'window', b.window_kind, 'label', b.label,
                            'score', CASE g.score_order WHEN 'higher' THEN -e.score_key ELSE e.score_key END,
                            'achieved_at', \(unescaped: Self.utc("e.achieved_at")), 'run', e.run_id::text)), '[]')
                        FROM games g JOIN boards b ON b.game_id = g.game_id
                        JOIN entries e ON e.game_id = b.game_id AND e.board_id = b.board_id
                                          AND e.player_id = x.player_id
                        WHERE g.bot_id = ANY (x.bots)),
                    'telegram_tables', (
                        SELECT coalesce(json_agg(json_build_object(
                            'bot', d.bot_id::text, 'game', g.short_name,
                            'chat', (SELECT min(i.chat_instance)::text FROM chat_instances i
                                     WHERE i.chat_id = d.chat_id),
                            'wanted', d.desired_score, 'known', d.known, 'known_value', d.known_value, 'target', d.target,
                            'state', d.state, 'last_error', d.last_error)), '[]')
                        FROM games g JOIN deliveries d ON d.game_id = g.game_id AND d.player_id = x.player_id
                        WHERE g.bot_id = ANY (x.bots)),
                    'audit', (
                        SELECT coalesce(json_agg(json_build_object(
                            'audit', a.audit_id::text, 'at', \(unescaped: Self.utc("a.at")), 'action', a.action,
                            'reason', a.reason) ORDER BY a.audit_id), '[]')
                        FROM audit a
                        WHERE a.subject ~ ('\\mplayer ' || x.player_id || '\\M')
                           OR a.before @> jsonb_build_array(jsonb_build_object('player', x.player_id::text))
                           OR a.after @> jsonb_build_array(jsonb_build_object('player', x.player_id::text))))
                FROM (SELECT \(player) AS player_id, \(bots) AS bots) AS x
                """
        )
    }

    /// The outcome as pages are told it.
    private static func outcome(_ column: String) -> String {
        let cases = LoggedOutcome.allCases.map { "WHEN '\($0.rawValue)' THEN '\($0.name)'" }
        return "CASE \(column) \(cases.joined(separator: " ")) END"
    }

    private static func utc(_ time: String) -> String {
        "to_char(\(time) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
    }
}
