import Foundation
import TestSupport
import Testing

/// Programs around ours may start it without standard streams, or stop reading.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct StandardStreamTests {
    /// Starts the program by a shell that closes or leads away what stands behind its arguments.
    private static func start(
        _ line: String,
        in folder: URL,
        with environment: [String: String] = [:]
    ) throws -> Program {
        let place = folder.appendingPathComponent("closed-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        return try Program(
            ["-c", line],
            environment: environment.merging(["highscores": try Program.path()]) { $1 },
            folder: place,
            at: "/bin/sh"
        )
    }

    static let closed: [(line: String, code: Int32, says: String)] = [
        ("--version >&-", 1, "standard output is closed"), ("--version 2>&-", 0, ""),
        ("--version <&-", 0, ""),
        ("--version <&- >&- 2>&-", 1, ""), ("--help >&-", 1, "standard output is closed"),
        ("nothing >&-", 2, "nothing"),
        ("nothing 2>&-", 2, ""), ("completions bash >&-", 1, "standard output is closed"),
        ("game list >&-", 1, "standard output is closed"), ("game list 2>&-", 0, ""),
        ("game list <&- 2>&-", 0, ""),
        ("game disable tetris --yes >&-", 1, "nothing was done"),
        ("demo >&-", 1, "standard output is closed"),
        ("simulator >&-", 1, "standard output is closed"), ("import scores - --game tetris <&-", 1, "'-'"),
        ("serve --no-such-option >&- 2>&-", 2, ""), ("doctor >&-", 1, "standard output is closed"),
    ]

    @Test(arguments: closed)
    func `a closed stream ends a command at once`(_ line: String, _ code: Int32, _ says: String) async throws
    {
        try await Arena.with { arena in
            let program = try Self.start(
                "exec \"$highscores\" \(line)",
                in: arena.folder,
                with: arena.commandEnvironment
            )
            #expect(try await program.exitCode() == code, "\(program.standardError)")
            #expect(says.isEmpty || program.standardError.contains(says), "\(program.standardError)")
            let games = try await arena.command("game list --fields game,enabled")
            #expect(games.output.contains("arena_bot/tetris\tyes"), "\(games.output)")
        }
    }

    @Test func `a service needs none of them`() async throws {
        try await Arena.with { arena in
            let port = try Program.freePort()
            let program = try Self.start(
                "exec \"$highscores\" serve --listen 127.0.0.1:\(port) <&- >&- 2>&-",
                in: arena.folder,
                with: arena.commandEnvironment.merging(["HIGHSCORES_UPDATES": "off"]) { $1 }
            )
            let service = Service(program: program, port: port, http: arena.http)
            try await service.waitUntilReady(200)
            try await service.stop()
        }
    }

    @Test(arguments: ["", " 2>&1"])
    func `a reader that has seen enough ends a command well`(_ errors: String) async throws {
        try await Arena.with { arena in
            // More than a pipe holds, so that the writer meets its end.
            let line =
                "{ \"$highscores\" manual --help; \"$highscores\" completions bash\(errors); echo $? >code; } | head -1"
            let program = try Self.start("cd \(arena.folder.path); \(line)", in: arena.folder)
            #expect(try await program.exitCode() == 0)
            #expect(try String(contentsOfFile: arena.folder.path + "/code", encoding: .utf8) == "0\n")
        }
    }
}
