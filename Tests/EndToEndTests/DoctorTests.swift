import Foundation
import JSON
import Postgres
import Simulator
import TestSupport
import Testing

/// Whatever is broken, `doctor` names it and says what to do.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct DoctorTests {
    /// What the doctor said: its findings that are not ok, as `subject: detail`.
    private static func examine(
        _ arena: Arena,
        _ variables: [String: String] = [:]
    ) async throws -> (code: Int32, found: [String]) {
        let environment = ["DATABASE_URL": ScratchDatabase.current.url].merging(variables) { _, new in new }
        let result = try await arena.run("doctor", "--json", with: environment)
        let document = try JSON.parse(Array(result.output.utf8))
        #expect(document["schema"]?.int64 == 1)
        let findings = document["items"].map { Array($0.elements) } ?? []
        #expect(!findings.isEmpty, "\(result.errors)")
        return (
            result.code,
            findings.filter { $0["verdict"]?.string != "ok" }.map {
                "\($0["subject"]?.string ?? ""): \($0["detail"]?.string ?? "")"
            }
        )
    }

    private static func sql(_ script: String) async throws {
        try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            try session.script(script)
        }
    }

    @Test func `a right set-up is fine`() async throws {
        try await Arena.with { arena in
            let (code, found) = try await Self.examine(arena)
            // Nobody has made the games' pages.
            let pages = found.filter {
                $0.hasPrefix("page of arena_bot/") && $0.contains("cannot be reached from here")
            }
            #expect(code == 0 && found == pages && pages.count == 2, "\(found)")
        }
    }

    @Test func `a variable that nothing reads, and a rate above Telegram's, are told`() async throws {
        try await Arena.with { arena in
            let (code, found) = try await Self.examine(arena, ["HIGHSCORES_LISTN": "127.0.0.1:1"])
            #expect(code == 0, "\(found)")
            #expect(
                found.contains(
                    "settings: there is no setting HIGHSCORES_LISTN; did you mean HIGHSCORES_LISTEN?"
                ),
                "\(found)"
            )
            try await Self.sql("ALTER DATABASE \(ScratchDatabase.current.name) SET synchronous_commit = off")
            let lax = try await Self.examine(arena)
            #expect(
                lax.code == 0 && lax.found.contains { $0.contains("synchronous_commit is off") },
                "\(lax)"
            )
        }
    }

    @Test func `a game that nobody pressed is told, and one that @BotFather does not know says so`()
        async throws
    {
        try await Arena.with { arena in
            let database = ["DATABASE_URL": ScratchDatabase.current.url]
            let remark =
                "nobody has pressed it yet, and 'highscores bot send-game arena_bot/tetris --chat ID'"
            #expect(try await arena.command("doctor").output.contains(remark))
            try await arena.played([(Arena.ada, 10)])
            let pressed = try await arena.command("doctor")
            #expect(pressed.code == 0 && !pressed.output.contains(remark), "\(pressed)")
            #expect(pressed.output.contains("send-game arena_bot/snake --chat ID"), "\(pressed)")

            // The simulated Telegram has no such game.
            let added = try await arena.command("game add arena_bot/chess --url https://play.example/chess/")
            #expect(added.code == 0)
            let refused = try await arena.command("bot send-game chess --chat -1001000000001")
            #expect(refused.code == 3 && refused.output.isEmpty, "\(refused)")
            let remedy = "@BotFather knows no game 'chess' of this bot: make it there with /newgame"
            #expect(refused.errors.contains("wrong game short name specified. \(remedy)"), "\(refused)")

            let service = try await arena.serve([], database, isWebhook: false)
            _ = try arena.telegram.say(user: Arena.ada, in: Arena.friday, "/play@arena_bot chess")
            let line = try await Program.wait(for: "the failed answer") {
                service.program.logged("update.answer_failed").first
            }
            #expect(line["method"]?.string == "sendGame")
            #expect(line["remedy"]?.string?.hasPrefix(remedy) == true, "\(line)")
            try await service.stop()
        }
    }

    @Test(
        arguments: [
            (["DATABASE_URL": "postgresql://127.0.0.1:9/none"], 8, "database", "DATABASE_URL"),
            (["DATABASE_URL": "postgresql:///nowhere?host=/nowhere"], 8, "database", "DATABASE_URL"),
            (["TELEGRAM_BOT_TOKEN": "7000000001:wrong"], 1, "bot 7000000001", "@BotFather"),
            (
                ["TELEGRAM_BOT_TOKEN": "7000000009:another"], 1, "game arena_bot/snake",
                "TELEGRAM_BOT_TOKEN holds no token"
            ),
            (["TELEGRAM_API_URL": "http://127.0.0.1:9"], 8, "bot 7000000001", "cannot be asked now"),
            (["HIGHSCORES_SECRET": "short"], 2, "", ""),
            (
                ["HIGHSCORES_PUBLIC_URL": "https://play.example"], 1, "webhook of bot 7000000001",
                "'highscores webhook set'"
            ),
        ] as [([String: String], Int32, String, String)]
    )
    func `a wrong setting is named`(
        _ variables: [String: String],
        _ code: Int32,
        _ subject: String,
        _ says: String
    ) async throws {
        try await Arena.with { arena in
            guard code != 2 else {
                let environment = ["DATABASE_URL": ScratchDatabase.current.url].merging(variables) { $1 }
                let result = try await arena.run("doctor", with: environment)
                #expect(result.code == 2 && result.errors.contains(variables.keys.first ?? "?"))
                return
            }
            let (exit, found) = try await Self.examine(arena, variables)
            #expect(exit == code, "\(found)")
            #expect(found.contains { $0.hasPrefix("\(subject): ") && $0.contains(says) }, "\(found)")
        }
    }

    @Test(arguments: [
        (
            "DELETE FROM schema_migrations WHERE number = (SELECT max(number) FROM schema_migrations)",
            "schema", "'highscores migrate up'"
        ),
        ("DROP SCHEMA highscores CASCADE", "schema", "'highscores migrate up'"),
        ("UPDATE schema_migrations SET checksum = '\\x00' WHERE number = 1", "schema", "changed"),
        (
            "INSERT INTO schema_migrations SELECT 9999, name, checksum, applied_at FROM schema_migrations WHERE number = 1",
            "schema", "update the program"
        ),
        ("DELETE FROM games", "games", "'highscores game add"),
        ("UPDATE games SET url = 'ftp://x'", "game arena_bot/tetris", "'highscores game set"),
        ("UPDATE bots SET username = 'other_bot'", "game other_bot/tetris", "is called arena_bot"),
        (
            """
            INSERT INTO chats (bot_id) SELECT bot_id FROM bots;
            INSERT INTO deliveries (game_id, chat_id, player_id, bot_id, desired_score, desired_at, waiting_since, target, state, due_at)
            SELECT g.game_id, c.chat_id, 5, g.bot_id, 7, now(), now() - interval '1 hour', 'inline:x', 'pending', now()
            FROM chats c, games g WHERE g.short_name = 'tetris';
            INSERT INTO delivery_chats (bot_id, chat_id, ready_at) SELECT bot_id, chat_id, now() FROM chats
            """,
            "deliveries of bot 7000000001", "is 'highscores serve' running"
        ),
    ])
    func `a broken database is named`(_ script: String, _ subject: String, _ says: String) async throws {
        try await Arena.with { arena in
            try await Self.sql(script)
            let (code, found) = try await Self.examine(arena)
            #expect(code == 1, "\(found)")
            #expect(found.contains { $0.hasPrefix("\(subject): ") && $0.contains(says) }, "\(found)")
        }
    }

    @Test func `a webhook that fails or points elsewhere is told`() async throws {
        try await Arena.with { arena in
            arena.call("setWebhook", #"{"url":"https://studio.example/hook"}"#)
            let (polling, elsewhere) = try await Self.examine(arena)
            #expect(
                polling == 1 && elsewhere.contains { $0.contains("studio.example, so polling gets nothing") }
            )
            let ours = ["HIGHSCORES_PUBLIC_URL": "https://play.example"]
            let (taken, other) = try await Self.examine(arena, ours)
            #expect(taken == 1 && other.contains { $0.contains("--take-webhook") }, "\(other)")
        }
    }
}
