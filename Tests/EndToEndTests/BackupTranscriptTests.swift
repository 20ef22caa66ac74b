import Curl
import Foundation
import Glibc
import JSON
import Postgres
import Simulator
import TestSupport
import Testing

/// A backup is whole or not there, and what `Deploy/README.md` says of moving is so.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct BackupTranscriptTests {
    private static let own = ["DATABASE_URL": "", "HIGHSCORES_SECRET": ""]

    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// The lines of the first fence behind a heading of `Deploy/README.md`.
    private static func lines(under heading: String) throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Deploy/README.md")
        let parts = try String(contentsOf: file, encoding: .utf8).components(
            separatedBy: "\n### \(heading)\n"
        )
        let fences = try #require(parts.dropFirst().first).components(separatedBy: "```")
        return String(try #require(fences.dropFirst().first).drop { $0 != "\n" })
    }

    /// Runs lines as they stand, with the program in the path; the first that fails ends them.
    private static func shell(
        _ lines: String,
        _ arena: Arena,
        _ variables: [String: String]
    ) async throws -> CommandResult {
        let place = arena.folder.appendingPathComponent("shell-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let program = URL(fileURLWithPath: try Program.path()).deletingLastPathComponent().path
        let shell = try Program(
            ["-ec", "PATH='\(program)':$PATH; cd '\(place.path)'\n\(lines)"],
            environment: arena.environment.merging(variables) { _, new in new },
            folder: place,
            at: "/bin/sh"
        )
        let code = try await shell.exitCode()
        return CommandResult(code: code, output: shell.standardOutput, errors: shell.standardError)
    }

    @Test func `the moves of Deploy README are as they stand there`() async throws {
        try await Arena.with { arena in
            let port = try Program.freePort()
            let off = ["HIGHSCORES_UPDATES": "polling"]
            var service = try await arena.serve(
                [],
                Self.own.merging(off) { $1 },
                port: port,
                isWebhook: false
            )
            let added = try await arena.run(
                ["game", "add", "arena_bot/tetris", "--url", "https://play.example/tetris/"],
                with: Self.own
            )
            #expect(added.code == 0, "\(added)")
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            try await Program.wait(for: "the server to know the game") {
                try await arena.telegram.press(user: Arena.zoe, message).url.map { _ in () }
            }
            let launch = try await arena.launch(Arena.ada, message)
            let run = try await service.startRun(launch)
            #expect(try await service.submit(41, run).status == 200)
            await arena.expectTable([Arena.ada: 41])
            try await service.stop()

            try await CrashingServer.with { server in
                let configuration = try PostgresConfiguration(connectionString: server.url)
                let host = ["PGHOST": try #require(configuration.hosts.first), "PGUSER": "postgres"]
                var variables = Self.own.merging(host) { $1 }.merging(off) { $1 }
                // An empty variable is none to the program, but libpq takes it for a setting.
                variables["DATABASE_URL"] = nil
                let moved = try await Self.shell(
                    try Self.lines(under: "From the private PostgreSQL to a server"),
                    arena,
                    variables
                )
                #expect(moved.code == 0, "\(moved)")
                #expect(moved.errors.contains("restored into the database 'highscores'"), "\(moved)")
                let secret = try String(
                    contentsOf: arena.folder.appendingPathComponent("data/secret"),
                    encoding: .utf8
                ).trimmingCharacters(in: .whitespacesAndNewlines)
                let old = configuration.connectionString(database: "highscores")
                let new = configuration.connectionString(database: "elsewhere")
                let made = try await Self.shell("createdb elsewhere", arena, host)
                #expect(made.code == 0, "\(made)")
                let again = try await Self.shell(
                    try Self.lines(under: "From one server to another"),
                    arena,
                    ["OLD_DATABASE_URL": old, "NEW_DATABASE_URL": new, "HIGHSCORES_SECRET": secret]
                        .merging(off) { $1 }
                )
                #expect(again.code == 0, "\(again)")

                // What people hold goes on where the data are now.
                service = try await arena.serve(
                    [],
                    ["DATABASE_URL": new, "HIGHSCORES_SECRET": secret].merging(off) { $1 },
                    port: port,
                    isWebhook: false
                )
                #expect(try await service.board(launch) == ["\(Arena.ada)": 41])
                let repeated = try await service.submit(41, run)
                #expect(repeated.headers["Idempotency-Replayed"] == "true", "\(repeated)")
                let other = try await service.startRun(launch)
                #expect(try await service.submit(42, other).status == 200)
                await arena.expectTable([Arena.ada: 42])
                try await service.stop()
            }
        }
    }

    @Test(arguments: [80, 100, 120])
    func `a backup and its restore are told at a terminal`(columns: Int) async throws {
        try await Arena.with { arena in
            try await arena.played([(Arena.ada, 100), (Arena.zoe, 300)])
            let file = arena.folder.appendingPathComponent("one.backup").path
            func shown(_ words: String..., with variables: [String: String] = [:]) async throws -> (
                code: Int32, lines: [String]
            ) {
                let terminal = try arena.terminal(words, with: variables, columns: columns)
                let code = try await terminal.exitCode()
                return (code, terminal.lines)
            }
            let made = try await shown("backup", file)
            #expect(made.code == 0, "\(made)")
            #expect(made.lines.contains("scores      2") && made.lines.contains("games       2"), "\(made)")
            #expect(made.lines.contains { $0.contains("keep it as safe as the database") }, "\(made)")
            var facts = stat()
            #expect(stat(file, &facts) == 0 && facts.st_mode & 0o777 == 0o600)

            let there = try await shown("backup", file)
            #expect(there.code == 5 && there.lines.contains { $0.contains("'--replace'") }, "\(there)")
            #expect(try await shown("backup", file, "--replace").code == 0)
            let full = try await shown("restore", file)
            #expect(full.code == 5, "\(full)")
            #expect(
                full.lines.contains {
                    $0.contains("the database '\(ScratchDatabase.current.name)' is not empty")
                },
                "\(full)"
            )
            let private_ = ["DATABASE_URL": "", "HIGHSCORES_SECRET": ""]
            let dry = try await shown("restore", file, "--dry-run", with: private_)
            #expect(dry.code == 0 && dry.lines.contains { $0.contains("dry run: ") }, "\(dry)")
            let done = try await shown("restore", file, with: private_)
            #expect(done.code == 0, "\(done)")
            for word in [
                "restored into", "later are not in it", "delivery reconcile --check", "webhook info",
            ] {
                #expect(done.lines.contains { $0.contains(word) }, "\(word): \(done)")
            }
            let board = try await arena.command("board show tetris --fields rank,score", with: private_)
            #expect(board.output == "1\t300\n2\t100\n", "\(board)")
            let audit = try await arena.command("audit list --fields action,subject", with: private_)
            #expect(audit.output.hasPrefix("database.restore\thighscores\n"), "\(audit)")
        }
    }

    @Test func `programs get a backup's numbers, and the reason why a file is none`() async throws {
        try await Arena.with { arena in
            let file = arena.folder.appendingPathComponent("two.backup").path
            let piped = try await arena.command("backup \(file) --fields games,scores,file")
            #expect(piped.code == 0 && piped.output == "2\t0\t\(file)\n", "\(piped)")
            let whole = try #require(FileManager.default.contents(atPath: file))
            #expect(!String(decoding: whole, as: UTF8.self).contains(Arena.secret))
            let bad: [(name: String, data: Data, code: Int32, reason: String)] = [
                ("cut", whole.dropLast(200), 1, "is damaged: it ends too early"),
                ("other", whole.prefix(900) + Data("x".utf8) + whole.dropFirst(901), 1, "is damaged"),
                ("more", whole + Data("\n".utf8), 1, "is damaged: something follows its end"),
                ("none", Data(), 1, "is no backup of highscores"),
                ("dump", Data("PGDMP".utf8), 1, "is no backup of highscores"),
            ]
            for (name, data, code, reason) in bad {
                let place = arena.folder.appendingPathComponent(name)
                try data.write(to: place)
                let result = try await arena.command("restore \(place.path)")
                #expect(
                    result.code == code && result.errors.contains("'\(place.path)' \(reason)"),
                    "\(result)"
                )
                #expect(result.output.isEmpty)
            }
            #expect(try await arena.command("restore /nowhere/a").code == 3)
            #expect(try await arena.command("restore \(arena.folder.path)").code == 2)
            #expect(try await arena.command("restore -").code == 2)
            #expect(try await arena.command("backup /nowhere/a").code == 2)
            #expect(try await arena.command("backup \(arena.folder.path)").code == 2)
            #expect(try await arena.command("backup /dev/null --replace").code == 2)
        }
    }

    @Test func `a backup that does not end leaves nothing that looks whole`() async throws {
        try await Arena.with { arena in
            let file = arena.folder.appendingPathComponent("three.backup").path
            try await Database.locking("deliveries") {
                let waiting = try arena.program(["backup", file])
                try await Program.wait(for: "the draft") { Self.exists(file + ".partial") ? () : nil }
                let second = try await arena.command("backup \(file)")
                #expect(second.code == 5 && second.errors.contains("another command is writing"), "\(second)")
                waiting.send(SIGINT)
                #expect(try await waiting.exitCode() == 130)
                #expect(!Self.exists(file) && !Self.exists(file + ".partial"))
                let killed = try arena.program(["backup", file])
                try await Program.wait(for: "the draft") { Self.exists(file + ".partial") ? () : nil }
                try await killed.kill9()
                #expect(!Self.exists(file) && Self.exists(file + ".partial"))
            }
            let full = try await Self.shell(
                "ulimit -f 1\nhighscores backup '\(file)'",
                arena,
                ["DATABASE_URL": ScratchDatabase.current.url]
            )
            #expect(
                full.code == 1 && full.errors.contains("cannot write '\(file)': File too large"),
                "\(full)"
            )
            #expect(!Self.exists(file) && !Self.exists(file + ".partial"))
            #expect(try await arena.command("backup \(file)").code == 0)
            #expect(Self.exists(file) && !Self.exists(file + ".partial"))
        }
    }
}
