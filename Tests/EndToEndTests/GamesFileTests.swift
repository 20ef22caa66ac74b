import Foundation
import TestSupport
import Testing

/// A file of games is asked about like every change that reaches beyond settings, once and whole; and games are posted to
/// chats by whatever these are called.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct GamesFileTests {
    /// A scene with entries that another rule changes, and a file that has it for two games.
    private static func with(_ body: (Arena, _ file: String) async throws -> Void) async throws {
        try await Arena.with { arena in
            try await arena.played([(Arena.ada, 300), (Arena.ada, 100), (Arena.zoe, 200)])
            let file = arena.folder.appendingPathComponent("games.csv")
            try Data(
                """
                game,keep,telegram_score,title
                arena_bot/tetris,latest,same,Blocks
                arena_bot/snake,,,Worm
                arena_bot/nothing here,,,
                arena_bot/pong,,,
                """.utf8
            ).write(to: file)
            try await body(arena, file.path)
        }
    }

    @Test func `a script is refused, told what would change, and may do just that`() async throws {
        try await Self.with { arena, file in
            let refused = try await arena.command("import games \(file)")
            #expect(refused.code == 2 && refused.output.isEmpty, "\(refused)")
            #expect(refused.errors.contains("would change in the database '\(ScratchDatabase.current.name)'"))
            #expect(refused.errors.contains("'--yes' is needed"), "\(refused)")
            let dry = try await arena.command("import games \(file) --dry-run")
            #expect(dry.code == 6, "\(dry)")
            #expect(
                dry.output == "arena_bot/tetris\tset\ttitle keep\t\narena_bot/snake\tset\ttitle\t\n",
                "\(dry)"
            )
            #expect(dry.errors.contains("dry run: 2 games would be added or changed"), "\(dry)")
            #expect(dry.errors.contains("the first of them:") && dry.errors.contains("300 to 100"), "\(dry)")
            let plan = try #require(dry.errors.firstMatch(of: /'--plan ([0-9a-f]+)' does just this/)).1
            let few = try await arena.command("import games \(file) --yes --max-rows 1")
            #expect(few.code == 4 && few.errors.contains("'--max-rows 1'"), "\(few)")
            let other = try await arena.command("import games \(file) --yes --plan 0123456789abcdef")
            #expect(other.code == 5 && other.errors.contains("the data moved"), "\(other)")
            #expect(try await arena.command("game get tetris --fields keep").output == "best\n")
            let done = try await arena.command(
                "import games \(file) --yes --plan \(plan) --fields game,audit"
            )
            #expect(done.code == 6 && done.errors.contains("'highscores audit undo ID'"), "\(done)")
            #expect(
                try await arena.command("game get tetris --fields keep,title").output == "latest\tBlocks\n"
            )
            let board = try await arena.command("board show tetris --fields score")
            #expect(board.output == "200\n100\n", "\(board)")
            let audit = try #require(done.output.firstMatch(of: /tetris\t([0-9]+)/)).1
            let undone = try await arena.command("audit undo \(audit) --yes")
            #expect(undone.code == 0, "\(undone)")
            #expect(try await arena.command("board show tetris --fields score").output == "300\n200\n")
            // Nothing but a title is left to be changed, which nobody asks about.
            try Data("game,title\narena_bot/snake,Snail\n".utf8).write(to: URL(fileURLWithPath: file))
            let plain = try await arena.command("import games \(file)")
            #expect(plain.code == 0 && plain.output.hasPrefix("arena_bot/snake\tset\ttitle\t"), "\(plain)")
        }
    }

    @Test(arguments: [80, 100, 120])
    func `a person is shown the settings and types how many games they are`(columns: Int) async throws {
        try await Self.with { arena, file in
            for (typed, code) in [("yes", 2), ("4 games", 6)] as [(String, Int32)] {
                let terminal = try arena.terminal(["import", "games", file], columns: columns)
                try await terminal.wait(for: "Type 4 games to go on:")
                let screen = terminal.screen
                #expect(screen.contains("  arena_bot/tetris keep: best → latest"), "\(screen)")
                #expect(screen.contains("  arena_bot/snake title: Snake → Worm"), "\(screen)")
                #expect(screen.contains("would follow"), "\(screen)")
                try terminal.type(typed)
                #expect(try await terminal.exitCode() == code, "\(terminal.screen)")
            }
            #expect(try await arena.command("game get tetris --fields keep").output == "latest\n")
        }
    }

    @Test func `a game is posted by title, chat_instance or id, and lists are cut`() async throws {
        try await Self.with { arena, _ in
            let instance = try await arena.command("chat list --fields chat")
            for chat in ["friday", instance.output.split(separator: "\n").joined(), "-1001000000001"] {
                let sent = try await arena.command("bot send-game tetris --chat \(chat) --fields chat")
                #expect(sent.code == 0 && sent.output == "-1001000000001\n", "\(chat): \(sent)")
            }
            let unknown = try await arena.command("bot send-game tetris --chat -200000001 --fields chat")
            #expect(unknown.code == 0 && unknown.output == "-200000001\n", "\(unknown)")
            let near = try await arena.command("bot send-game tetris --chat Fridai")
            #expect(near.code == 3 && near.errors.contains("did you mean 'Friday'?"), "\(near)")
            let bots = try await arena.command("bot list --bot @arena_bot --limit 1 --fields games")
            #expect(bots.code == 0 && bots.output == "2\n", "\(bots)")
            let none = try await arena.command("bot list --bot other_bot")
            #expect(none.code == 0 && none.errors.contains("there is no such bot"), "\(none)")
            #expect(try await arena.command("webhook info --limit 1 --fields bot").code == 0)
            let steps = try await arena.command("migrate status --state applied --limit 1 --fields number")
            #expect(steps.code == 0 && steps.output == "1\n", "\(steps)")
            #expect(try await arena.command("migrate status --state pending").output.isEmpty)
        }
    }
}
