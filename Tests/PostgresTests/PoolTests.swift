import Foundation
import Logging
import Postgres
import ServiceLifecycle
import TestSupport
import Testing

/// The pool shares a bounded number of connections fairly and replaces the broken ones.
@Suite(.scratchDatabase, .timeLimit(.minutes(10)))
struct PoolTests {
    private let database = ScratchDatabase.current
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func pool(_ change: (inout PostgresConfiguration) -> Void = { _ in }) -> PostgresPool {
        var configuration = database.configuration
        configuration.maximumConnections = 1
        change(&configuration)
        return PostgresPool(configuration: configuration, logger: logger)
    }

    private func backend(_ pool: PostgresPool) async throws -> Int? {
        try await pool.withSession { session throws(PostgresError) in
            try session.first("SELECT pg_backend_pid()")?.decode(Int.self)
        }
    }

    @Test func `a caller who waits too long is told so`() async throws {
        let pool = pool { $0.poolWaitTimeout = .milliseconds(20) }
        // Opening the first connection may take longer than that.
        try await until { (try? await backend(pool)) != nil }
        let error = try await pool.withConnection { _ in
            await #expect(throws: PostgresError.self) { try await backend(pool) }
        }
        #expect(error?.code == .poolTimeout)
        #expect(error?.isUnavailable == true)
        #expect(try await backend(pool) != nil)
        await pool.close(within: .zero)
    }

    @Test func `one caller too many is refused at once`() async throws {
        let pool = pool { $0.maximumWaiters = 1 }
        let caller = try await pool.withConnection { _ in
            let caller = Task { try await backend(pool) }
            try await until { pool.statistics.waiting == 1 }
            let error = await #expect(throws: PostgresError.self) { try await backend(pool) }
            #expect(error?.code == .poolFull)
            return caller
        }
        #expect(try await caller.value != nil)
        await pool.close(within: .zero)
    }

    @Test func `callers are served in the order of their arrival`() async throws {
        let pool = pool()
        let order = Recorder<Int>()
        let callers = try await pool.withConnection { _ in
            var callers: [Task<Void, any Error>] = []
            for number in 1...5 {
                let caller = Task {
                    try await pool.withSession { _ throws(PostgresError) in order.record(number) }
                }
                callers.append(caller)
                try await until { pool.statistics.waiting == number }
            }
            return callers
        }
        for caller in callers { try await caller.value }
        #expect(order.all == [1, 2, 3, 4, 5])
        await pool.close(within: .zero)
    }

    @Test func `a cancelled caller leaves the queue`() async throws {
        let pool = pool()
        try await pool.withConnection { _ in
            let caller = Task { try await backend(pool) }
            try await until { pool.statistics.waiting == 1 }
            caller.cancel()
            let error = await #expect(throws: PostgresError.self) { try await caller.value }
            #expect(error?.code == .cancelled)
            #expect(pool.statistics.waiting == 0)
        }
        await pool.close(within: .zero)
    }

    @Test func `no more connections are opened than allowed, and they are used again`() async throws {
        let pool = pool { $0.maximumConnections = 3 }
        let backends = try await withThrowingTaskGroup { group in
            for _ in 0..<30 { group.addTask { try await backend(pool) } }
            return try await group.reduce(into: Set<Int?>()) { $0.insert($1) }
        }
        #expect((1...3).contains(backends.count))
        await pool.close(within: .zero)
        #expect(pool.statistics.idle == 0 && pool.statistics.inUse == 0)
    }

    @Test func `a connection that died unused is replaced without the caller noticing`() async throws {
        let pool = pool()
        let first = try await backend(pool)
        try await database.pool.withSession { session throws(PostgresError) in
            try session.execute("SELECT pg_terminate_backend(\(first ?? 0)::int, 5000)")
        }
        let second = try await backend(pool)
        #expect(second != nil && second != first)
        #expect(pool.lastFailure == nil)
        await pool.close(within: .zero)
    }

    @Test func `a server that is away fails callers in time, and its return is noticed`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("scratch-link-\(UUID())")
            .path
        let text = "host='\(folder)' user=postgres dbname='\(database.name)' password=s3cret"
        var configuration = try PostgresConfiguration(connectionString: text)
        configuration.poolWaitTimeout = .milliseconds(100)
        let pool = PostgresPool(configuration: configuration, logger: logger)
        let error = await #expect(throws: PostgresError.self) { try await backend(pool) }
        #expect(error?.code == .connectionFailed)
        #expect(error?.isUnavailable == true)
        #expect(String(reflecting: error).contains("s3cret") == false)
        #expect(error?.message.contains { $0.isNewline || $0 == "\t" } == false)
        #expect(pool.lastFailure != nil)

        let host = try #require(database.configuration.hosts.first)
        try #require(host.hasPrefix("/"))
        try FileManager.default.createSymbolicLink(atPath: folder, withDestinationPath: host)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await until { (try? await backend(pool)) != nil }
        #expect(pool.lastFailure == nil)
        await pool.close(within: .zero)
    }

    @Test func `a session's locks end with its use`() async throws {
        let pool = pool()
        let first = try await pool.withSession { session throws(PostgresError) in
            try session.tryAdvisoryLock(1)
        }
        let second = try await database.pool.withSession { session throws(PostgresError) in
            try session.tryAdvisoryLock(1)
        }
        #expect(first && second)
        await pool.close(within: .zero)
    }

    @Test func `a session's lock is held as long as its connection`() async throws {
        let pool = pool()
        try await pool.withConnection { holder in
            #expect(
                try await holder.withSession { session throws(PostgresError) in try session.tryAdvisoryLock(2)
                }
            )
            let other = try await database.pool.withSession { session throws(PostgresError) in
                try session.tryAdvisoryLock(2)
            }
            #expect(other == false)
            #expect(await holder.isAlive())
        }
        await pool.close(within: .zero)
    }

    @Test func `a graceful shutdown lets work finish and refuses more`() async throws {
        let pool = pool {
            $0.shutdownTimeout = .seconds(30)
            $0.poolWaitTimeout = .milliseconds(20)
        }
        try await until { (try? await backend(pool)) != nil }
        let group = ServiceGroup(services: [pool], logger: logger)
        let running = Task { try await group.run() }
        let finished = try await pool.withConnection { connection in
            await group.triggerGracefulShutdown()
            try await until {
                let error = await #expect(throws: PostgresError.self) { try await backend(pool) }
                return error?.code == .poolClosed
            }
            return try await connection.withSession { session throws(PostgresError) in
                try session.first("SELECT 1")?.decode(Int.self)
            }
        }
        #expect(finished == 1)
        try await running.value
    }

    @Test func `a cancelled pool interrupts what is running`() async throws {
        let pool = pool()
        let running = Task { try await pool.run() }
        let work = Task {
            try await pool.withSession { session throws(PostgresError) in
                _ = try session.execute("SELECT pg_sleep(3600)")
            }
        }
        try await until {
            try await database.pool.withSession { session throws(PostgresError) in
                try session.query(
                    """
                    SELECT 1 FROM pg_stat_activity
                    WHERE query = 'SELECT pg_sleep(3600)' AND state = 'active' AND datname = current_database()
                    """
                ).count == 1
            }
        }
        running.cancel()
        let error = await #expect(throws: PostgresError.self) { try await work.value }
        #expect(error?.sqlState == .queryCancelled)
        try await running.value
    }

    @Test func `a session is set up as configured`() async throws {
        let pool = pool {
            $0.statementTimeout = .milliseconds(1234)
            $0.lockTimeout = .milliseconds(567)
            $0.idleInTransactionTimeout = .milliseconds(8900)
            $0.applicationName = "set-up"
        }
        let settings = try await pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT name, setting FROM pg_settings
                WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'TimeZone',
                    'client_encoding', 'application_name', 'synchronous_commit')
                """
            ).decode(String.self, String.self)
        }
        #expect(
            Dictionary(uniqueKeysWithValues: settings) == [
                "statement_timeout": "1234", "lock_timeout": "567",
                "idle_in_transaction_session_timeout": "8900",
                "TimeZone": "UTC", "client_encoding": "UTF8", "application_name": "set-up",
                "synchronous_commit": "on",
            ]
        )
        await pool.close(within: .zero)
    }

    @Test func `a database that switched synchronous commit off gets it on`() async throws {
        try await database.pool.withSession { session throws(PostgresError) in
            try session.script("ALTER DATABASE \(database.name) SET synchronous_commit = off")
        }
        let pool = pool()
        let setting = try await pool.withSession { session throws(PostgresError) in
            try session.first("SHOW synchronous_commit")?.decode(String.self)
        }
        #expect(setting == "on")
        await pool.close(within: .zero)
    }
}
