import Foundation
import JSON
import Postgres
import TestSupport
import Testing

/// Commands on the test's database, as programs and people run them.
extension Arena {
    /// The variables of every command on the test's database.
    var commandEnvironment: [String: String] {
        environment.merging(["DATABASE_URL": ScratchDatabase.current.url]) { _, new in new }
    }

    private func place() throws -> URL {
        let place = folder.appendingPathComponent("command-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        return place
    }

    /// Starts a command without a terminal, its output in files of its own.
    func program(_ arguments: [String], with variables: [String: String] = [:]) throws -> Program {
        try Program(
            arguments,
            environment: commandEnvironment.merging(variables) { _, new in new },
            folder: try place()
        )
    }

    /// Starts a command before a person, whose terminal shows no colours unless the variables say otherwise.
    func terminal(
        _ arguments: [String],
        with variables: [String: String] = [:],
        columns: Int? = nil
    ) throws -> Terminal {
        let plain = ["TERM": "xterm", "NO_COLOR": "1"].merging(variables) { _, new in new }
        return try Terminal(
            arguments,
            environment: commandEnvironment.merging(plain) { _, new in new },
            folder: try place(),
            columns: columns
        )
    }

    /// Runs a command, whose arguments hold no spaces, to its end without a terminal.
    func command(_ line: String, with variables: [String: String] = [:]) async throws -> CommandResult {
        try await run(
            line.split(separator: " ").map(String.init),
            with: ["DATABASE_URL": ScratchDatabase.current.url].merging(variables) { _, new in new }
        )
    }

    /// Plays scores in a chat and has Telegram hold them; afterwards nothing runs.
    func played(_ scores: [(player: Int64, score: Int)]) async throws {
        let service = try await serve()
        let message = try post(Arena.tetris, in: Arena.friday)
        for (player, score) in scores { try await play(player, message, at: service, score) }
        try await Program.wait(for: "all deliveries to be settled") { () -> Void? in
            try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
                try session.query("SELECT 1 FROM deliveries WHERE state <> 'done'").isEmpty ? () : nil
            }
        }
        try await service.stop()
        // Where polled updates belong.
        call("deleteWebhook", "{}")
    }
}
