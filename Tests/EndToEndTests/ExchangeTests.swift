import Encodings
import Foundation
import JSON
import Postgres
import TestSupport
import Testing

/// Files are taken in and written by the real program.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct ExchangeTests {
    private static var database: [String: String] { ["DATABASE_URL": ScratchDatabase.current.url] }

    private static func write(_ text: String, _ name: String, in arena: Arena) throws -> String {
        let path = arena.folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: path)
        return path.path
    }

    private static let scores = """
        player,score,time,chat,name
        5000000001,100,2026-03-01T12:00:00Z,-37,Zoë
        5000000002,120,1772366400,-37,"漢字, 🎮"
        5000000002,120,1772366400,-37,"漢字, 🎮"
        5000000003,abc,2026-03-01T12:00:00Z,,
        somebody,1,2026-03-01,,
        5000000003,50,2026-03-02 10:00:00+01,,
        "unclosed
        """

    @Test func `bad lines are told, the rest is done, and once more is nothing new`() async throws {
        try await Arena.with { arena in
            let file = try Self.write(Self.scores, "scores.csv", in: arena)
            let dry = try await arena.run(
                "import",
                "scores",
                file,
                "--game",
                "tetris",
                "--dry-run",
                with: Self.database
            )
            #expect(dry.code == 6)
            #expect(dry.errors.contains("dry run: 4 scores would be added"))
            #expect(try await Database.count("scores") == 0)
            for added in [4, 0] {
                let done = try await arena.run(
                    "import",
                    "scores",
                    file,
                    "--game",
                    "tetris",
                    "--json",
                    with: Self.database
                )
                #expect(done.code == 6, "\(done.errors)")
                for problem in [":5: the score 'abc'", ":6: the player 'somebody'", ":8: a quoted field"] {
                    #expect(done.errors.contains("scores.csv\(problem)"), "\(done.errors)")
                }
                let report = try JSON.parse(Array(done.output.utf8))
                #expect(report["schema"]?.int64 == 1 && report["lines"]?.int64 == 7)
                #expect(report["added"]?.int64 == Int64(added) && report["rejected"]?.int64 == 3)
            }
            #expect(try await Database.count("deliveries") == 0)
            let shown = try await arena.run("board", "show", "tetris", with: Self.database)
            #expect(
                shown.output == """
                    1\t120\t漢字, 🎮\t\t5000000002\t2026-03-01T12:00:00.000Z
                    2\t100\tZoë\t\t5000000001\t2026-03-01T12:00:00.000Z
                    3\t50\t\t\t5000000003\t2026-03-02T09:00:00.000Z

                    """
            )
            let missing = try await arena.run("import", "scores", "/nowhere", with: Self.database)
            #expect(missing.code == 3)
        }
    }

    @Test func `files of other programs are taken or refused by the real program`() async throws {
        try await Arena.with { arena in
            let row = "5000000001;100;2026-03-01 12:00:00;Zoë"
            let sheet = "Player ID;Points;Created at;Name\r\n\(row)\r\n"
            let units = sheet.utf16.flatMap { (unit) -> [UInt8] in [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
            let bytes: [UInt8] = [0xFF, 0xFE] + units
            let page =
                "{\n\"records\": [\n{\"leaderboard_id\": \"tetris\", \"owner_id\": \"x\", \"update_time\": \"2026-03-01\"}]}"
            let bad = (0..<1_000).map { "x\($0),1,2026-03-01\n" }.joined()
            let latin = Array("player,score,time,name\n5,1,2026-03-01,Zo".utf8) + [0xEB, 0x0A]
            let files: [(name: String, bytes: [UInt8], code: Int32, says: String)] = [
                ("sheet.csv.gz", Gzip.pack(bytes), 0, "1 score added"),
                ("sheet.csv", bytes, 0, "0 scores added"),
                ("page.json", Array(page.utf8), 0, "1 score added"), ("none.csv", [], 1, "is empty"),
                ("bad.csv", Array("player,score,time\n\(bad)".utf8), 1, "nothing of"),
                ("latin.csv", latin, 1, "latin.csv:2: the line is not UTF-8"),
                (
                    "head.csv", Array("player,level\n5,1\n".utf8), 2,
                    "no column 'score'; its columns are player, level"
                ),
                ("book.xlsx", [0x50, 0x4B, 3, 4, 0], 2, "workbook"),
            ]
            try Data("owner_id;player\nx;5000000002\n".utf8).write(
                to: arena.folder.appendingPathComponent("ids.csv")
            )
            for (name, bytes, code, says) in files {
                let file = arena.folder.appendingPathComponent(name)
                try Data(bytes).write(to: file)
                let ids = arena.folder.appendingPathComponent("ids.csv").path
                let done = try await arena.command(
                    "import scores \(file.path) --game tetris --players \(ids)"
                )
                #expect(done.code == code && done.errors.contains(says), "\(name): \(done.errors)")
                #expect(done.errors.split(separator: "\n").count <= 12, "\(name): \(done.errors)")
            }
            #expect(try await Database.count("scores") == 2)
        }
    }

    @Test func `what is exported makes the same leaderboards elsewhere`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            for (player, score) in [(Arena.ada, 10), (Arena.zoe, 30), (Arena.omar, 20), (Arena.ada, 25)] {
                try await arena.play(player, message, at: service, score)
            }
            try await service.stop()
            let kinds = ["scores", "entries"]
            var boards: [String] = []
            for kind in kinds {
                for format in ["csv", "ndjson"] {
                    let exported = try await arena.run(
                        "export",
                        kind,
                        "tetris",
                        "--format",
                        format,
                        with: Self.database
                    )
                    #expect(exported.code == 0, "\(exported.errors)")
                    let text = exported.output.split(separator: "arena_bot/tetris").joined(
                        separator: "arena_bot/snake"
                    )
                    let file = try Self.write(text, "\(kind).\(format)", in: arena)
                    let imported = try await arena.run("import", kind, file, with: Self.database)
                    #expect(imported.code == 0, "\(imported.errors)")
                    boards.append(try await Self.boards("snake", arena))
                    _ = try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
                        try session.script(
                            """
                            DELETE FROM scores WHERE game_id = (SELECT game_id FROM games WHERE short_name = 'snake');
                            """
                        )
                    }
                    let emptied = try await arena.run("game", "rebuild", "snake", with: Self.database)
                    #expect(emptied.code == 0, "\(emptied.errors)")
                }
            }
            let expected = try await Self.boards("tetris", arena)
            #expect(expected.contains("25"))
            #expect(boards.allSatisfy { $0 == expected }, "\(boards) \(expected)")
        }
    }

    @Test(arguments: ["csv", "ndjson"])
    func `an export of nothing goes back in, other files of nothing do not`(format: String) async throws {
        try await Arena.with { arena in
            for (kind, subject) in [("scores", "snake"), ("entries", "snake"), ("players", "")] {
                let exported = try await arena.command("export \(kind) \(subject) --format \(format)")
                #expect(exported.code == 0 && exported.output.isEmpty == (format == "ndjson"))
                let file = try Self.write(exported.output, "\(kind).\(format)", in: arena)
                let imported = try await arena.command("import \(kind) \(file) --format \(format)")
                #expect(imported.code == 0 && imported.errors.contains("has no lines"), "\(imported)")
                #expect(imported.errors.split(separator: "\n").count == 1, "\(imported)")
            }
            let nothing = try Self.write(format == "csv" ? "player,score\n" : "\n", "nothing", in: arena)
            let refused = try await arena.command("import scores \(nothing) --format \(format)")
            #expect(refused.code == 1 && !refused.errors.contains("added"), "\(refused)")
        }
    }

    /// All leaderboards of a game as they are exported, but for the game's name and the numbers of boards.
    private static func boards(_ game: String, _ arena: Arena) async throws -> String {
        let exported = try await arena.run("export", "entries", game, with: database)
        let lines = exported.output.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).dropFirst().joined(separator: ",")
        }
        return lines.sorted().joined(separator: "\n")
    }

    @Test func `games and players go from one database to another`() async throws {
        try await Arena.with { arena in
            let games = try await arena.run("export", "games", "--format", "ndjson", with: Self.database)
            let changed = games.output.split(separator: "Snake").joined(separator: "Worm")
            let file = try Self.write(changed, "games.ndjson", in: arena)
            for count in [1, 0] {
                let imported = try await arena.run("import", "games", file, "--ndjson", with: Self.database)
                #expect(imported.code == 0, "\(imported.errors)")
                #expect(imported.output.split(separator: "\n").count == count)
            }
            let people = "player,first_name,username\n5000000001,Ada,ada\nx,y,z\n"
            let players = try Self.write(people, "players.csv", in: arena)
            for count in [1, 0] {
                let imported = try await arena.run(
                    "import",
                    "players",
                    players,
                    "--json",
                    with: Self.database
                )
                #expect(imported.code == 6)
                let report = try JSON.parse(Array(imported.output.utf8))
                #expect(report["written"]?.int64 == Int64(count) && report["rejected"]?.int64 == 1)
            }
            let exported = try await arena.run("export", "players", with: Self.database)
            #expect(exported.output.hasSuffix("arena_bot,5000000001,Ada,,ada\n"))
        }
    }

    @Test(arguments: ["csv", "ndjson"])
    func `every setting of a game goes along`(format: String) async throws {
        try await Arena.with { arena in
            let settings = [
                "--title", "All of it", "--order", "lower", "--telegram-score", "inverted:500", "--zone",
                "Europe/Berlin", "--season-start", "2026-01-01T00:00:00Z", "--edit-message", "every:30",
                "--min-score", "1", "--max-score", "9", "--max-score-per-second", "2.5", "--min-seconds", "3",
                "--max-per-hour", "4", "--outcome", "max-per-hour=hold", "--outcome", "min-score=accept",
                "--shadow",
                "--retention", "relevant", "--public", "--show-identity", "--score-format", "milliseconds",
                "--score-unit", "m",
            ]
            let set = try await arena.run(["game", "set", "snake"] + settings, with: Self.database)
            #expect(set.code == 0, "\(set.errors)")
            func exported(_ name: String) async throws -> (head: Substring, game: Substring) {
                let games = try await arena.run("export", "games", "--format", format, with: Self.database)
                let lines = games.output.split(whereSeparator: \.isNewline)
                return (lines[0], try #require(lines.first { $0.contains("arena_bot/\(name)") }))
            }
            let (head, snake) = try await exported("snake")
            let worm = snake.split(separator: "snake", omittingEmptySubsequences: false).joined(
                separator: "worm"
            )
            let file = try Self.write(
                format == "csv" ? "\(head)\n\(worm)\n" : "\(worm)\n",
                "worm.\(format)",
                in: arena
            )
            let imported = try await arena.run("import", "games", file, with: Self.database)
            #expect(imported.code == 0, "\(imported.errors)")
            #expect(try await exported("worm").game == worm)
        }
    }
}
