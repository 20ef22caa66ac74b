import Foundation
import TestSupport
import Testing

/// Boards go from one database to another with their games, and with everything that was played on them.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct BoardExchangeTests {
    private func done(_ arena: Arena, _ line: String, code: Int32 = 0) async throws -> String {
        let result = try await arena.command(line)
        #expect(result.code == code, "\(line): \(result)")
        return code == 0 ? result.output : result.errors
    }

    private func write(_ text: String, _ name: String, in arena: Arena) throws -> String {
        let file = arena.folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// What is exported of a game, a line for each thing, with the name of another.
    private func exported(_ what: String, _ game: String, as name: String, _ arena: Arena) async throws
        -> [String]
    {
        let lines = try await done(arena, "export \(what)").split(whereSeparator: \.isNewline)
        return lines.filter { $0.contains("arena_bot/\(game)") }.map {
            String($0).replacing(game, with: name)
        }
        .sorted()
    }

    @Test(arguments: ["csv", "ndjson"])
    func `games with boards are the same elsewhere, with all that was played`(format: String) async throws {
        try await Arena.with { arena in
            for line in [
                "board add snake hard --order lower --keep latest --windows all,week --min-score 1 --max-score 900",
                "board add snake daily --attempts 3/day --seed day",
                "game set snake --telegram-board daily --order lower --title Snakes --yes",
                "score submit snake --player \(Arena.ada) --score 7",
                "score submit snake --player \(Arena.ada) --score 8 --board hard",
                "score submit snake --player \(Arena.zoe) --score 9 --board hard",
                "score submit snake --player \(Arena.zoe) --score 5 --board daily",
            ] { _ = try await done(arena, line) }
            let form = "--format \(format)"
            let games = try await exported("games \(form)", "snake", as: "worm", arena)
            #expect(games.count == 3)
            let head = try await done(arena, "export games").prefix { !$0.isNewline }
            let text =
                (format == "csv" ? ["\(head)"] : []) + games.sorted { left, _ in left.contains("Snakes") }
            let file = try write(text.map { $0 + "\n" }.joined(), "games.\(format)", in: arena)
            let trial = try await done(arena, "import games \(file) --dry-run")
            #expect(trial.split(separator: "\n").count == 3, "\(trial)")
            #expect(
                try await done(arena, "board list snake --fields board").split(separator: "\n").count == 3
            )
            let taken = try await done(arena, "import games \(file) --yes")
            #expect(taken.contains("arena_bot/worm:hard\tadded"), "\(taken)")
            #expect(taken.contains("arena_bot/worm\tset\ttelegram_score telegram_board"), "\(taken)")
            #expect(try await exported("games \(form)", "worm", as: "worm", arena) == games)
            #expect(try await done(arena, "import games \(file) --yes") == "")

            let scores = try await done(arena, "export scores snake \(form)")
            let renamed = scores.replacing("arena_bot/snake", with: "arena_bot/worm")
            let log = try write(renamed, "scores.\(format)", in: arena)
            let report = try await done(arena, "import scores \(log) --fields added,repeated")
            #expect(report == "4\t0\n", "\(report)")
            #expect(try await done(arena, "import scores \(log) --fields added,repeated") == "0\t4\n")
            #expect(
                try await exported("entries worm \(form)", "worm", as: "worm", arena)
                    == exported("entries snake \(form)", "snake", as: "worm", arena)
            )
            let hard = try await done(arena, "export scores snake --board hard --format ndjson")
            #expect(hard.split(separator: "\n").count == 2 && !hard.contains("daily"), "\(hard)")
        }
    }

    @Test func `lines of scores name their boards, or all are of one`() async throws {
        try await Arena.with { arena in
            _ = try await done(arena, "board add tetris hard")
            let lines = "player,score,time,board\n5,1,2026-03-01,hard\n6,2,2026-03-01,\n7,3,2026-03-01,none\n"
            let file = try write(lines, "scores.csv", in: arena)
            let said = try await done(arena, "import scores \(file) --game tetris", code: 6)
            #expect(said.contains("scores.csv:4: 'arena_bot/tetris' has no board 'none'"), "\(said)")
            #expect(try await done(arena, "board show tetris --board hard --fields player,score") == "5\t1\n")
            #expect(try await done(arena, "board show tetris --fields player,score") == "6\t2\n")
            _ = try await done(arena, "import scores \(file) --game tetris --board hard")
            #expect(try await done(arena, "board show tetris --board hard --fields score") == "3\n2\n1\n")
        }
    }

    @Test func `boards of a file that cannot be are told line by line`() async throws {
        try await Arena.with { arena in
            let lines = """
                game,board,order,attempts,title
                arena_bot/tetris,hard,lower,,
                arena_bot/tetris,Hard,,,
                arena_bot/tetris,titled,,,Title
                arena_bot/tetris,,,3/day,
                arena_bot/none,hard,,,

                """
            let file = try write(lines, "games.csv", in: arena)
            let said = try await done(arena, "import games \(file) --yes", code: 6)
            for words in [
                ":3: 'Hard' cannot be the name of a board", ":4: 'title' is the whole game's",
                ":5: only boards that are declared have 'attempts'",
                ":6: there is no game 'arena_bot/none' that the board could be of",
            ] { #expect(said.contains(words), "\(said)") }
            #expect(
                try await done(arena, "board list tetris --fields board,order")
                    == "main\thigher\nhard\tlower\n"
            )
        }
    }
}
