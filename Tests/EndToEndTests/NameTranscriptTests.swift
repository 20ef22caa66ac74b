import Foundation
import Postgres
import TestSupport
import Testing

/// People, chats, games, commands and times by what people call them.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct NameTranscriptTests {
    private typealias Step = (line: [String], code: Int32, output: String, errors: String)

    private static func expect(_ arena: Arena, _ steps: [Step]) async throws {
        for step in steps {
            let result = try await arena.run(step.line, with: ["DATABASE_URL": ScratchDatabase.current.url])
            #expect(result.code == step.code, "\(step.line): \(result)")
            #expect(step.output.isEmpty || result.output.contains(step.output), "\(step.line): \(result)")
            #expect(step.errors.isEmpty || result.errors.contains(step.errors), "\(step.line): \(result)")
        }
    }

    private static func split(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

    /// Two of three players go by one username, as after somebody gave theirs up.
    private static func addNias() async throws {
        _ = try await ScratchDatabase.current.pool.transaction { session throws(PostgresError) in
            try session.execute(
                """
                INSERT INTO players (bot_id, player_id, first_name, last_name, username)
                SELECT b.bot_id, n.* FROM bots b, (VALUES
                    (5000000011, 'Nia', 'Stone', 'nia'), (5000000012, 'Nia', 'Rivers', 'nia_rivers'),
                    (5000000013, 'Nia', NULL, 'NIA')) AS n
                """
            )
        }
    }

    @Test func `players are named by username, and in questions by all their names`() async throws {
        try await Arena.with { arena in
            try await arena.played([(Arena.ada, 100), (Arena.zoe, 300)])
            try await Self.addNias()
            try await Self.expect(
                arena,
                [
                    (Self.split("player get @ADA"), 0, "player\t\(Arena.ada)\n", ""),
                    (
                        Self.split("player ban @nia --yes"), 2, "",
                        "several players are called @nia: 5000000011 (Nia Stone, @nia) or 5000000013 (Nia, @NIA); give the id"
                    ),
                    (Self.split("player ban @nia_river"), 3, "", "did you mean @nia_rivers?"),
                    (
                        Self.split("player ban @nia_rivers"), 2, "",
                        "to ban player 5000000012 (Nia Rivers, @nia_rivers) from all games of all bots"
                    ),
                    (
                        Self.split("score remove --game tetris --player @ada"), 2, "",
                        "to remove the runs of player \(Arena.ada) (Ada, @ada) of 'arena_bot/tetris'"
                    ),
                    (Self.split("score list --player @ada --fields score"), 0, "100\n", ""),
                    (Self.split("board around tetris @ada --fields score,asked"), 0, "300\t\n100\tyes\n", ""),
                    (Self.split("board around tetris @nia_rivers"), 3, "", "player 5000000012 (Nia Rivers"),
                    (Self.split("delivery list --state done --player @ada --fields wanted"), 0, "100\n", ""),
                    (Self.split("player ban zoe"), 2, "", "'zoe' is invalid"),
                ]
            )
        }
    }

    @Test func `chats are named by title`() async throws {
        try await Arena.with { arena in
            try await arena.played([(Arena.ada, 100)])
            let chat = try await arena.command("chat list --fields chat").output.trimmed
            // Whatever the time is, this run belongs to another day by the clocks of Tokyo.
            let day = Date(timeIntervalSinceNow: -86_400).ISO8601Format().prefix(10)
            let evening = try await arena.command(
                "score submit tetris --player \(Arena.omar) --score 5 --chat \(chat) --started-at \(day)T20:00:00Z"
            )
            #expect(evening.code == 0, "\(evening)")
            try await Self.expect(
                arena,
                [
                    (["chat", "get", "friday"], 0, "chat\t\(chat)\n", ""),
                    (
                        ["board", "show", "tetris", "--chat", "Friday", "--fields", "score"], 0, "100\n5\n",
                        ""
                    ),
                    (
                        ["board", "show", "tetris", "--chat", "-1001000000001", "--fields", "score"], 0,
                        "100\n", ""
                    ),
                    (["chat", "get", "Firday"], 3, "", "did you mean 'Friday'?"),
                    (["chat", "get", "Mars"], 3, "", "'highscores chat list'"),
                    (["chat", "list", "--title", "RID", "--fields", "title"], 0, "Friday\n", ""),
                    (["chat", "list", "--title", "none"], 0, "", "there are none"),
                    (
                        ["chat", "set", "friday", "--zone", "Asia/Tokyo"], 2, "",
                        "to change the zone of chat 'Friday' (\(chat))"
                    ),
                ]
            )
            _ = try await ScratchDatabase.current.pool.transaction { session throws(PostgresError) in
                try session.execute(
                    """
                    WITH made AS (INSERT INTO chats (bot_id, title) SELECT bot_id, 'FRIDAY' FROM chats LIMIT 1 RETURNING *)
                    INSERT INTO chat_instances (bot_id, chat_instance, chat_id) SELECT bot_id, 78, chat_id FROM made
                    """
                )
            }
            try await Self.expect(
                arena,
                [
                    (["chat", "get", "friday"], 2, "", "'Friday' (\(chat)) of arena_bot or 'FRIDAY' (78)"),
                    (
                        ["chat", "list", "--limit", "1", "--fields", "chat"], 0, "\(chat)\n",
                        "there are more than these 1"
                    ),
                ]
            )
        }
    }

    @Test func `games, commands, fields and times are understood`() async throws {
        try await Arena.with { arena in
            try await arena.played([(Arena.ada, 100)])
            try await Self.expect(
                arena,
                [
                    (["game", "get", "tetri"], 3, "", "did you mean 'tetris'?"),
                    (["gmae", "list"], 2, "", "did you mean 'highscores game'?"),
                    (["game", "lst"], 2, "", "did you mean 'highscores game list'?"),
                    (["game", "list", "--fields", "titel"], 2, "", "did you mean 'title'?"),
                    (["score", "list", "--since", "2h", "--fields", "score"], 0, "100\n", ""),
                    (["score", "list", "--until", "yesterday"], 0, "", "there are none"),
                    (["score", "list", "--since", "soon"], 2, "", "--since"),
                    (
                        ["board", "show", "tetris", "--window", "day", "--at", "yesterday"], 0, "",
                        "nobody has a score"
                    ),
                    (["board", "show", "tetris", "--window", "week", "--at", "1999"], 2, "", "2026-W13"),
                    (
                        [
                            "game", "set", "tetris", "--max-score", "9999", "--outcome",
                            "above_max_score=hold",
                        ], 0,
                        "max_score=hold", ""
                    ),
                    (["review", "list", "--code", "max-score"], 0, "", "there are none"),
                ]
            )
            let label = try await arena.command("board windows tetris --window week --fields label").output
                .trimmed
            let shown = try await arena.command(
                "board show tetris --window week --at \(label) --fields score"
            )
            #expect(shown.code == 0 && shown.output == "100\n", "\(shown)")
        }
    }
}

extension String {
    fileprivate var trimmed: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
