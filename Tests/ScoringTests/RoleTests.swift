import Foundation
import Leaderboards
import Postgres
import ScoringSupport
import Storage
import TestSupport
import Testing

import Operations
@testable import Scoring

/// The service works with the rights that `Deploy/roles.sql` gives it, and no others.
@Suite(.scratchDatabase, .timeLimit(.minutes(10))) struct RoleTests {
    private static let chat = StageChat(1)

    /// Runs the script as the database's superuser.
    private static func runScript(_ owner: String, _ service: String) async throws -> (Int32, errors: String)
    {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Deploy/roles.sql").path
        return try await Program.withFolder { folder in
            let arguments = [
                "-X", "-q", "--set=owner=\(owner)", "--set=service=\(service)", "--file=\(script)",
                ScratchDatabase.current.url,
            ]
            let status = try await ProgramSpawn.run(ProgramSpawn.find("psql"), arguments, folder: folder)
            let errors = try String(contentsOf: folder.appendingPathComponent("stderr"), encoding: .utf8)
            return (status, errors)
        }
    }

    /// Runs a body with roles made by the script, whose names are the database's and a suffix.
    private static func withRoles(
        _ body: (_ owner: PostgresConfiguration, _ service: PostgresConfiguration) async throws -> Void
    ) async throws {
        let database = ScratchDatabase.current
        let (owner, service) = (database.name + "_owner", database.name + "_service")
        for _ in 0..<2 {
            // Twice: run again, it changes nothing.
            let (status, errors) = try await runScript(owner, service)
            try #require(status == 0, "\(errors)")
        }
        func configuration(_ role: String) throws -> PostgresConfiguration {
            try PostgresConfiguration(connectionString: database.url + " user='\(role)'")
        }
        try await body(try configuration(owner), try configuration(service))
        try await database.pool.withSession { session throws(PostgresError) in
            for role in [service, owner] {
                try session.script("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)")
            }
        }
    }

    @Test func `the service plays over ends of months, moderates, imports, rebuilds and prunes`() async throws
    {
        try await Self.withRoles { owner, service in
            try await PostgresPool.with(owner) { pool in _ = try await Schema.migrations().apply(pool) }
            var unhurried = service
            unhurried.statementTimeout = .seconds(30)
            unhurried.poolWaitTimeout = .seconds(30)
            try await PostgresPool.with(unhurried) { pool in
                try await Stage.with {
                    $0.pool = pool
                    $0.rules.retention = .relevant
                } _: { stage in
                    for month in 0..<4 {
                        for score: Int32 in 1...5 {
                            let receipt = try await stage.play(1, in: Self.chat, score: score + Int32(month))
                            #expect(receipt.outcome == (score < 5 && month > 0 ? .notBetter : .newBest))
                        }
                        stage.clock.advance(by: .seconds(31 * 24 * 3600))
                    }
                    try await Self.administer(stage)
                }
                // It may do all of this, and not change the schema.
                let error = await #expect(throws: PostgresError.self) {
                    try await pool.withSession { session throws(PostgresError) in
                        try session.script("ALTER TABLE scores ADD COLUMN more text")
                    }
                }
                #expect(error?.sqlState == .insufficientPrivilege)
            }
        }
    }

    private static func administer(_ stage: Stage) async throws {
        let administration = stage.administration
        let game = try await stage.currentGame()
        let player = PlayerID(rawValue: 1)
        _ = try await administration.ban(player, from: .everywhere)
        _ = try await administration.unban(player, from: .everywhere)
        #expect(try await administration.rebuildGame(game).isEmpty)
        let pruned = try await administration.pruneGame(game, margin: .zero)
        #expect(pruned.dropped > 0)
        #expect(try await stage.value(Int.self, "SELECT count(*) FROM scores") == pruned.kept)
        // What took the place of a month is as open to the service as what was there.
        _ = try await administration.erase(player)
        #expect(try await stage.value(Int.self, "SELECT count(*) FROM scores") == 0)
        _ = try await stage.play(2, in: chat, score: 3)
    }

    @Test func `a role without any rights is told so`() async throws {
        try await Self.withRoles { owner, service in
            let error = await #expect(throws: PostgresError.self) {
                try await PostgresPool.with(service) { pool in _ = try await Schema.migrations().apply(pool) }
            }
            #expect(error?.message.contains("migrate as that role") == true)
            _ = owner
        }
    }

    @Test func `the service reads the books of the schema and does not write in them`() async throws {
        try await Self.withRoles { owner, service in
            try await PostgresPool.with(owner) { pool in _ = try await Schema.migrations().apply(pool) }
            let name = ScratchDatabase.current.name
            // As the owner left them, and after the script has run once more.
            for isAgain in [false, true] {
                if isAgain {
                    let (status, errors) = try await Self.runScript(name + "_owner", name + "_service")
                    try #require(status == 0, "\(errors)")
                }
                try await PostgresPool.with(service) { pool in
                    let states = try await pool.withSession { session throws(PostgresError) in
                        try Schema.migrations().status(session)
                    }
                    #expect(states.isCurrent)
                    for deed in ["DELETE FROM schema_migrations", "UPDATE schema_migrations SET name = ''"] {
                        let error = await #expect(throws: PostgresError.self) {
                            try await pool.withSession { session throws(PostgresError) in
                                try session.script(deed)
                            }
                        }
                        #expect(error?.sqlState == .insufficientPrivilege, "\(deed)")
                    }
                }
            }
        }
    }

    @Test(
        arguments: [
            "CREATE TABLE highscores.trap (); ALTER TABLE highscores.trap OWNER TO neighbour",
            "GRANT CREATE ON SCHEMA highscores TO neighbour", "GRANT CREATE ON SCHEMA highscores TO PUBLIC",
        ]
    )
    func `a schema in which others have made something, or may, is not taken over`(deed: String) async throws
    {
        let name = ScratchDatabase.current.name
        let neighbour = name + "_neighbour"
        let deed = deed.replacingOccurrences(of: "neighbour", with: neighbour)
        try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            try session.script("CREATE ROLE \(neighbour); \(deed)")
        }
        let (status, errors) = try await Self.runScript(name + "_owner", name + "_service")
        #expect(status == 3)
        #expect(errors.contains(deed.contains("PUBLIC") ? "PUBLIC" : neighbour), "\(errors)")
        try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            let made = try session.query("SELECT FROM pg_roles WHERE rolname = \(name + "_owner")")
            #expect(made.isEmpty)
            try session.script("DROP OWNED BY \(neighbour); DROP ROLE \(neighbour)")
        }
    }
}
