import Foundation
import JSON
import Postgres
import TestSupport
import Testing

/// Every command that ends, as a program and as a person sees it.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct TranscriptTests {
    /// Plays three scores in a chat and has Telegram hold them.
    private static func played(_ arena: Arena) async throws {
        try await arena.played([(Arena.ada, 100), (Arena.zoe, 300), (Arena.omar, 200)])
    }

    /// A command line, its exit code, a part of what it writes, and a part of its remarks.
    private typealias Step = (line: String, code: Int32, output: String, errors: String)

    private static func expect(_ arena: Arena, _ steps: [Step]) async throws {
        for step in steps {
            let result = try await arena.command(step.line)
            #expect(result.code == step.code, "\(step.line): \(result)")
            #expect(step.output.isEmpty || result.output.contains(step.output), "\(step.line): \(result)")
            #expect(step.errors.isEmpty || result.errors.contains(step.errors), "\(step.line): \(result)")
            #expect(!(result.output + result.errors).contains("\u{1B}"), "\(step.line): \(result)")
        }
    }

    @Test func `lists and single things in three forms`() async throws {
        try await Arena.with { arena in
            try await Self.played(arena)
            let chat = try await arena.command("chat list --fields chat").output.trimmed
            let lists: [(line: String, field: String, count: Int)] = [
                ("game list", "game", 2), ("board show tetris", "rank", 3),
                ("board show tetris --chat \(chat) --window week", "player", 3),
                ("board around tetris \(Arena.omar)", "score", 3), ("board windows tetris", "window", 4),
                ("chat list", "chat", 1), ("bot list", "bot", 1), ("delivery status", "bot", 0),
                ("delivery list --state done", "player", 3), ("webhook info", "bot", 1),
                ("migrate status", "number", 1), ("doctor", "verdict", 8),
                ("delivery reconcile tetris --check", "game", 0), ("game prune tetris --dry-run", "", -1),
            ]
            for (line, field, count) in lists where count >= 0 {
                let piped = try await arena.command(line)
                #expect(piped.code == 0, "\(line): \(piped)")
                let rows = piped.output.split(separator: "\n")
                // The schema grows, and so does what the doctor looks at.
                let isOpen = line.hasPrefix("migrate") || line == "doctor"
                #expect(isOpen ? rows.count >= count : rows.count == count, "\(line): \(piped.output)")
                let lines = try await arena.command(line + " --ndjson")
                #expect(lines.output.split(separator: "\n").count == rows.count, "\(line): \(lines.output)")
                for text in lines.output.split(separator: "\n") {
                    #expect(try JSON.parse(Array(text.utf8))[field] != nil, "\(line): \(text)")
                }
                let document = try await arena.command(line + " --json")
                let json = try JSON.parse(Array(document.output.utf8))
                if line.hasPrefix("board show") || line.hasPrefix("board around") {
                    #expect(json["entries"]?.elements.count { _ in true } == count)
                } else {
                    #expect(json["schema"]?.int64 == 1, "\(line): \(document.output)")
                }
                if rows.isEmpty { continue }
                let chosen = try await arena.command(line + " --fields \(field)")
                #expect(chosen.output.split(separator: "\n").allSatisfy { !$0.contains("\t") })
            }
            try await Self.expect(
                arena,
                [
                    ("game get tetris", 0, "game\tarena_bot/tetris\n", ""),
                    ("game get tetris --json", 0, "{\"schema\":1,\"game\":\"arena_bot/tetris\"", ""),
                    ("game get chess", 3, "", "there is no game 'chess'"),
                    ("game list --fields nope", 2, "", "there is no 'nope'"),
                    ("chat get \(chat)", 0, "chat\t\(chat)\n", ""), ("chat get -1", 3, "", "-1"),
                    ("board around tetris 42", 3, "", "not on this leaderboard"),
                    ("board show tetris --chat 5", 3, "", "there is no chat '5'"),
                    ("board show snake --chat \(chat)", 0, "", "nobody has a score"),
                    ("board show tetris --limit 1", 0, "1\t300\t", "1 of 3 entries"),
                    ("board show tetris --at nonsense", 2, "", "--at"),
                    ("complete games", 0, "arena_bot/tetris\n", ""), ("complete chats", 0, chat + "\n", ""),
                    ("complete players", 0, "\(Arena.ada)\n", ""),
                    ("completions bash", 0, "highscores complete games", ""),
                    ("completions zsh", 0, "highscores complete players", ""),
                    ("completions fish", 0, "highscores complete chats", ""),
                ]
            )
            for shell in ["games", "chats"] {
                let silent = try await arena.command(
                    "complete \(shell)",
                    with: ["DATABASE_URL": "postgresql://127.0.0.1:9/none"]
                )
                #expect(silent.code == 0 && silent.output.isEmpty && silent.errors.isEmpty)
            }
        }
    }

    @Test func `changes show themselves first and tell what they did`() async throws {
        try await Arena.with { arena in
            try await Self.played(arena)
            let chat = try await arena.command("chat list --fields chat").output.trimmed
            try await Self.expect(
                arena,
                [
                    (
                        "game add arena_bot/pong --url https://play.example/pong/ --dry-run", 0, "",
                        "would be added"
                    ),
                    ("game get pong", 3, "", ""),
                    ("game add arena_bot/pong --url https://play.example/pong/", 0, "pong", "added"),
                    ("game add arena_bot/pong --url https://play.example/pong/", 5, "", "is there already"),
                    ("game set pong --title Ping --dry-run", 0, "title\tpong\tPing\n", "dry run"),
                    ("game set pong --title Ping", 0, "title\tpong\tPing\n", ""),
                    ("game set pong --order lower", 2, "", "--telegram-score"),
                    ("game disable pong --dry-run", 0, "enabled\tyes\tno\n", "dry run"),
                    ("game disable pong", 2, "", "'--yes' is needed"),
                    ("game disable pong --yes", 0, "enabled\tyes\tno\n", "takes it back"),
                    ("game enable pong --json", 0, "\"schema\":1", ""),
                    ("game enable pong", 0, "", "like that already"),
                    ("game rebuild tetris", 0, "entries_added\t0\n", "as its log says"),
                    ("game prune tetris", 5, "", "--retention relevant"),
                    ("chat set \(chat) --zone Asia/Tokyo --dry-run", 0, "zone\t\tAsia/Tokyo\n", "dry run"),
                    ("chat set \(chat) --zone Asia/Tokyo --yes", 0, "zone\t\tAsia/Tokyo\n", "takes it back"),
                    ("chat set \(chat) --zone Nowhere/Else", 2, "", "Nowhere/Else"),
                    ("chat set \(chat) --no-zone --yes", 0, "zone\tAsia/Tokyo\t\n", ""),
                    ("delivery retry --state dead", 0, "", ""),
                    ("delivery drop --game tetris", 0, "", "gave 0 deliveries up"),
                    ("delivery drop --game tetris --dry-run", 0, "", "dry run"),
                    ("delivery reconcile tetris --repair --force", 2, "", "--yes"),
                    ("migrate up --dry-run", 0, "", "up to date"), ("migrate up", 0, "", "up to date"),
                    ("bot send-game tetris --chat -1001000000001", 0, "", ""),
                    ("bot send-game tetris --chat -1", 3, "", ""), ("webhook delete --yes", 0, "", ""),
                    ("webhook set", 2, "", "HIGHSCORES_PUBLIC_URL"),
                    ("manual \(arena.folder.path)/man", 0, "", "written"),
                ]
            )
            // Somebody else's table, and the way it tells of it.
            arena.call(
                "setGameScore",
                #"{"user_id":\#(Arena.ada),"score":1,"force":true,"chat_id":-1001000000001,"message_id":1}"#
            )
        }
    }

    @Test
    func `settings that change entries or Telegram's tables are asked about, planned, bounded and undone`()
        async throws
    {
        try await Arena.with { arena in
            try await Self.played(arena)
            let set = "game set tetris --keep latest --telegram-score off"
            let rehearsal = try await arena.command("\(set) --dry-run --json")
            let shown = try JSON.parse(Array(rehearsal.output.utf8))
            let plan = try #require(shown["plan"]?.string)
            #expect(shown["dry_run"]?.bool == true && shown["audit"]?.kind == .null)
            try await Self.expect(
                arena,
                [
                    (set, 2, "", "to change 'arena_bot/tetris'. Without a terminal"),
                    ("\(set) --yes --max-rows 1", 4, "", "more than '--max-rows 1'"),
                    ("\(set) --plan \(plan)x --yes", 2, "", "--plan"),
                    ("game get tetris --fields keep", 0, "best\n", ""),
                    ("game set tetris --title Blocks", 0, "title\tTetris\tBlocks\n", "takes it back"),
                ]
            )
            let terminal = try arena.terminal([
                "game", "set", "tetris", "--order", "lower", "--telegram-score", "off",
            ])
            try await terminal.wait(for: "Type tetris to go on")
            #expect(terminal.screen.contains("  order: higher → lower\n"), "\(terminal.screen)")
            try terminal.type("no")
            #expect(try await terminal.exitCode() == 2)
            try await Self.expect(
                arena,
                [
                    ("\(set) --plan \(plan) --yes", 0, "keep\tbest\tlatest\n", "takes it back")
                ]
            )
            let audit = try await arena.command("audit list --limit 1 --fields audit").output.trimmed
            try await Self.expect(
                arena,
                [
                    (
                        "audit get \(audit)", 0, "keep\tbest\tlatest\ntelegram_score\tsame\toff\n",
                        "game.set to arena_bot/tetris"
                    ),
                    ("audit undo \(audit) --yes", 0, "keep\tlatest\tbest\n", ""),
                    ("audit get \(audit) --json", 0, "\"changes\":[{\"what\":\"keep\"", ""),
                    ("audit get 9999", 3, "", "no entry 9999"),
                ]
            )
        }
    }

    @Test func `a person gets a table, and a plain one where colour is not wanted`() async throws {
        try await Arena.with { arena in
            try await Self.played(arena)
            for (variables, isPlain) in [
                (["NO_COLOR": ""], false), (["NO_COLOR": "1"], true),
            ] {
                let terminal = try arena.terminal(["board", "show", "tetris"], with: variables)
                #expect(try await terminal.exitCode() == 0)
                let lines = terminal.screen.split(separator: "\n")
                let head = try #require(lines.first { $0.contains("rank") })
                #expect(head.contains("\u{1B}[1m") != isPlain, "\(terminal.screen)")
                let rows = lines.filter { $0.contains("50000000") }
                #expect(rows.first?.hasPrefix("   1    300  Zoë") == true, "\(rows)")
                #expect(
                    Set(rows.map { $0.firstRange(of: "50000000")?.lowerBound.utf16Offset(in: $0) }).count == 1
                )
            }
        }
    }
}

extension String {
    fileprivate var trimmed: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
