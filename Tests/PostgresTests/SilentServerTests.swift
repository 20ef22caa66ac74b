import Glibc
import Logging
import Postgres
import TestSupport
import Testing

/// A server that is connected and says nothing is given up in time.
@Suite(.scratchDatabase, .timeLimit(.minutes(10)))
struct SilentServerTests {
    private let database = ScratchDatabase.current
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private var impatient: PostgresConfiguration {
        var configuration = database.configuration
        configuration.statementTimeout = .milliseconds(400)
        configuration.responseGrace = .milliseconds(100)
        configuration.applicationName = "impatient"
        return configuration
    }

    /// The process that serves the connection named "impatient".
    private func backend() async throws -> pid_t {
        let id = try await database.pool.withSession { session throws(PostgresError) in
            try session.first(
                """
                SELECT pid FROM pg_stat_activity
                WHERE application_name = 'impatient' AND datname = current_database()
                """
            )?.decode(Int32.self)
        }
        return try #require(id)
    }

    @Test func `a statement without an answer loses its connection`() async throws {
        let pool = PostgresPool(configuration: impatient, logger: logger)
        let error = try await pool.withConnection { connection in
            try await connection.withSession { session throws(PostgresError) in
                _ = try session.query("SELECT 1")
            }
            let backend = try await backend()
            try #require(kill(backend, SIGSTOP) == 0)
            defer { kill(backend, SIGCONT) }
            return await #expect(throws: PostgresError.self) {
                try await connection.transaction { session throws(PostgresError) in
                    _ = try session.query("SELECT 1")
                }
            }
        }
        #expect(error?.code == .connectionLost)
        #expect(error?.outcomeUnknown == false)
        #expect(pool.statistics.idle == 0)
        let answer = try await pool.withSession { session throws(PostgresError) in
            try session.first("SELECT 1")?.decode(Int.self)
        }
        #expect(answer == 1)
        await pool.close(within: .zero)
    }

    @Test func `a listener notices that its server fell silent`() async throws {
        let (listener, events) = PostgresListener.withStream(
            configuration: impatient,
            channels: ["scores"],
            logger: logger,
            keepaliveInterval: .milliseconds(50)
        )
        try await withThrowingTaskGroup { group in
            group.addTask { try await listener.run() }
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == .connected)
            let backend = try await backend()
            try #require(kill(backend, SIGSTOP) == 0)
            #expect(await iterator.next()?.isDisconnection == true)
            kill(backend, SIGCONT)
            #expect(await iterator.next() == .connected)
            group.cancelAll()
        }
    }
}
