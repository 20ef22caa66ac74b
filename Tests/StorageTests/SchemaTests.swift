import Leaderboards
import Postgres
import Storage
import TestSupport
import Testing

extension ScratchTemplate {
    /// A database with the whole schema, one bot and one game.
    static let withGame = ScratchServer.template("storage") { pool in
        try await Schema.migrations().apply(pool)
        try await pool.transaction { session throws(PostgresError) in
            try session.execute(.botUpsert(BotID(rawValue: 7), username: "arcade_bot"))
            _ = try session.run(
                .gameInsert(
                    GameDraft(
                        bot: BotID(rawValue: 7),
                        shortName: "tetris",
                        title: "Tetris",
                        url: "https://t.example"
                    )
                )
            )
        }
    }
}

/// The database itself refuses what must not be.
@Suite(.scratchDatabase(.withGame), .timeLimit(.minutes(10)))
struct SchemaTests {
    /// A statement that must fail, and by which constraint.
    struct Violation: Sendable, CustomTestStringConvertible {
        let constraint: String
        let sql: String

        init(_ constraint: String, _ sql: String) {
            self.constraint = constraint
            self.sql = sql
        }

        var testDescription: String { constraint }
    }

    private static func game(_ columns: String, _ values: String) -> String {
        "INSERT INTO games (bot_id, short_name, title, url, \(columns)) VALUES (7, 'x', 'X', 'u', \(values))"
    }

    private static func delivery(_ columns: String, _ values: String) -> String {
        """
        INSERT INTO deliveries (game_id, chat_id, player_id, bot_id, desired_at, due_at, \(columns))
        VALUES (1, 1, 1, 7, now(), now(), \(values))
        """
    }

    private static func correction(_ kind: String, _ score: Int) -> String {
        """
        INSERT INTO corrections (game_id, launched_at, run_id, kind, counts, score, audit_id)
        VALUES (1, now(), gen_random_uuid(), '\(kind)', true, \(score), 1)
        """
    }

    private static func review(_ values: String) -> String {
        """
        INSERT INTO reviews (game_id, launched_at, run_id, outcome, is_shadow, reasons)
        VALUES (1, now(), gen_random_uuid(), \(values))
        """
    }

    private static func key(_ label: String, _ length: Int) -> String {
        "INSERT INTO api_keys (game_id, label, hash, hint) VALUES (1, \(label), repeat('x', \(length))::bytea, 'hs')"
    }

    private static let violations = [
        Violation("corrections_kind_known", correction("doubt", 1)),
        Violation("corrections_score_not_negative", correction("set", -1)),
        Violation("bots_bot_id_positive", "INSERT INTO bots (bot_id) VALUES (0)"),
        Violation(
            "games_short_name_unique",
            "INSERT INTO games (bot_id, short_name, title, url) VALUES (7, 'tetris', 'T', 'u')"
        ),
        Violation(
            "games_bot_fkey",
            "INSERT INTO games (bot_id, short_name, title, url) VALUES (8, 'x', 'X', 'u')"
        ),
        Violation(
            "games_short_name_length",
            "INSERT INTO games (bot_id, short_name, title, url) VALUES (7, '', 'X', 'u')"
        ),
        Violation("games_score_order_known", game("score_order", "'best'")),
        Violation("games_keep_known", game("keep", "'first'")),
        Violation("games_telegram_score_known", game("telegram_score", "'inverted:0'")),
        Violation("games_telegram_score_fits_order", game("score_order", "'lower'")),
        Violation(
            "games_telegram_board_not_removed",
            game("root_id, board, is_removed, telegram_board", "1, 'hard', true, 'hard'")
        ),
        Violation("games_max_per_hour_positive", game("max_per_hour", "0")),
        Violation("games_holding_rules_known", game("holding_rules", "'{max_luck}'")),
        Violation("games_accepting_rules_known", game("accepting_rules", "'{NULL}'")),
        Violation(
            "games_rules_lead_to_one",
            game("holding_rules, accepting_rules", "'{min_score}', '{max_score,min_score}'")
        ),
        Violation("reviews_outcome_known", review("'doubt', true, '{too_fast}'")),
        Violation("reviews_held_or_shadow", review("'refuse', false, '{too_fast}'")),
        Violation("reviews_with_reason", review("'hold', false, '{}'")),
        Violation("api_keys_label_length", key("''", 32)),
        Violation("api_keys_hash_length", key("'server'", 31)),
        Violation("games_retention_known", game("retention", "'none'")),
        Violation("games_score_format_known", game("score_format", "'hours'")),
        Violation("games_score_unit_length", game("score_unit", "''")),
        Violation("games_windows_known", game("windows", "'{all,year}'")),
        Violation("games_windows_known", game("windows", "'{day}'")),
        Violation("games_attempts_known", game("attempts", "'0/day'")),
        Violation("games_seed_window_known", game("seed_window", "'hour'")),
        Violation("games_seed_keyed", game("seed_window, seed_key", "'day', '\\x00'")),
        Violation("games_board_spelled", game("root_id, board", "1, 'Hard'")),
        Violation("games_board_of_root", game("board", "'hard'")),
        Violation("games_main_not_removed", game("is_removed", "true")),
        Violation(
            "attempts_number_positive",
            "INSERT INTO attempts SELECT 1, sha256(''), '', 0, gen_random_uuid(), now()"
        ),
        Violation(
            "attempts_hash_length",
            "INSERT INTO attempts SELECT 1, '\\x00', '', 1, gen_random_uuid(), now()"
        ),
        Violation(
            "attempts_run_unique",
            "INSERT INTO attempts SELECT 1, sha256(''), '', n, '00000000-0000-0000-0000-000000000001', now() "
                + "FROM generate_series(1, 2) AS n"
        ),
        Violation("games_seasons_without_null", game("seasons", "'{NULL}'")),
        Violation("games_min_score_not_negative", game("min_score", "-1")),
        Violation("games_max_score_not_below_min", game("min_score, max_score", "5, 4")),
        Violation("games_max_score_not_below_min", game("max_score", "-1")),
        Violation("games_max_score_per_second_positive", game("max_score_per_second", "0")),
        Violation("games_min_seconds_not_negative", game("min_seconds", "-1")),
        Violation("players_player_id_positive", "INSERT INTO players (bot_id, player_id) VALUES (7, 0)"),
        Violation(
            "players_anonymous_without_name",
            "INSERT INTO players (bot_id, player_id, first_name, is_anonymous) VALUES (7, 9, 'Ada', true)"
        ),
        Violation(
            "audit_reason_length",
            "INSERT INTO audit (actor, action, subject, reason) VALUES ('x', 'x', 'x', repeat('x', 501))"
        ),
        Violation(
            "audit_undoes_an_earlier",
            "INSERT INTO audit (actor, action, subject, undoes) VALUES ('x', 'x', 'x', 9999)"
        ),
        Violation(
            "audit_undone_once",
            "INSERT INTO audit (actor, action, subject, undoes) VALUES ('x', 'x', 'x', 0), ('x', 'x', 'x', 0)"
        ),
        Violation(
            "games_by_token_id",
            "INSERT INTO games (bot_id, short_name, title, url, token_id) SELECT 7, 'x', 'X', 'u', token_id FROM games"
        ),
        Violation("erasure_key_length", "UPDATE erasure_key SET key = 'short'"),
        Violation("erasure_key_only_one", "INSERT INTO erasure_key SELECT key FROM erasure_key"),
        Violation(
            "erased_players_hash_length",
            "INSERT INTO erased_players VALUES (7, 'short', now(), now())"
        ),
        Violation("chat_splits_in_order", "INSERT INTO chat_splits VALUES (1, 1, now())"),
        Violation("erased_bans_hash_length", "INSERT INTO erased_bans VALUES (7, 'short', NULL)"),
        Violation(
            "erased_bans_once",
            "INSERT INTO erased_bans SELECT 7, sha256('x'), NULL FROM generate_series(1, 2)"
        ),
        Violation("bans_of_game", "INSERT INTO bans VALUES (7, 1, 1), (7, 1, 1)"),
        Violation("bans_of_bot", "INSERT INTO bans VALUES (7, 1, NULL), (7, 1, NULL)"),
        Violation("chats_announce_known", "UPDATE chats SET announce = 'season'"),
        Violation("chats_merged_into_another", "UPDATE chats SET merged_into = chat_id"),
        Violation("chats_merged_whole", "UPDATE chats SET merged_first = chat_id"),
        Violation("chat_instances_not_zero", "INSERT INTO chat_instances VALUES (7, 0, 1)"),
        Violation("chat_addresses_not_zero", "INSERT INTO chat_addresses VALUES (7, 0, 1)"),
        Violation("chat_instances_pkey", "INSERT INTO chat_instances VALUES (7, 5, 1), (7, 5, 1)"),
        Violation(
            "boards_window_kind_known",
            "INSERT INTO boards (game_id, chat_id, window_kind, label) VALUES (1, 1, 'year', '2026')"
        ),
        Violation(
            "boards_label_fits_window_kind",
            "INSERT INTO boards (game_id, chat_id, window_kind, label) VALUES (1, 1, 'all', 'x')"
        ),
        Violation(
            "boards_label_fits_window_kind",
            "INSERT INTO boards (game_id, chat_id, window_kind, label) VALUES (1, 1, 'day', '')"
        ),
        Violation(
            "boards_by_name",
            "INSERT INTO boards (game_id, chat_id, window_kind, label) VALUES (1, 1, 'all', ''), (1, 1, 'all', '')"
        ),
        Violation(
            "boards_by_name",
            "INSERT INTO boards (game_id, window_kind, label) VALUES (1, 'all', ''), (1, 'all', '')"
        ),
        Violation(
            "boards_entries_not_negative",
            "INSERT INTO boards (game_id, chat_id, window_kind, label, entries) VALUES (1, 1, 'all', '', -1)"
        ),
        Violation("rank_buckets_board_fkey", "INSERT INTO rank_buckets VALUES (1, 99, 0, 0, now(), 1, 0)"),
        Violation("rank_buckets_level_known", "INSERT INTO rank_buckets VALUES (1, 99, 2, 0, now(), 1, 0)"),
        Violation(
            "rank_buckets_entries_not_negative",
            "INSERT INTO rank_buckets VALUES (1, 99, 0, 0, now(), 1, -1)"
        ),
        Violation(
            "scores_score_not_negative",
            """
            INSERT INTO scores (game_id, launched_at, run_id, player_id, score, started_at, accepted_at, outcome)
            VALUES (1, now(), gen_random_uuid(), 1, -1, now(), now(), 'n')
            """
        ),
        Violation(
            "scores_outcome_known",
            """
            INSERT INTO scores (game_id, launched_at, run_id, player_id, score, started_at, accepted_at, outcome)
            VALUES (1, now(), gen_random_uuid(), 1, 1, now(), now(), 'g')
            """
        ),
        Violation(
            "scores_started_after_launch",
            """
            INSERT INTO scores (game_id, launched_at, run_id, player_id, score, started_at, accepted_at, outcome)
            VALUES (1, now(), gen_random_uuid(), 1, 1, now() - interval '1 ms', now(), 'n')
            """
        ),
        Violation("targets_target_form", "INSERT INTO targets VALUES (1, 1, 'message:5', now())"),
        Violation("targets_target_form", "INSERT INTO targets VALUES (1, 1, 'inline:', now())"),
        Violation("deliveries_desired_score_positive", delivery("state, desired_score", "'done', 0")),
        Violation("deliveries_state_known", delivery("state", "'sent'")),
        Violation("deliveries_known_known", delivery("state, known", "'done', 'sure'")),
        Violation(
            "deliveries_known_value_fits",
            delivery("state, known, known_value", "'done', 'unknown', 5")
        ),
        Violation("deliveries_known_value_fits", delivery("state, known", "'done', 'at_least'")),
        Violation(
            "deliveries_known_value_fits",
            delivery("state, known, known_value", "'done', 'exactly', 0")
        ),
        Violation(
            "deliveries_lease_while_sending",
            delivery("state, target, last_call, last_call_at", "'sending', 'inline:A', 'score', now()")
        ),
        Violation("deliveries_lease_while_sending", delivery("state, lease", "'done', gen_random_uuid()")),
        Violation("deliveries_target_when_due", delivery("state", "'pending'")),
        Violation("deliveries_dead_with_reason", delivery("state", "'dead'")),
        Violation(
            "deliveries_last_call_known",
            delivery("state, last_call, last_call_at", "'done', 'shout', now()")
        ),
        Violation("deliveries_last_call_dated", delivery("state, last_call", "'done', 'score'")),
        Violation(
            "deliveries_call_while_sending",
            delivery(
                "state, target, lease, lease_until",
                "'sending', 'inline:A', gen_random_uuid(), now()"
            )
        ),
        Violation("deliveries_done_holds", delivery("state, desired_score", "'done', 5")),
        Violation(
            "deliveries_done_holds",
            delivery("state, desired_score, known, known_value", "'done', 5, 'at_least', 4")
        ),
        Violation("deliveries_done_corrected", delivery("state, is_correction", "'done', true")),
        Violation("deliveries_done_corrected", delivery("state, must_read", "'done', true")),
        Violation("games_edit_message_known", game("edit_message", "'every:0'")),
        Violation(
            "delivery_chats_closing_whole",
            "INSERT INTO delivery_chats (bot_id, chat_id, closed_at, refusals) VALUES (7, 1, now(), 1)"
        ),
        Violation(
            "delivery_bots_warning_whole",
            "INSERT INTO delivery_bots (bot_id, warned_chat) VALUES (7, 1)"
        ),
        Violation(
            "delivery_bots_refusal_whole",
            "INSERT INTO delivery_bots (bot_id, refusal) VALUES (7, 'Unauthorized')"
        ),
    ]

    @Test(arguments: violations)
    func `a constraint refuses`(violation: Violation) async throws {
        let pool = ScratchDatabase.current.pool
        try await pool.withSession { session throws(PostgresError) in
            try session.execute("INSERT INTO chats (bot_id) VALUES (7)")
        }
        let error = await #expect(throws: PostgresError.self) {
            try await pool.withSession { session throws(PostgresError) in
                try session.execute(Query(unescaped: violation.sql))
            }
        }
        #expect(error?.constraint == violation.constraint)
    }

    @Test func `every check and unique index of the schema was tried`() async throws {
        let names = try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            try session.query("SELECT conname::text FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0")
                .decode(String.self)
        }
        let ours = names.filter { $0.contains("_") && !$0.hasPrefix("cardinal") }
        #expect(Set(ours).subtracting(Self.violations.map(\.constraint)).isEmpty)
    }
}
