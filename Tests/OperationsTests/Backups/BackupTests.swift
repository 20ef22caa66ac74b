import Glibc
import Leaderboards
import Postgres
import Scoring
import ScoringSupport
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Operations

/// What is restored is what was backed up, and what remembers the old database learns of it.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct BackupTests {
    private static let drawn = ["games": "epoch", "boards": "version", "bots": "names"]

    /// What each table holds, but for what is drawn anew.
    private static func contents(_ pool: PostgresPool) async throws -> [String: String] {
        let parts = DatabaseContent.tableNames.map { name in
            let row = drawn[name].map { "(to_jsonb(t) - '\($0)')" } ?? "t"
            return
                "SELECT '\(name)', coalesce(string_agg(\(row)::text, E'\\n' ORDER BY \(row)::text), '') FROM \(name) t"
        }
        return try await pool.withSession { session throws(PostgresError) in
            let rows = try session.query(Query(unescaped: parts.joined(separator: " UNION ALL ")))
                .decode(String.self, String.self)
            return Dictionary(rows) { first, _ in first }
        }
    }

    /// Plays, judges, bans, erases, merges: hardly a table stays empty.
    private static func play(_ stage: Stage) async throws {
        let administration = stage.administration
        let (first, second) = (StageChat(1), StageChat(2))
        for (player, score) in [(1, 500), (2, 900), (3, 700), (4, 100)] as [(Int64, Int32)] {
            _ = try await stage.play(player, in: first, score: score)
            _ = try await stage.play(player, in: second, score: score + 1)
        }
        let run = try stage.highscores.startRun(launchToken: stage.launchToken(5, in: first))
        _ = try await stage.submit(50, with: run.runToken, metadata: #"{"a": "\u0000\t\\."}"#)
        try await stage.sql("UPDATE players SET first_name = E'Zoë\\t\\n\\\\. 漢字' WHERE player_id = 1")
        _ = try await administration.ban(
            PlayerID(rawValue: 2),
            from: .everywhere,
            terms: ChangeTerms(reason: "a\\b")
        )
        _ = try await administration.erase(PlayerID(rawValue: 4))
        _ = try await administration.createKey(for: stage.currentGame(), label: "server")
    }

    private static func backup(_ stage: Stage) async throws -> (bytes: [UInt8], summary: BackupSummary) {
        let bytes = Mutex<[UInt8]>([])
        let summary = try await stage.administration.backup(program: "0.1.0") { piece in
            bytes.withLock { $0 += piece }
        }
        return (bytes.withLock { $0 }, summary)
    }

    private static func restore(_ bytes: [UInt8], _ pool: PostgresPool, isDryRun: Bool = false) async throws {
        let checked = try BackupReader.verify(pieces(of: bytes, 1000))
        try await Administration(pool: pool, actor: "test").restore(checked, isDryRun: isDryRun) {
            pieces(of: bytes, 4096)
        }
    }

    /// Gives bytes in pieces.
    static func pieces(of bytes: [UInt8], _ size: Int) -> () throws -> [UInt8] {
        var rest = bytes[...]
        return {
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
    }

    private static func empty(_ pool: PostgresPool) async throws {
        try await pool.withSession { session throws(PostgresError) in
            try session.script("DROP SCHEMA highscores CASCADE; CREATE SCHEMA highscores")
        }
    }

    @Test func `every table is in a backup, behind those to which it refers`() async throws {
        let found = try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            (
                try session.query(
                    """
                    SELECT relname::text FROM pg_class
                    WHERE relnamespace = 'highscores'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
                      AND relname <> 'schema_migrations'
                    """
                ).decode(String.self),
                try session.query(
                    """
                    SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
                    WHERE contype = 'f' AND connamespace = 'highscores'::regnamespace AND conparentid = 0
                    """
                ).decode(String.self, String.self)
            )
        }
        let names = DatabaseContent.tableNames
        #expect(Set(found.0) == Set(names) && found.0.count == names.count)
        for (table, other) in found.1 where table != other {
            let places = [table, other].map { names.firstIndex(of: $0) ?? -1 }
            #expect(places[0] > places[1], "\(table) refers to \(other)")
        }
    }

    @Test func `what is restored is what was backed up`() async throws {
        try await Stage.with { stage in
            try await Self.play(stage)
            let launch = try await stage.press(3, in: StageChat(1))
            let before = try await Self.contents(stage.pool)
            #expect(before.filter { !$0.value.isEmpty }.count > 15, "\(before.keys)")
            let numbers: Query = """
                SELECT string_agg(v::text, ' ' ORDER BY v) FROM (SELECT epoch FROM games UNION ALL SELECT version FROM boards
                UNION ALL SELECT names FROM bots) AS x (v)
                """
            let old = try await stage.value(String.self, numbers)
            let (bytes, summary) = try await Self.backup(stage)
            #expect(summary.counts["scores"] == 7 && summary.rows == summary.counts.values.reduce(0, +))

            try await Self.empty(stage.pool)
            try await Self.restore(bytes, stage.pool, isDryRun: true)
            #expect(try await stage.value(Bool.self, "SELECT to_regclass('games') IS NULL") == true)
            try await Self.restore(bytes, stage.pool)
            var after = try await Self.contents(stage.pool)
            let audit = try #require(after["audit"])
            #expect(audit.contains("database.restore"))
            after["audit"] = audit.split(separator: "\n").filter { !$0.contains("database.restore") }
                .joined(separator: "\n")
            #expect(after == before)

            // Nothing that anybody remembers is confirmed.
            let new = try #require(try await stage.value(String.self, numbers))
            let olds = Set((old ?? "").split(separator: " "))
            #expect(olds.count > 10 && olds.isDisjoint(with: new.split(separator: " ")))

            // Triggers watch again, and ids go on.
            let triggers: Query = "SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'"
            #expect(try await stage.value(Int.self, triggers) == 0)
            let report = try await stage.administration.rebuildGame(stage.currentGame(), isDryRun: true)
            #expect(report.isEmpty)
            let run = try stage.highscores.startRun(launchToken: launch)
            #expect(try await stage.submit(9000, with: run.runToken).outcome == .newBest)
            let other = try await stage.play(9, in: StageChat(3), score: 5)
            #expect(other.outcome == .newBest)
        }
    }

    @Test func `a database that holds anything is left alone`() async throws {
        try await Stage.with { stage in
            let (bytes, _) = try await Self.backup(stage)
            for isDryRun in [true, false] {
                let error = await #expect(throws: OperationError.self) {
                    try await Self.restore(bytes, stage.pool, isDryRun: isDryRun)
                }
                let text = error?.description ?? ""
                #expect(text.contains("is not empty: there are rows in bots, games"), "\(text)")
            }
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM audit") == 0)
        }
    }

    @Test func `a backup of one moment does not see what is written meanwhile`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: StageChat(1), score: 1)
            let bytes = Mutex<[UInt8]>([])
            let hasWritten = Mutex(false)
            let other = try PostgresConfiguration(connectionString: ScratchDatabase.current.url)
            let game = stage.game
            try await PostgresPool.with(other) { pool in
                _ = try await stage.administration.backup(program: "0.1.0") { piece in
                    bytes.withLock { $0 += piece }
                    guard !hasWritten.withLock({ was in (was, was = true).0 }) else { return }
                    // On the backup's own thread, which waits for it.
                    try blocking {
                        try await pool.transaction { session throws(PostgresError) in
                            try session.execute("UPDATE games SET title = 'Later' WHERE game_id = \(game)")
                            try session.execute("DELETE FROM entries")
                            try session.execute("DELETE FROM scores")
                        }
                    }
                }
            }
            let text = String(decoding: bytes.withLock { $0 }, as: UTF8.self)
            #expect(!text.contains("Later") && text.contains("\"scores\":1"), "\(text)")
        }
    }

    @Test func `a backup of another schema is refused`() throws {
        let head = BackupHead(
            program: "0.2.0",
            server: "15",
            takenAt: Instant(milliseconds: 0),
            steps: [SchemaStep(number: 1, checksum: "00")]
        )
        let error = #expect(throws: OperationError.self) { try Administration.requireFit(of: head) }
        #expect(error?.description.contains("version 0.2.0") == true)
    }
}

/// Runs something asynchronous on a thread that may wait.
private func blocking(_ body: @escaping @Sendable () async throws -> Void) throws {
    let result = Mutex<Result<Void, any Error>?>(nil)
    Task.detached {
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        result.withLock { $0 = outcome }
    }
    while true {
        if let outcome = result.withLock({ $0 }) { return try outcome.get() }
        usleep(1000)
    }
}
