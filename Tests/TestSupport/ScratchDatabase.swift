import Foundation
package import Postgres
package import Testing

/// A database of one test's own, dropped when the test ends.
package struct ScratchDatabase: Sendable {
    @TaskLocal private static var bound: ScratchDatabase?

    package let name: String
    /// The connection string, for a child process or a configuration of the test's own.
    package let url: String
    /// A configuration with generous time-outs, for the test to change.
    package let configuration: PostgresConfiguration
    /// A pool that is ready and is closed with the database.
    package let pool: PostgresPool

    /// The database of the running test, which needs the trait `.scratchDatabase`.
    package static var current: ScratchDatabase {
        guard let bound else { fatalError("the test has no trait .scratchDatabase") }
        return bound
    }

    init(name: String, server: PostgresConfiguration) throws {
        self.name = name
        url = server.connectionString(database: name)
        var configuration = try PostgresConfiguration(connectionString: url)
        configuration.statementTimeout = .seconds(120)
        configuration.lockTimeout = .seconds(20)
        configuration.poolWaitTimeout = .seconds(120)
        configuration.maximumConnections = 8
        self.configuration = configuration
        pool = PostgresPool(configuration: configuration, logger: ScratchServer.logger)
    }

    /// Runs a body with a new database and drops it afterwards.
    static func with(_ template: ScratchTemplate?, _ body: @Sendable () async throws -> Void) async throws {
        await ScratchPermits.shared.take()
        do {
            let server = try await ScratchServer.shared
            let database = try await server.makeDatabase(template)
            let result: Result<Void, any Error>
            do {
                try await $bound.withValue(database, operation: body)
                result = .success(())
            } catch {
                result = .failure(error)
            }
            await database.pool.close(within: .zero)
            try await server.drop(database.name)
            try result.get()
        } catch {
            await ScratchPermits.shared.giveBack()
            throw error
        }
        await ScratchPermits.shared.giveBack()
    }
}

/// Gives each test a database of its own.
package struct ScratchDatabaseTrait: SuiteTrait, TestTrait, TestScoping {
    let template: ScratchTemplate?

    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        try await ScratchDatabase.with(template, function)
    }
}

extension Trait where Self == ScratchDatabaseTrait {
    /// An empty database for each test.
    package static var scratchDatabase: Self {
        ScratchDatabaseTrait(template: nil)
    }

    /// A copy of a prepared database for each test.
    package static func scratchDatabase(_ template: ScratchTemplate) -> Self {
        ScratchDatabaseTrait(template: template)
    }
}

/// How many tests may have a database at the same time, so that the server's connections suffice.
private actor ScratchPermits {
    static let shared = ScratchPermits()

    private var free = 8
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func giveBack() {
        guard waiting.isEmpty else {
            waiting.removeFirst().resume()
            return
        }
        free += 1
    }
}
