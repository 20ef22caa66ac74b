import Leaderboards
import Postgres
import Storage
import TestSupport
import Testing

/// Every statement has one plan, whatever the planner knows of the tables: none touches more pages than it must.
@Suite(.scratchDatabase(.withGame), .serialized, .timeLimit(.minutes(10)))
struct StatementPageTests {
    /// What the planner knows.
    enum Statistics: CaseIterable {
        /// Nothing: no table was ever analysed.
        case none
        /// What was true while there were a few rows.
        case old
        case fresh
    }

    /// What the service may touch at most in one call while people play.
    private static let mostWhilePlaying = 1500

    /// Another plan touches ten times as many pages; dead rows, which stay as long as the oldest transaction at the server
    /// lasts, make some more.
    private static let slack = 2

    /// Pages of tables and indexes that the transaction has asked for so far, those of the catalogue excepted.
    private func pages(_ session: Session) throws(PostgresError) -> Int {
        try session.first(
            """
            SELECT coalesce(sum(pg_stat_get_xact_blocks_fetched(c.oid)), 0)::bigint FROM pg_class c
            WHERE c.relnamespace NOT IN (SELECT n.oid FROM pg_namespace n
                                         WHERE n.nspname IN ('pg_catalog', 'pg_toast', 'information_schema'))
            """
        )?.decode(Int.self) ?? 0
    }

    /// Makes a call in a transaction that is rolled back; how many pages it touched.
    private func touched(
        by bound: PageBound,
        planning mode: String,
        _ connection: PostgresConnection
    ) async throws -> Int {
        try await connection.transaction(.init(isDryRun: true)) { session throws(PostgresError) in
            try session.script("SET LOCAL plan_cache_mode = \(mode)")
            let scene = try PageScene(session)
            let before = try pages(session)
            try bound.run(session, scene)
            return try pages(session) - before
        }
    }

    private func check(
        _ statistics: Statistics,
        planning mode: String,
        _ connection: PostgresConnection
    ) async {
        for bound in PageBound.all {
            do {
                let pages = try await touched(by: bound, planning: mode, connection)
                #expect(
                    pages <= bound.pages * Self.slack,
                    "\(bound.name), statistics: \(statistics), \(mode)"
                )
                #expect(pages > 0 || bound.pages == 0, "\(bound.name) looks at nothing")
            } catch {
                Issue.record("\(bound.name): \(error)")
            }
        }
    }

    @Test(arguments: Statistics.allCases)
    func `no statement touches more pages than it must`(statistics: Statistics) async throws {
        let pool = ScratchDatabase.current.pool
        try await pool.withSession { session throws(PostgresError) in
            try PageScene.begin(session)
            try PageScene.add(.few, session)
            if statistics == .old { try session.script("ANALYZE") }
        }
        try await pool.withConnection { early in
            // Plans that were made while there was hardly anything stay as long as nobody analyses a table. What fails is
            // planned all the same: a chat that it needs may not be there yet.
            for bound in PageBound.all where bound.reason == nil {
                _ = try? await touched(by: bound, planning: "force_generic_plan", early)
            }
            try await pool.withSession { session throws(PostgresError) in
                try PageScene.add(.most, session)
                let scene = try PageScene(session)
                try session.rankBucketsRebuild(of: [scene.globalBoard], game: scene.game.id)
                try PageScene.wear(session)
                if statistics == .fresh { try session.script("ANALYZE") }
            }
            await check(statistics, planning: "force_generic_plan", early)
            try await pool.withConnection { late in
                await check(statistics, planning: "force_generic_plan", late)
                await check(statistics, planning: "force_custom_plan", late)
            }
        }
    }

    @Test func `only what walks over tables by its nature may touch many pages`() {
        for bound in PageBound.all where bound.reason == nil {
            #expect(bound.pages <= Self.mostWhilePlaying, "\(bound.name)")
        }
    }

    @Test func `every statement that is declared has a bound`() throws {
        let declared = try StorageDeclarations.all
        let bounded = Set(PageBound.all.map(\.name))
        #expect(declared.subtracting(bounded).sorted() == [])
        #expect(bounded.subtracting(declared).sorted() == [])
    }
}
