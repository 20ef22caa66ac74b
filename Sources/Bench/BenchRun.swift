import Curl
import Foundation
import Leaderboards
import LocalPostgres
package import Logging
import Postgres
import Tokens

/// `highscores bench`: measures this machine, beside pgbench on the same server.
package struct BenchRun: Sendable {
    private let plan: BenchPlan
    private let databaseURL: String?
    private let program: String
    private let environment: [String: String]
    private let logger: Logger
    private let progress: @Sendable (String) -> Void

    /// Prepares nothing yet.
    ///
    /// - Parameters:
    ///   - databaseURL: The server on which a database of its own is made; nil starts a private server.
    ///   - program: The path of the `highscores` that serves.
    ///   - environment: The variables of this process; those that configure a service are not passed on.
    package init(
        plan: BenchPlan,
        databaseURL: String?,
        program: String,
        environment: [String: String],
        logger: Logger,
        progress: @escaping @Sendable (String) -> Void
    ) {
        self.plan = plan
        self.databaseURL = databaseURL
        self.program = program
        self.environment = environment
        self.logger = logger
        self.progress = progress
    }

    /// Measures.
    ///
    /// - Throws: ``BenchError``, `ClusterError` and `PostgresError` when there is no database to measure, and
    ///   `CancellationError`; everything that was started has ended by then.
    package func run() async throws -> BenchReport {
        let programs = try loadPrograms()
        let parent = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/var/tmp"
        return try await ScratchFolder.with(in: parent) { folder in
            progress(
                "preparing a database\(databaseURL == nil ? " on a private server in \(folder.path)" : "")"
            )
            return try await BenchDatabase.with(on: databaseURL, folder: folder, logger: logger) { database in
                let machine = try await Machine.inspect(database, folder: folder)
                if machine.fsync != "on" {
                    logger.warning(
                        "bench.fsync_off",
                        metadata: [
                            "detail":
                                "fsync is off on this server: its results say nothing about durable scores"
                        ]
                    )
                }
                var results: [BenchResult] = []
                // First, on a server that has nothing else to do.
                if plan.sections.contains(.ranks) {
                    results += try await RankMeasuring(plan: plan, database: database, progress: progress)
                        .measure()
                }
                if plan.needsService { results += try await measure(database, programs, folder) }
                return BenchReport(machine: machine, plan: plan, results: results)
            }
        }
    }

    /// Finds the programs that make load, which come with Debian's packages.
    private func loadPrograms() throws(BenchError) -> (wrk: String, pgbench: String) {
        let path = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map(String.init)
        func find(_ name: String, in folders: [String]) -> String? {
            folders.lazy.map { "\($0)/\(name)" }
                .first(where: FileManager.default.isExecutableFile(atPath:))
        }
        guard let wrk = find("wrk", in: path) else {
            throw BenchError(.unprepared, "wrk makes the load and is not installed; run: apt-get install wrk")
        }
        // Debian keeps the programs of each version in a folder of its own; its pgbench in PATH is a script.
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [])
            .compactMap { Int($0) }.sorted(by: >)
        guard let pgbench = find("pgbench", in: versions.map { "\(root)/\($0)/bin" } + path) else {
            throw BenchError(
                .unprepared,
                "pgbench is the baseline and is not installed; run: apt-get install postgresql"
            )
        }
        return (wrk, pgbench)
    }

    private func measure(
        _ database: BenchDatabase,
        _ programs: (wrk: String, pgbench: String),
        _ folder: ScratchFolder
    ) async throws -> [BenchResult] {
        let games = try await database.pool.transaction { session throws(PostgresError) in
            try BenchGame.add(to: session, hasLevels: plan.sections.contains(.boards))
        }
        let secret =
            "bench" + (0..<4).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 36) }.joined()
        // What configures a service of the user's is left out; variables of libpq, for instance, stay.
        let environment = environment.filter { name, _ in
            !name.hasPrefix("HIGHSCORES_") && !name.hasPrefix("TELEGRAM_") && name != "DATABASE_URL"
        }
        let http = try CurlClient(configuration: CurlClient.Configuration(usesProxiesOfEnvironment: false))
        let result = await Result {
            try await BenchTelegram.with(http: http) { telegram, url in
                let settings = environment.merging([
                    "DATABASE_URL": database.url, "HIGHSCORES_SECRET": secret,
                    "TELEGRAM_BOT_TOKEN": BenchPeople.token, "TELEGRAM_API_URL": url,
                ]) { $1 }
                @Sendable func instance(
                    _ name: String,
                    _ body: (BenchService) async throws -> [BenchResult]
                ) async throws -> [BenchResult] {
                    try await BenchService.with(
                        program,
                        name: name,
                        environment: settings,
                        folder: folder,
                        http: http,
                        body
                    )
                }
                return try await instance("serve") { service in
                    let stage = Stage(
                        plan: plan,
                        service: service,
                        another: { body in try await instance("another", body) },
                        telegram: telegram,
                        database: database,
                        wrk: Wrk(program: programs.wrk, folder: folder, port: service.port),
                        pgbench: Pgbench(
                            program: programs.pgbench,
                            folder: folder,
                            environment: environment.merging(["PGDATABASE": database.url]) { $1 }
                        ),
                        folder: folder,
                        people: BenchPeople(keys: TokenKeys(secrets: [secret])),
                        games: games,
                        progress: progress
                    )
                    return try await measure(stage)
                }
            }
        }
        await http.shutdown()
        return try result.get()
    }

    private func measure(_ stage: Stage) async throws -> [BenchResult] {
        var results: [BenchResult] = []
        // First, while the database knows as little of itself as on a first evening.
        if plan.sections.contains(.deliveries) { results += try await stage.measureDeliveries() }
        if plan.sections.contains(.launches) { results += try await stage.measureLaunches() }
        if plan.sections.contains(.submissions) { results += try await stage.measureSubmissions() }
        if plan.sections.contains(.boards) { results += try await stage.measureBoards() }
        if plan.sections.contains(.instances) { results += try await stage.measureInstances() }
        if plan.sections.contains(.reads) { results += try await stage.measureReads() }
        if plan.sections.contains(.refusals) { results += try await stage.measureRefusals() }
        if plan.sections.contains(.loading) { results += try await stage.measureLoading() }
        results += memory(stage.service)
        for line in stage.service.complaints.prefix(5) { progress("the service complained: \(line)") }
        return results
    }

    private func memory(_ service: BenchService) -> [BenchResult] {
        guard let use = service.memory.use else { return [] }
        func mebibytes(_ bytes: Int) -> Double { (Double(bytes) / Double(1 << 20) * 10).rounded() / 10 }
        return [
            BenchResult(
                "memory of serve, peak",
                mebibytes(use.peak),
                unit: "MiB",
                goals: [.valueAtMost(200)],
                note:
                    "at most \(mebibytes(use.early)) in the first tenth of the load, \(mebibytes(use.late)) in the last"
            )
        ]
    }
}
