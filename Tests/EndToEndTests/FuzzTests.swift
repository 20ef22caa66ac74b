import Curl
import Foundation
import JSON
import Pages
import Simulator
import TestSupport
import Testing

/// The running service against its own description, by a program that knows nothing but that.
@Suite(.scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct FuzzTests {
    /// Where the fuzzer's settings are.
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fuzz").path

    /// What the fuzzer needs to be let in.
    private static func credentials(_ arena: Arena, _ service: Service) async throws -> [String: String] {
        let webhook = arena.telegram.read { $0.bots[Arena.bot]?.webhook }
        let message = try arena.post(Arena.tetris, in: Arena.friday)
        // So many that most pages have others before and after them.
        for player in Arena.omar + 1...Arena.omar + 60 {
            arena.telegram.change { telegram, _ in
                telegram.addUser(SimulatedUser(id: player, firstName: "P\(player)"))
            }
            try await arena.play(player, message, at: service, Int(player % 50))
        }
        let launch = try await arena.launch(Arena.ada, message)
        let key = try await arena.run(
            ["key", "create", "arena_bot/tetris", "--label", "fuzzer", "--fields", "key"],
            with: ["DATABASE_URL": ScratchDatabase.current.url]
        )
        try #require(key.code == 0, "\(key.errors)")
        let run = try await service.send(.post, "/v1/runs", token: launch)
        return [
            "FUZZ_FOLDER": folder, "PYTHONDONTWRITEBYTECODE": "1", "FUZZ_LAUNCH": launch,
            "FUZZ_BOARD_TOKEN": try #require(run.json["board_token"]?.string),
            "FUZZ_WEBHOOK_SECRET": try #require(webhook?.secret),
            "FUZZ_API_KEY": key.output.trimmingCharacters(in: .newlines),
            "FUZZ_INIT_DATA": MiniAppSample.data(
                for: Arena.ada,
                named: "Ada",
                chat: run.json["chat_instance"]?.string
            ),
            "FUZZ_CHAT": try #require(run.json["chat_instance"]?.string),
            "FUZZ_BOT_ID": "\(Arena.bot)", "FUZZ_BOT": "arena_bot", "FUZZ_GAME": Arena.tetris.shortName,
            "FUZZ_SCRIPT_VERSION": Script.version,
        ]
    }

    @Test func `no request brings an answer that the API document does not tell of`() async throws {
        try await Arena.with { arena in
            let game = try await arena.run(
                "game",
                "set",
                "arena_bot/tetris",
                "--public",
                with: ["DATABASE_URL": ScratchDatabase.current.url]
            )
            try #require(game.code == 0, "\(game.errors)")
            let service = try await arena.serve()
            let place = arena.folder.appendingPathComponent("fuzz")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
            let fuzzer = try Program(
                [
                    // It keeps notes where it runs.
                    "--chdir", place.path, ProgramSpawn.find("schemathesis"), "--config-file",
                    "\(Self.folder)/schemathesis.toml", "run", "\(service.base)/openapi.json",
                    "--no-color",
                ],
                environment: try await Self.credentials(arena, service),
                folder: place,
                at: "/usr/bin/env"
            )
            let code = try await fuzzer.exitCode(within: .seconds(300))
            #expect(code == 0, "\(fuzzer.standardOutput)\(fuzzer.standardError)")
            #expect(service.program.isRunning)
            try await service.stop()
        }
    }
}
