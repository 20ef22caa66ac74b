import Curl
import Foundation
import Postgres
import TestSupport
import Testing

/// A database that is there and cannot be worked with is told from one that can.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct DatabaseFitnessTests {
    private static func sql(_ script: String) async throws {
        try await ScratchServer.shared.pool.withSession { session throws(PostgresError) in
            try session.script(script)
        }
    }

    @Test(arguments: ["SQL_ASCII", "LATIN1"])
    func `another encoding than UTF-8 is refused with what to do`(encoding: String) async throws {
        let name = ScratchDatabase.current.name + "_encoded"
        try await Self.sql("CREATE DATABASE \(name) ENCODING '\(encoding)' LOCALE 'C' TEMPLATE template0")
        let url = ScratchDatabase.current.configuration.connectionString(database: name)
        try await Arena.with { arena in
            let commands = [
                ["migrate", "up"], ["migrate", "up", "--dry-run"], ["serve"], ["serve", "--migrate"],
            ]
            for arguments in commands + [["game", "list"], ["migrate", "status"]] {
                let result = try await arena.run(arguments, with: ["DATABASE_URL": url])
                #expect(result.code == 2, "\(arguments): \(result)")
                #expect(result.errors.contains("encoding is \(encoding)"), "\(arguments): \(result)")
                #expect(result.errors.contains("ENCODING 'UTF8'"), "\(arguments): \(result)")
            }
            let doctor = try await arena.run("doctor", with: ["DATABASE_URL": url])
            #expect(doctor.code == 1 && doctor.output.contains("encoding is \(encoding)"), "\(doctor)")
        }
        try await Self.sql("DROP DATABASE \(name)")
    }

    @Test(arguments: [
        """
        CREATE TABLE public.schema_migrations (number bigint, name text, checksum bytea, applied_at timestamptz)
        """,
        """
        CREATE SCHEMA highscores;
        CREATE TABLE schema_migrations (
            number bigint PRIMARY KEY, name text NOT NULL, checksum bytea NOT NULL, applied_at timestamptz NOT NULL
        );
        INSERT INTO schema_migrations
        SELECT number, name, sha256(name::bytea), now()
        FROM unnest(ARRAY['identities', 'leaderboards', 'windows']) WITH ORDINALITY AS x (name, number);
        CREATE TABLE games (game_id bigint);
        """,
    ])
    func `tables of an older build are told of, and nothing is made beside them`(tables: String) async throws
    {
        let database = ScratchDatabase.current
        func relations() async throws -> [String] {
            try await database.pool.withSession { session throws(PostgresError) in
                try session.query(
                    """
                    SELECT n.nspname || '.' || coalesce(c.relname, '') FROM pg_namespace n
                    LEFT JOIN pg_class c ON c.relnamespace = n.oid
                    WHERE n.nspname IN ('highscores', 'public') ORDER BY 1
                    """
                ).decode(String.self)
            }
        }
        try await database.pool.withSession { session throws(PostgresError) in
            try session.script("DROP SCHEMA highscores CASCADE; \(tables)")
        }
        let before = try await relations()
        try await Arena.with { arena in
            let commands = [
                ["migrate", "up"], ["migrate", "up", "--dry-run"], ["serve"], ["serve", "--migrate"],
            ]
            for arguments in commands + [["migrate", "status"], ["game", "list"]] {
                let result = try await arena.run(arguments, with: ["DATABASE_URL": database.url])
                #expect(result.code == 5, "\(arguments): \(result)")
                #expect(result.errors.contains("Export with the older program"), "\(arguments): \(result)")
            }
        }
        #expect(try await relations() == before)
    }

    @Test func `a database that takes no changes is told of until it takes some`() async throws {
        let name = ScratchDatabase.current.name
        try await Arena.with { arena in
            let service = try await arena.serve()
            try await Self.sql("ALTER DATABASE \(name) SET default_transaction_read_only = on")
            try await Self.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'"
            )
            try await service.waitUntil("unready", "database_read_only")
            #expect(try await service.readiness().status == 503)
            let metrics = try await service.send(.get, "/metrics")
            #expect(metrics.text.contains("highscores_ready 0"))
            let doctor = try await arena.run("doctor", with: ["DATABASE_URL": ScratchDatabase.current.url])
            #expect(doctor.code == 1 && doctor.output.contains("takes no changes"), "\(doctor)")
            try await Self.sql("ALTER DATABASE \(name) RESET default_transaction_read_only")
            try await Self.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'"
            )
            try await service.waitUntilReady()
            try await service.stop()
        }
    }

    @Test func `a database that may lose what it acknowledges is told of, and served`() async throws {
        let name = ScratchDatabase.current.name
        try await Self.sql("ALTER DATABASE \(name) SET synchronous_commit = off")
        try await Arena.with { arena in
            let service = try await arena.serve()
            try await service.waitUntil("degraded", "database_lax")
            #expect(try await service.readiness().status == 200)
            let metrics = try await service.send(.get, "/metrics")
            #expect(metrics.text.contains("highscores_ready 1"))
            try await service.stop()
        }
    }

    @Test func `a server that turns read-only beneath its sessions, and one that freezes, are told of`()
        async throws
    {
        try await Arena.with { arena in
            try await CrashingServer.with { server in
                let service = try await arena.serve(["--migrate"], ["DATABASE_URL": server.url])
                try await server.withPool { pool in
                    try await pool.withSession { session throws(PostgresError) in
                        try session.execute("ALTER SYSTEM SET default_transaction_read_only = on")
                        try session.execute("SELECT pg_reload_conf()")
                    }
                    try await service.waitUntil("unready", "database_read_only")
                    try await pool.withSession { session throws(PostgresError) in
                        try session.execute("ALTER SYSTEM RESET default_transaction_read_only")
                        try session.execute("SELECT pg_reload_conf()")
                    }
                }
                try await service.waitUntilReady()
                try await server.freezing {
                    try await service.waitUntil("unready", "database_unavailable")
                }
                try await service.waitUntilReady()
                try await service.stop()
            }
        }
    }

    @Test func `a role without rights is told of`() async throws {
        let role = ScratchDatabase.current.name + "_role"
        try await Self.sql("CREATE ROLE \(role) LOGIN")
        try await Arena.with { arena in
            let url = ScratchDatabase.current.url + " user='\(role)'"
            let result = try await arena.run("serve", with: ["DATABASE_URL": url])
            #expect(result.code != 0, "\(result)")
            #expect(result.errors.contains("Deploy/roles.sql"), "\(result)")
        }
        try await Self.sql("DROP ROLE \(role)")
    }
}
