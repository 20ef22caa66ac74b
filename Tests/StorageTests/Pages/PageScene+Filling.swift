import Leaderboards
import Postgres
import Storage

extension PageScene {
    /// What one step of filling adds, by number; statistics may come between two.
    struct Portion {
        /// The first 50 are busy, those behind 1,050 are of the second bot.
        let chats: ClosedRange<Int>
        let players: ClosedRange<Int>
        let runs: ClosedRange<Int>
        /// Rows of what there is little of.
        let rest: ClosedRange<Int>

        static let few = Portion(chats: 1...2, players: 1...40, runs: 1...100, rest: 1...2)
        static let most = Portion(chats: 3...1060, players: 41...1000, runs: 101...20_000, rest: 3...50)
    }

    /// The scene's time, as SQL.
    private static let clock = "2026-03-15 12:00:00+00"

    /// Makes what everything else refers to.
    static func begin(_ session: Session) throws(PostgresError) {
        try session.execute(.scorePartitionsMake(from: time + .seconds(-30 * 86_400), through: time))
        try session.execute(.botUpsert(BotID(rawValue: 8), username: "second_bot"))
        for (bot, name) in [(7, "chess"), (8, "go")] as [(Int64, String)] {
            var draft = GameDraft(
                bot: BotID(rawValue: bot),
                shortName: name,
                title: name,
                url: "https://x.example"
            )
            draft.rules = GameRules(
                keep: .latest,
                messageEdits: .every(seconds: 30),
                bounds: ScoreBounds(maximumPerHour: 100),
                retention: .relevant
            )
            _ = try session.run(.gameInsert(draft))
        }
        try session.script(
            """
            INSERT INTO boards (game_id, window_kind, label)
            SELECT game_id, w.kind, w.label FROM games CROSS JOIN (\(windows)) AS w (kind, label)
            """
        )
    }

    private static let windows = """
        VALUES ('all', ''), ('day', '2026-03-15'), ('week', '2026-W11'), ('month', '2026-03')
        """

    static func add(_ portion: Portion, _ session: Session) throws(PostgresError) {
        try addChats(portion.chats, session)
        try addPlay(portion, session)
        try addDeliveries(portion, session)
        try addRest(portion.rest, session)
        let last = portion.chats.upperBound
        try session.script("SELECT setval(pg_get_serial_sequence('chats', 'chat_id'), \(last))")
    }

    private static func series(_ numbers: ClosedRange<Int>) -> String {
        "generate_series(\(numbers.lowerBound), \(numbers.upperBound)) AS n"
    }

    private static func addChats(_ numbers: ClosedRange<Int>, _ session: Session) throws(PostgresError) {
        let games = "JOIN games g ON g.bot_id = c.bot_id AND (c.chat_id <= 50 OR g.game_id IN (1, 3))"
        let added = "c.chat_id BETWEEN \(numbers.lowerBound) AND \(numbers.upperBound)"
        try session.script(
            """
            INSERT INTO chats (chat_id, bot_id, title) OVERRIDING SYSTEM VALUE
            SELECT n, CASE WHEN n > 1050 THEN 8 ELSE 7 END, 'Chat ' || n FROM \(series(numbers));
            UPDATE chats SET merged_into = 60, merged_first = 60 WHERE chat_id IN (61, 62);
            INSERT INTO chat_instances (bot_id, chat_instance, chat_id)
            SELECT bot_id, chat_id * 10, chat_id FROM chats c WHERE \(added);
            INSERT INTO chat_addresses (bot_id, telegram_chat_id, chat_id)
            SELECT bot_id, -1000 - chat_id, chat_id FROM chats c WHERE \(added);
            INSERT INTO targets (game_id, chat_id, target, pressed_at)
            SELECT g.game_id, c.chat_id, 'message:' || -1000 - c.chat_id || ':' || g.game_id * 1000 - 1000 + n,
                   '\(clock)'::timestamptz - n * interval '1 minute'
            FROM chats c \(games)
            CROSS JOIN generate_series(1, CASE WHEN c.chat_id = 1 AND g.game_id = 1 THEN 300 ELSE 3 END) AS n
            WHERE \(added);
            INSERT INTO targets (game_id, chat_id, target, pressed_at, is_reported)
            SELECT 1, chat_id, 'message:' || -900000 - chat_id || ':1', '\(clock)'::timestamptz - interval '1 hour', true
            FROM chats c WHERE \(added) AND chat_id BETWEEN 10 AND 20;
            INSERT INTO targets (game_id, chat_id, target, pressed_at)
            SELECT 1, chat_id, 'inline:AAAA' || chat_id, '\(clock)'::timestamptz - interval '1 hour'
            FROM chats c WHERE \(added) AND chat_id IN (2, 41, 42);
            INSERT INTO boards (game_id, chat_id, window_kind, label)
            SELECT g.game_id, c.chat_id, w.kind, w.label
            FROM chats c \(games) CROSS JOIN (\(windows)) AS w (kind, label)
            WHERE \(added) AND (c.chat_id <= 50 OR w.kind = 'all')
            """
        )
    }

    /// Everybody plays in one chat, 20 in each; of the log nine in ten are of the first game.
    private static func addPlay(_ portion: Portion, _ session: Session) throws(PostgresError) {
        try session.script(
            """
            INSERT INTO players (bot_id, player_id, first_name, username)
            SELECT b.bot_id, n, 'Player ' || n, 'player' || n FROM bots b CROSS JOIN \(series(portion.players));
            INSERT INTO entries (game_id, board_id, player_id, score_key, achieved_at, run_id)
            SELECT b.game_id, b.board_id, n, -(n * 7 % 1000), '\(clock)'::timestamptz + n * interval '1 s',
                   gen_random_uuid()
            FROM \(series(portion.players))
            JOIN boards b ON b.game_id IN (1, 2) AND coalesce(b.chat_id, 1 + (n - 1) / 20) = 1 + (n - 1) / 20;
            UPDATE boards b SET entries = (
                SELECT count(*) FROM entries e WHERE e.game_id = b.game_id AND e.board_id = b.board_id);
            INSERT INTO scores (game_id, launched_at, run_id, player_id, chat_id, score, started_at, accepted_at, outcome,
                                reasons, answer)
            SELECT CASE WHEN n % 10 = 0 THEN 2 WHEN n % 100 = 1 THEN 3 ELSE 1 END,
                   '\(clock)'::timestamptz - n % 30 * interval '1 day',
                   ('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid, 1 + n % 1000,
                   1 + n % 1000 / 20, n % 1000, '\(clock)'::timestamptz - n % 30 * interval '1 day',
                   '\(clock)'::timestamptz - n % 30 * interval '1 day' + n % 7200 * interval '1 s',
                   (CASE n % 40 WHEN 3 THEN 'h' WHEN 2 THEN 'r' ELSE 'b' END)::"char",
                   CASE WHEN n % 40 IN (2, 3) THEN ARRAY['max_score'] END, '{"rank":1}'
            FROM \(series(portion.runs));
            INSERT INTO reviews (game_id, launched_at, run_id, outcome, is_shadow, reasons)
            SELECT game_id, launched_at, run_id, 'hold', false, reasons FROM scores
            WHERE outcome = 'h' AND seq NOT IN (SELECT seq FROM scores JOIN reviews USING (game_id, launched_at, run_id));
            INSERT INTO corrections (game_id, launched_at, run_id, kind, counts, score, audit_id)
            SELECT s.game_id, s.launched_at, s.run_id, 'remove', false, s.score, 1 FROM scores s
            WHERE s.score % 100 = 5 AND NOT EXISTS (SELECT FROM corrections c WHERE c.run_id = s.run_id)
            """
        )
    }

    /// 14 of the 20 in each busy chat wait; one is leased, one waits for a message, one is given up, the rest is done.
    private static func addDeliveries(_ portion: Portion, _ session: Session) throws(PostgresError) {
        let chats = "chat_id BETWEEN \(portion.chats.lowerBound) AND \(portion.chats.upperBound)"
        try session.script(
            """
            INSERT INTO deliveries (game_id, chat_id, player_id, bot_id, desired_score, desired_at, waiting_since, target,
                                    state, rejections, known, known_value, lease, lease_until, last_call, last_call_at,
                                    last_error, due_at)
            SELECT g.game_id, c.chat_id, n, 7, 10, '\(clock)', '\(clock)'::timestamptz - n * interval '1 s',
                   CASE WHEN s.state <> 'no_target' THEN 'message:' || -1000 - c.chat_id || ':1' END, s.state,
                   CASE WHEN (n - 1) % 20 = 13 THEN 1 ELSE 0 END,
                   CASE s.state WHEN 'done' THEN 'exactly' ELSE 'unknown' END, CASE s.state WHEN 'done' THEN 10 END,
                   CASE s.state WHEN 'sending' THEN '00000000-0000-0000-0000-000000000007'::uuid END,
                   CASE s.state WHEN 'sending' THEN '\(clock)'::timestamptz - interval '1 s' END,
                   CASE s.state WHEN 'sending' THEN 'score' END,
                   CASE s.state WHEN 'sending' THEN '\(clock)'::timestamptz - interval '31 s' END,
                   CASE s.state WHEN 'dead' THEN 'refused' END, '\(clock)'::timestamptz - interval '1 s'
            FROM \(series(portion.players))
            JOIN chats c ON c.chat_id = 1 + (n - 1) / 20
            JOIN games g ON g.game_id <= 2
            CROSS JOIN LATERAL (
                SELECT CASE WHEN g.game_id = 2 THEN 'done' WHEN (n - 1) % 20 < 14 THEN 'pending'
                            WHEN (n - 1) % 20 = 14 THEN 'sending' WHEN (n - 1) % 20 = 15 THEN 'no_target'
                            WHEN (n - 1) % 20 = 16 THEN 'dead' ELSE 'done' END AS state
            ) AS s;
            INSERT INTO deliveries (game_id, chat_id, player_id, bot_id, desired_score, desired_at, target, state, known,
                                    known_value, due_at)
            SELECT g.game_id, c.chat_id, 1 + (c.chat_id * 3 + n) % 1000, c.bot_id, 10, '\(clock)',
                   'message:' || -1000 - c.chat_id || ':1', 'done', 'exactly', 10, '\(clock)'
            FROM chats c JOIN games g ON g.bot_id = c.bot_id AND g.game_id IN (1, 3)
            CROSS JOIN generate_series(1, 3) AS n
            WHERE \(chats) AND c.chat_id > 50;
            UPDATE targets SET refused_at = '\(clock)' WHERE \(chats) AND chat_id IN (3, 4) AND target LIKE '%:1';
            INSERT INTO delivery_chats (bot_id, chat_id, ready_at, slots, games)
            SELECT bot_id, chat_id,
                   CASE WHEN chat_id <= 50 THEN '\(clock)'::timestamptz - chat_id * interval '100 ms' END,
                   ARRAY(SELECT '\(clock)'::timestamptz - n * interval '3 s' FROM generate_series(1, 15) AS n),
                   ARRAY['\(clock)'::timestamptz - interval '30 s']
            FROM chats WHERE \(chats);
            UPDATE delivery_chats
            SET closed_at = '\(clock)', closed_reason = 'kicked', refusals = 1, refused_at = '\(clock)',
                retry_at = '\(clock)'::timestamptz + interval '1 hour'
            WHERE \(chats) AND (chat_id IN (2, 40, 41, 42) OR chat_id % 100 = 0);
            UPDATE delivery_chats SET ready_at = NULL, later_at = '\(clock)'::timestamptz - interval '1 s'
            WHERE \(chats) AND chat_id BETWEEN 43 AND 45;
            INSERT INTO delivery_bots (bot_id, lease_number) VALUES (7, 1), (8, 1) ON CONFLICT DO NOTHING;
            INSERT INTO message_edits (game_id, chat_id, edited_at)
            SELECT 2, chat_id, '\(clock)' FROM chats WHERE \(chats) AND chat_id <= 50
            """
        )
    }

    private static func addRest(_ numbers: ClosedRange<Int>, _ session: Session) throws(PostgresError) {
        let many = "CROSS JOIN generate_series(1, 40) AS m"
        try session.script(
            """
            INSERT INTO audit (at, actor, action, subject, before)
            SELECT '\(clock)', 'root', 'player.ban', 'player ' || n * 40 + m || ' in arcade_bot/tetris',
                   jsonb_build_array(jsonb_build_object('player', (n * 40 + m)::text))
            FROM \(series(numbers)) \(many);
            INSERT INTO bans (bot_id, player_id, game_id)
            SELECT 7, 900 + n, CASE WHEN n % 2 = 0 THEN 1 END FROM \(series(numbers));
            INSERT INTO api_keys (game_id, label, hash, hint)
            SELECT 1, 'key ' || n, sha256(int8send(n)), 'hs' FROM \(series(numbers));
            INSERT INTO erased_players (bot_id, player_hash, erased_at, remembered_until)
            SELECT 7, sha256((SELECT key FROM erasure_key) || int8send(2000 + n)), '\(clock)', '\(clock)'
            FROM \(series(numbers));
            INSERT INTO erased_bans (bot_id, player_hash)
            SELECT 7, sha256((SELECT key FROM erasure_key) || int8send(2000 + n)) FROM \(series(numbers)) WHERE n % 10 = 1;
            INSERT INTO pending_erasures (bot_id, player_id) SELECT 7, 980 + n FROM \(series(numbers)) WHERE n % 10 = 1;
            INSERT INTO chat_conflicts SELECT 1, n * 10, -1000 - n - 1, '\(clock)' FROM \(series(numbers));
            INSERT INTO chat_splits
            SELECT chat_id, chat_id + 1, '\(clock)' FROM \(series(numbers))
            JOIN chats ON chat_id = 1 + n * 20 WHERE EXISTS (SELECT FROM chats o WHERE o.chat_id = chats.chat_id + 1);
            INSERT INTO answered_updates
            SELECT 7, n * 100 + m, now() - m * interval '1 hour' FROM \(series(numbers)) \(many);
            INSERT INTO attempts
            SELECT 1, sha256((SELECT key FROM erasure_key) || int8send(n)),
                   to_char('\(clock)'::timestamptz - m * interval '1 day', 'YYYY-MM-DD'), 1, gen_random_uuid(),
                   '\(clock)'::timestamptz - m * interval '1 day'
            FROM \(series(numbers)) \(many);
            INSERT INTO server_runs
            SELECT 1, ('00000000-0000-0000-0001-' || lpad(to_hex(n * 100 + m), 12, '0'))::uuid, '\(clock)'
            FROM \(series(numbers)) \(many)
            """
        )
    }

    /// Changes what play changes all the time, as often as in an evening in which nothing is vacuumed.
    static func wear(_ session: Session) throws(PostgresError) {
        try session.script(
            """
            DO $$
            BEGIN
                FOR round IN 1..4 LOOP
                    UPDATE deliveries
                    SET state = 'sending', lease = gen_random_uuid(), lease_until = '\(clock)', last_call = 'score',
                        last_call_at = '\(clock)'
                    WHERE state = 'pending';
                    COMMIT;
                    UPDATE deliveries
                    SET state = 'pending', lease = NULL, lease_until = NULL, last_call = NULL, last_call_at = NULL
                    WHERE state = 'sending' AND lease <> '00000000-0000-0000-0000-000000000007';
                    UPDATE entries SET score_key = score_key - 1 WHERE game_id = 1 AND player_id % 20 = round % 20;
                    UPDATE boards SET entries = entries;
                    COMMIT;
                END LOOP;
                FOR round IN 1..100 LOOP
                    UPDATE delivery_bots SET slots = ARRAY['\(clock)'::timestamptz];
                    UPDATE delivery_chats SET ready_at = ready_at + interval '1 us'
                    WHERE bot_id = 7 AND chat_id IN (
                        SELECT chat_id FROM delivery_chats WHERE bot_id = 7 AND ready_at <= '\(clock)'
                        ORDER BY ready_at LIMIT 4);
                    COMMIT;
                END LOOP;
            END
            $$
            """
        )
    }
}
