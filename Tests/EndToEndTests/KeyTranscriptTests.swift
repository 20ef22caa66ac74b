import Foundation
import JSON
import TestSupport
import Testing

/// What `highscores key` says, word for word.
@Suite(.scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct KeyTranscriptTests {
    @Test func `a key is made, listed and revoked`() async throws {
        try await Arena.with { arena in
            let desk = Transcript(arena)
            try await desk.expect(
                ["key", "list"],
                "highscores: there are no keys; 'key create' makes one\n0"
            )
            try await desk.expect(
                ["key", "create", "tetris", "--label", "ci", "--dry-run"],
                """
                game\tarena_bot/tetris
                label\tci
                highscores: dry run: a key of 'arena_bot/tetris' would be made
                0
                """
            )
            try await desk.expect(
                ["key", "list", "--json"],
                "{\"schema\":1,\"items\":[]}\nhighscores: there are no keys; 'key create' makes one\n0"
            )
            try await desk.expect(
                ["key", "create", "tetris", "--label", "match server"],
                """
                key\tKEY
                id\t2
                game\tarena_bot/tetris
                label\tmatch server
                hint\tHINT
                created_at\tTIME
                last_used_at\t
                revoked_at\t
                highscores: keep the key now, it cannot be shown again
                0
                """
            )
            try await desk.expect(
                ["key", "list", "tetris", "--json"],
                #"""
                {"schema":1,"items":[{"id":"2","game":"arena_bot/tetris","label":"match server","hint":"HINT","created_at":"TIME",\#
                "last_used_at":null,"revoked_at":null}]}
                0
                """#
            )
            let list = try desk.terminal("key", "list", "--fields", "id,game,label,revoked_at")
            #expect(try await list.exitCode() == 0)
            #expect(
                list.screen == """
                    id  game              label         revoked_at
                    2   arena_bot/tetris  match server  

                    """
            )
            let revoke = try desk.terminal("key", "revoke", "2")
            try await revoke.wait(for: "Type match server to go on:")
            try revoke.type("match")
            #expect(try await revoke.exitCode() == 2)
            try await desk.expect(
                ["key", "list", "snake", "--ndjson"],
                ending: "\n0"
            )
            try await desk.expect(
                ["key", "revoke", "2"],
                """
                highscores: The key 'match server' of 'arena_bot/tetris', one row in the database 'DATABASE', \
                would be refused for good. Without a terminal to ask at, '--yes' is needed.
                2
                """
            )
            try await desk.expect(
                ["key", "revoke", "2", "--dry-run", "--fields", "id,label"],
                """
                2\tmatch server
                highscores: dry run: key 'match server' of 'arena_bot/tetris' would be revoked
                0
                """
            )
            try await desk.expect(
                ["key", "revoke", "2", "--yes", "--fields", "id,revoked_at"],
                """
                2\tTIME
                highscores: revoked key 'match server' of 'arena_bot/tetris'
                0
                """
            )
            try await desk.expect(
                ["key", "revoke", "2", "--fields", "id"],
                """
                2
                highscores: key 'match server' of 'arena_bot/tetris' is revoked already
                0
                """
            )
            try await desk.expect(
                ["key", "revoke", "7", "--yes"],
                "highscores: there is no key 7; 'highscores key list' shows those there are\n3"
            )
            try await desk.expect(
                ["key", "create", "tetris", "--dry-run", "--yes", "--fields", "label"],
                "tetris\nhighscores: dry run: a key of 'arena_bot/tetris' would be made\n0"
            )
            try await desk.expect(
                ["key", "create", "chess", "--label", "ci"],
                ending: "\n3"
            )
            try await desk.expect(
                ["key", "create", "tetris", "--label", ""],
                ending: "\n2"
            )
        }
    }
}

/// Runs commands and shows what they said on standard output, then on standard error, then their exit codes, with what
/// differs from one time to the next replaced.
struct Transcript {
    private let arena: Arena

    init(_ arena: Arena) { self.arena = arena }

    /// Starts a command before a person.
    func terminal(_ arguments: String...) throws -> Terminal { try arena.terminal(arguments) }

    /// Runs a command and expects that it says and ends with something.
    func expect(
        _ arguments: [String],
        _ text: String,
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let said = try await run(arguments)
        #expect(said == text, sourceLocation: location)
    }

    /// Runs a command and expects how what it says begins.
    func expect(
        _ arguments: [String],
        beginning text: String,
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let said = try await run(arguments)
        #expect(said.hasPrefix(text), "\(said)", sourceLocation: location)
    }

    /// Runs a command and expects how what it says ends, with its exit code.
    func expect(
        _ arguments: [String],
        ending text: String,
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let said = try await run(arguments)
        #expect(said.hasSuffix(text), "\(said)", sourceLocation: location)
    }

    private func run(_ arguments: [String]) async throws -> String {
        let environment = ["DATABASE_URL": ScratchDatabase.current.url]
        let result = try await arena.run(arguments, with: environment)
        var text = result.output + result.errors + "\(result.code)"
        let replacements = [
            (#"hsk_[A-Za-z0-9_-]{43}"#, "KEY"), (#"hsk_[A-Za-z0-9_-]{4}"#, "HINT"),
            (#"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z"#, "TIME"),
            (#"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"#, "RUN"),
            (#"database '[^']*'"#, "database 'DATABASE'"), (#"audit undo [0-9]+"#, "audit undo N"),
        ]
        for (pattern, name) in replacements {
            text = text.replacingOccurrences(of: pattern, with: name, options: .regularExpression)
        }
        return text
    }
}
