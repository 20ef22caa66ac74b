import Foundation
import TestSupport
import Testing

/// Long lists stay tables, whatever the terminal, and programs get everything.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct TableTranscriptTests {
    private static let lists = [
        "score list", "delivery list --state done", "audit list", "chat list", "key list",
        "review list --shadow",
    ]

    /// The table that a command shows: its lines, the head first.
    private static func table(
        _ arena: Arena,
        _ line: String,
        columns: Int
    ) async throws -> (lines: [Substring], screen: String) {
        let terminal = try arena.terminal(line.split(separator: " ").map(String.init), columns: columns)
        // A key's hint begins as a key does.
        defer { terminal.forget() }
        #expect(try await terminal.exitCode() == 0, "\(line): \(terminal.screen)")
        let lines = terminal.screen.split(separator: "\n").filter { !$0.hasPrefix("highscores: ") }
        return (lines, terminal.screen)
    }

    private static func scene(_ body: (Arena) async throws -> Void) async throws {
        try await Arena.with { arena in
            for line in [
                "game set tetris --max-score 150 --shadow --reason checks",
                "key create tetris --label studio --fields id",
            ] {
                let done = try await arena.command(line)
                #expect(done.code == 0, "\(done)")
            }
            try await arena.played([(Arena.ada, 100), (Arena.zoe, 300), (Arena.omar, 200)])
            try await body(arena)
        }
    }

    @Test(arguments: [80, 100, 120])
    func `a list is a table that fits, without empty columns and milliseconds`(columns: Int) async throws {
        try await Self.scene { arena in
            for line in Self.lists {
                let (lines, screen) = try await Self.table(arena, line, columns: columns)
                let count = try await arena.command("\(line) --ndjson").output.split(separator: "\n").count
                #expect(count > 0 && lines.count == count + 1, "\(line) at \(columns):\n\(screen)")
                #expect(
                    lines.allSatisfy { ShownTable.width($0) <= columns },
                    "\(line) at \(columns):\n\(screen)"
                )
                #expect(!screen.contains(#/[0-9]\.[0-9]{3}Z/#), "\(line):\n\(screen)")
                #expect(!screen.contains("undone_by"), "\(line):\n\(screen)")
            }
        }
    }

    @Test func `all columns are shown to those who want them`() async throws {
        try await Self.scene { arena in
            let narrow = try await Self.table(arena, "score list", columns: 100)
            #expect(!narrow.lines[0].contains("started_at"))
            #expect(narrow.screen.contains("'--wide' shows started_at"), "\(narrow.screen)")
            let wide = try await Self.table(arena, "score list --wide", columns: 100)
            #expect(
                wide.lines[0].split(separator: " ") == [
                    "run", "game", "chat", "player", "name", "score", "submitted", "status", "outcome",
                    "reasons",
                    "started_at", "accepted_at",
                ]
            )
            #expect(wide.screen.contains(#/[0-9]\.[0-9]{3}Z/#), "\(wide.screen)")
            let chosen = try await Self.table(
                arena,
                "score list --fields run,started_at,reasons",
                columns: 100
            )
            #expect(chosen.lines[0].split(separator: " ") == ["run", "started_at", "reasons"])
            let relative = try await Self.table(arena, "score list --relative", columns: 120)
            #expect(relative.lines[1].contains(" s ago"), "\(relative.screen)")
        }
    }

    @Test(arguments: [80, 100, 120])
    func `how a game is played is drawn, and piped number by number`(columns: Int) async throws {
        try await Self.scene { arena in
            let (lines, screen) = try await Self.table(arena, "game stats tetris", columns: columns)
            #expect(lines.first == "3 runs of 3 players", "\(screen)")
            #expect(lines.contains("  50% up to 200") && lines.contains("  the highest is 300"), "\(screen)")
            #expect(lines.contains("  above_max_score: would refuse 2 runs"), "\(screen)")
            #expect(lines.allSatisfy { ShownTable.width($0) <= columns } && screen.contains("█"), "\(screen)")
            let piped = try await arena.command("game stats tetris")
            #expect(piped.output.hasPrefix("all\t\t3\t3\t\nquantile\t50%\t\t\t200\n"), "\(piped)")
            #expect(piped.output.contains("shadow\tabove_max_score=refuse\t2\t\t\n"), "\(piped)")
            let none = try await arena.command("game stats snake --json")
            #expect(
                none.code == 0 && none.output.contains("\"runs\":0")
                    && none.errors.contains("nobody has played")
            )
        }
    }

    @Test func `a leaderboard and the queue are drawn anew in their place, and once in a pipe`() async throws
    {
        try await Self.scene { arena in
            let board = try arena.terminal(["board", "watch", "tetris"])
            try await board.wait(for: "arena_bot/tetris, global, all: 3 entries")
            let submitted = try await arena.command(
                "score submit tetris --player \(Arena.ada) --score 5000 --yes"
            )
            #expect(submitted.code == 0, "\(submitted)")
            try await board.wait(for: "5000")
            try board.pressInterrupt()
            #expect(try await board.exitCode() == 130)
            let queue = try arena.terminal(["delivery", "status", "--watch"])
            try await queue.wait(for: "nothing waits")
            try queue.pressInterrupt()
            #expect(try await queue.exitCode() == 130)
            let piped = try await arena.command("board watch tetris --fields score")
            #expect(piped.code == 0 && piped.output == "5000\n300\n200\n", "\(piped)")
            #expect(try await arena.command("delivery status --watch").code == 0)
        }
    }

    @Test func `a pipe gets every column and a head on request`() async throws {
        try await Self.scene { arena in
            let piped = try await arena.command("score list --limit 1")
            #expect(
                piped.output.split(separator: "\t", omittingEmptySubsequences: false).count == 12,
                "\(piped)"
            )
            #expect(piped.output.contains(#/[0-9]\.[0-9]{3}Z/#) && !piped.errors.contains("--wide"))
            let headed = try await arena.command("score list --header --fields score,player")
            #expect(headed.output.hasPrefix("score\tplayer\n200\t\(Arena.omar)\n"), "\(headed)")
            let board = try await arena.command("board show tetris --header --fields rank,score")
            #expect(board.output == "rank\tscore\n1\t300\n2\t200\n3\t100\n", "\(board)")
            let game = try await arena.command("game get tetris --header --fields game,title")
            #expect(game.output == "game\ttitle\narena_bot/tetris\tTetris\n", "\(game)")
            let json = try await arena.command("score list --header --ndjson")
            #expect(json.output.hasPrefix("{"), "\(json)")
        }
    }
}
