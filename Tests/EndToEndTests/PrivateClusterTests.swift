import Curl
import Foundation
import JSON
import Simulator
import TestSupport
import Testing

/// The database that the program brings along.
@Suite(.serialized, .timeLimit(.minutes(10))) struct PrivateClusterTests {
    private static let own = ["DATABASE_URL": "", "HIGHSCORES_SECRET": ""]

    @Test func `nothing but a token is needed, and games are added beside the running server`() async throws {
        try await Arena.with { arena in
            var service = try await arena.serve([], Self.own)
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let early = try await arena.telegram.press(user: Arena.ada, message)
            #expect(early.url == nil)
            #expect(early.showsAlert)
            let added = try await arena.run(
                "game",
                "add",
                "arena_bot/tetris",
                "--url",
                "https://play.example/tetris/",
                with: Self.own
            )
            #expect(added.code == 0, "\(added.errors)")
            try await Program.wait(for: "the server to know the game") {
                try await arena.telegram.press(user: Arena.zoe, message).url.map { _ in () }
            }
            let launch = try await arena.launch(Arena.ada, message)
            let run = try await service.startRun(launch)
            #expect(try await service.submit(41, run).status == 200)
            await arena.expectTable([Arena.ada: 41])
            let port = service.port
            try await service.stop()

            // What was generated and stored is there again.
            service = try await arena.serve([], Self.own, port: port)
            #expect(try await service.board(launch) == ["\(Arena.ada)": 41])
            #expect(try await service.submit(41, run).headers["Idempotency-Replayed"] == "true")
            let other = try await service.startRun(launch)
            #expect(try await service.submit(42, other).status == 200)

            // The program and its database, both at once and without warning.
            try await service.program.kill9()
            try killDatabase(in: arena.folder)
            service = try await arena.serve([], Self.own, port: port)
            #expect(try await service.board(launch) == ["\(Arena.ada)": 42])
            await arena.expectTable([Arena.ada: 42], within: 60_000)

            let shown = try await arena.run("board", "show", "tetris", "--json", with: Self.own)
            #expect(shown.code == 0, "\(shown.errors)")
            #expect(shown.output.contains("42"))
            try await service.stop()
            #expect(try databases(in: arena.folder).isEmpty)
        }
    }

    /// The servers that keep their data in a folder.
    private func databases(in folder: URL) throws -> [pid_t] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap(pid_t.init).filter {
            process in
            guard let words = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else {
                return false
            }
            let text = String(decoding: words, as: UTF8.self)
            return text.contains("postgres\0") && text.contains(folder.lastPathComponent)
        }
    }

    private func killDatabase(in folder: URL) throws {
        let servers = try databases(in: folder)
        #expect(!servers.isEmpty)
        for server in servers { kill(server, SIGKILL) }
    }
}
