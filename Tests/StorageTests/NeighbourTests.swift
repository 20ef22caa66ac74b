import Foundation
import Leaderboards
import Logging
import Postgres
import Storage
import TestSupport
import Testing

/// Who shares the database with us, and may make things in `public`, cannot slip them under our statements.
@Suite(.scratchDatabase(.withGame), .timeLimit(.minutes(10)))
struct NeighbourTests {
    private let pool = ScratchDatabase.current.pool

    private func run(_ sql: String) async throws {
        try await pool.withSession { session throws(PostgresError) in try session.script(sql) }
    }

    private func flags(_ query: Query) async throws -> [String] {
        try await pool.withSession { session throws(PostgresError) in
            try session.query(query).decode(String.self)
        }
    }

    @Test func `a neighbour's function is run neither in our sessions nor in an operator's`() async throws {
        let name = ScratchDatabase.current.name
        // It fits the trigger's call better than PostgreSQL's own: the name of a table is a name, no text.
        try await run(
            """
            CREATE TABLE public.heard (what text);
            CREATE FUNCTION public.pg_notify(text, name) RETURNS void LANGUAGE sql
                AS $$ INSERT INTO public.heard VALUES ($1) $$;
            ALTER DATABASE \(name) SET search_path = public, \(PostgresConfiguration.schema);
            """
        )
        try await PostgresPool.with(ScratchDatabase.current.configuration) { pool in
            try await pool.withSession { session throws(PostgresError) in
                try session.execute(.botUpsert(BotID(rawValue: 8), username: "other_bot"))
                try session.script(
                    """
                    SET search_path = public, \(PostgresConfiguration.schema);
                    UPDATE \(PostgresConfiguration.schema).games SET title = 'Blocks';
                    """
                )
            }
        }
        #expect(try await flags("SELECT what FROM public.heard") == [])
        // The trap is one.
        try await run("SET search_path = public; SELECT pg_notify('trapped', 'x'::name); RESET search_path")
        #expect(try await flags("SELECT what FROM public.heard") == ["trapped"])
    }

    @Test func `a temporary table does not stand in front of ours`() async throws {
        let games = try await pool.withSession { session throws(PostgresError) in
            try session.script("CREATE TEMPORARY TABLE games (LIKE games)")
            return try session.run(.gamesList())
        }
        #expect(games.map(\.shortName) == ["tetris"])
    }

    @Test func `what a role was given to change what statements mean is set back`() async throws {
        let name = ScratchDatabase.current.name
        try await run(
            """
            ALTER DATABASE \(name) SET standard_conforming_strings = off;
            ALTER DATABASE \(name) SET default_transaction_isolation = 'serializable';
            ALTER DATABASE \(name) SET client_encoding = 'LATIN1';
            """
        )
        let values = try await PostgresPool.with(ScratchDatabase.current.configuration) { pool in
            try await pool.withSession { session throws(PostgresError) in
                try session.run(
                    .serverSettingsGet([
                        "standard_conforming_strings", "transaction_isolation", "client_encoding",
                        "search_path",
                    ])
                )
            }
        }
        #expect(values == ["on", "read committed", "UTF8", "\(PostgresConfiguration.schema), pg_temp"])
    }

    @Test func `every function of ours says where it looks for names`() async throws {
        let loose = try await flags(
            """
            SELECT proname::text FROM pg_proc
            WHERE pronamespace = current_schema()::regnamespace
              AND NOT coalesce(proconfig, '{}') && ARRAY['search_path=highscores, pg_temp']
            """
        )
        #expect(loose == [])
    }

    @Test func `nobody may run a function of ours with its owner's rights unless told`() async throws {
        let open = try await flags(
            """
            SELECT p.proname::text FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
            WHERE p.pronamespace = current_schema()::regnamespace AND p.prosecdef AND a.grantee = 0
            """
        )
        #expect(open == [])
    }

    @Test func `what exchanges months of the log touches nothing else`() async throws {
        for step in ["make_pruned_scores", "seal_pruned_scores", "exchange_pruned_scores"] {
            let error = await #expect(throws: PostgresError.self) {
                try await run("SELECT \(step)('games'::regclass)")
            }
            #expect(error?.message == "games is no month of the log")
        }
    }

    @Test(
        arguments: [
            "CREATE TABLE highscores.trap (); ALTER TABLE highscores.trap OWNER TO neighbour",
            """
            CREATE FUNCTION highscores.trap() RETURNS int LANGUAGE sql AS 'SELECT 1';
            ALTER FUNCTION highscores.trap() OWNER TO neighbour
            """,
            "GRANT CREATE ON SCHEMA highscores TO neighbour", "GRANT CREATE ON SCHEMA highscores TO PUBLIC",
        ]
    )
    func `a schema in which others have made something, or may, is not moved into`(deed: String) async throws
    {
        let neighbour = ScratchDatabase.current.name + "_neighbour"
        let deed = deed.replacingOccurrences(of: "neighbour", with: neighbour)
        try await run(
            "DROP SCHEMA highscores CASCADE; CREATE SCHEMA highscores; CREATE ROLE \(neighbour); \(deed)"
        )
        let pool = pool
        let error = await #expect(throws: PostgresError.self) {
            _ = try await Schema.migrations().apply(pool)
        }
        #expect(error?.code == .migration)
        #expect(error?.message.contains(deed.contains("PUBLIC") ? "PUBLIC" : neighbour) == true)
        try await run("DROP OWNED BY \(neighbour); REVOKE CREATE ON SCHEMA highscores FROM PUBLIC")
        #expect(try await !Schema.migrations().apply(pool).isEmpty)
        try await run("DROP ROLE \(neighbour)")
    }

    @Test func `a schema that somebody else made is not moved into`() async throws {
        let role = ScratchDatabase.current.name + "_other"
        try await run(
            """
            DROP SCHEMA \(PostgresConfiguration.schema) CASCADE;
            CREATE ROLE \(role) LOGIN;
            GRANT CREATE ON DATABASE \(ScratchDatabase.current.name) TO \(role);
            CREATE SCHEMA \(PostgresConfiguration.schema);
            """
        )
        let url = ScratchDatabase.current.url + " user='\(role)'"
        let error = await #expect(throws: PostgresError.self) {
            try await PostgresPool.with(try PostgresConfiguration(connectionString: url)) { pool in
                _ = try await Schema.migrations().apply(pool)
            }
        }
        #expect(error?.message.contains("belongs to") == true)
        try await run("DROP SCHEMA \(PostgresConfiguration.schema)")
        // Where there is none, whoever may make one does.
        let applied = try await PostgresPool.with(try PostgresConfiguration(connectionString: url)) { pool in
            try await Schema.migrations().apply(pool)
        }
        #expect(!applied.isEmpty)
        try await run("DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)")
    }
}
