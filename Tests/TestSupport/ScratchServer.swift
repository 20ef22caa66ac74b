import Foundation
import Logging
package import Postgres
import Synchronization

/// A PostgreSQL server for the tests of one process.
///
/// With `HIGHSCORES_TEST_DATABASE_URL` it is that server, which must be on this machine and whose user may create
/// databases. Otherwise one is made in a temporary folder, reached through a Unix socket only and removed when
/// the process exits; what a crashed process left behind is removed by the next.
package final class ScratchServer: Sendable {
    private static let starting = Task { try await start() }
    /// Connections to the server's own database, for tests that leave nothing behind there.
    package let pool: PostgresPool
    private let configuration: PostgresConfiguration
    private let databasesMade = Mutex(0)
    private let templates = Mutex<[String: Task<String, any Error>]>([:])

    /// The server of this process, started when it is first asked for.
    package static var shared: ScratchServer {
        get async throws { try await starting.value }
    }

    private init(_ configuration: PostgresConfiguration) {
        var configuration = configuration
        configuration.applicationName = "scratch"
        // Generous: these wait for a busy machine, not for a server that is gone.
        configuration.poolWaitTimeout = .seconds(300)
        configuration.statementTimeout = .seconds(300)
        configuration.lockTimeout = .seconds(300)
        configuration.maximumConnections = 4
        self.configuration = configuration
        pool = PostgresPool(configuration: configuration, logger: Self.logger)
    }

    static let logger = Logger(label: "scratch") { _ in SwiftLogNoOpLogHandler() }

    private static func start() async throws -> ScratchServer {
        let url = ProcessInfo.processInfo.environment["HIGHSCORES_TEST_DATABASE_URL"] ?? ""
        let given = try url.isEmpty ? nil : PostgresConfiguration(connectionString: url)
        if let given, !given.isLocal {
            throw ScratchError("HIGHSCORES_TEST_DATABASE_URL must name a server on this machine")
        }
        let configuration: PostgresConfiguration
        if let given {
            configuration = given
        } else {
            let process = try await offMainThreads { try ScratchProcess.start() }
            configuration = try PostgresConfiguration(connectionString: process.connectionString)
        }
        let server = ScratchServer(configuration)
        try await server.sweep()
        return server
    }

    // MARK: Databases

    /// Declares a database that is prepared once per process and copied for each test.
    ///
    /// The closure fills the new, empty database.
    package static func template(
        _ name: String,
        prepare: @escaping @Sendable (PostgresPool) async throws -> Void
    ) -> ScratchTemplate {
        ScratchTemplate(name: name, prepare: prepare)
    }

    /// Creates a database; an empty one without a template.
    func makeDatabase(_ template: ScratchTemplate?) async throws -> ScratchDatabase {
        let source = try await database(of: template ?? .empty)
        let number = databasesMade.withLock { number in
            number += 1
            return number
        }
        let name = "\(Self.prefix(getpid()))\(number)"
        try await create(name, from: source)
        return try ScratchDatabase(name: name, server: configuration)
    }

    func drop(_ name: String) async throws {
        try await pool.withSession { session throws(PostgresError) in
            try session.script("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        }
    }

    private func create(_ name: String, from source: String) async throws {
        try await pool.withSession { session throws(PostgresError) in
            try session.script("CREATE DATABASE \(name) TEMPLATE \(source)")
        }
    }

    private func database(of template: ScratchTemplate) async throws -> String {
        let task = templates.withLock { templates in
            if let task = templates[template.name] { return task }
            let task = Task {
                let name = "\(Self.prefix(getpid()))template_\(template.name)"
                try await self.create(name, from: "template0")
                let database = try ScratchDatabase(name: name, server: self.configuration)
                do {
                    try await database.pool.withSession { session throws(PostgresError) in
                        try session.script("CREATE SCHEMA \(PostgresConfiguration.schema)")
                    }
                    try await template.prepare(database.pool)
                } catch {
                    await database.pool.close(within: .zero)
                    throw error
                }
                await database.pool.close(within: .zero)
                try await self.waitUntilUnused(name)
                return name
            }
            templates[template.name] = task
            return task
        }
        return try await task.value
    }

    /// A database can not be copied while a session of it is still ending.
    private func waitUntilUnused(_ name: String) async throws {
        try await pool.withSession { session throws(PostgresError) in
            while try session.query("SELECT pid FROM pg_stat_activity WHERE datname = \(name)").count > 0 {
                try session.execute("SELECT pg_sleep(0.01)")
            }
        }
    }

    /// Drops the databases of test processes that are gone.
    private func sweep() async throws {
        let names = try await pool.withSession { session throws(PostgresError) in
            try session.query("SELECT datname FROM pg_database WHERE datname LIKE 'scratch\\_%'")
                .decode(String.self)
        }
        for name in names {
            let parts = name.split(separator: "_")
            guard parts.count > 2, let process = pid_t(parts[1]), !ScratchProcess.isAlive(process) else {
                continue
            }
            // Another process may be sweeping at the same time; what stays is only space.
            try? await drop(name)
        }
    }

    private static func prefix(_ process: pid_t) -> String {
        "scratch_\(process)_"
    }
}

/// A database that is prepared once and copied for each test.
package struct ScratchTemplate: Sendable {
    /// Nothing but the schema in which sessions make what they make.
    static let empty = ScratchTemplate(name: "empty") { _ in }

    let name: String
    let prepare: @Sendable (PostgresPool) async throws -> Void
}

/// Why there is no scratch server.
struct ScratchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Runs blocking work on a thread that no task shares.
func offMainThreads<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
}
