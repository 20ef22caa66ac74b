import Curl
import Leaderboards
package import Logging

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
    ///   - environment: The variables of this process.
    ///   - logger: Told what a person should know.
    ///   - progress: Told what is being done.
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
        let programs = try LoadPrograms(environment: environment)
        let parent = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/var/tmp"
        return try await ScratchFolder.with(in: parent) { folder in
            progress(
                "preparing a database\(databaseURL == nil ? " on a private server in \(folder.path)" : "")"
            )
            return try await BenchDatabase.with(on: databaseURL, folder: folder, logger: logger) { database in
                let machine = try await Machine.inspect(database, folder: folder)
                if machine.fsync != "on" {
                    logger.warning(
                        "fsync is off on this server: its figures say nothing about durable scores"
                    )
                }
                var figures: [Figure] = []
                // First, on a server that has nothing else to do.
                if plan.sections.contains(.ranks) {
                    figures += try await RankMeasuring(plan: plan, database: database, progress: progress)
                        .measure()
                }
                if plan.needsService { figures += try await measure(database, programs, folder) }
                return BenchReport(machine: machine, plan: plan, figures: figures)
            }
        }
    }

    private func measure(
        _ database: BenchDatabase,
        _ programs: LoadPrograms,
        _ folder: ScratchFolder
    ) async throws -> [Figure] {
        let games = try await BenchGames.add(to: database, now: .now)
        let secret =
            "bench" + (0..<4).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 36) }.joined()
        let http = try CurlClient(configuration: CurlClient.Configuration(usesProxiesOfEnvironment: false))
        let result = await outcome {
            try await BenchTelegram.with(games: BenchGames.names, http: http) { telegram in
                let surroundings = BenchService.Surroundings(
                    program: program,
                    environment: environment,
                    databaseURL: database.url,
                    telegramURL: telegram.url,
                    secret: secret
                )
                return try await BenchService.with(surroundings, folder: folder, http: http) { service in
                    let stage = Stage(
                        plan: plan,
                        service: service,
                        database: database,
                        wrk: Wrk(program: programs.wrk, folder: folder, port: service.port),
                        pgbench: Pgbench(
                            program: programs.pgbench,
                            folder: folder,
                            environment: environment.withoutService.merging(["PGDATABASE": database.url]) {
                                $1
                            }
                        ),
                        folder: folder,
                        crowd: Crowd(
                            keys: TokenKeys(secrets: [secret]),
                            tokenIDs: games.tokenIDs,
                            now: .now
                        ),
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

    private func measure(_ stage: Stage) async throws -> [Figure] {
        var figures: [Figure] = []
        if plan.sections.contains(.launches) {
            figures += try await LaunchMeasuring(stage: stage).measure()
        }
        if plan.sections.contains(.submissions) {
            figures += try await SubmissionMeasuring(stage: stage).measure()
        }
        if plan.sections.contains(.reads) {
            figures += try await ReadMeasuring(stage: stage).measure()
        }
        if plan.sections.contains(.refusals) {
            figures += try await RefusalMeasuring(stage: stage).measure()
        }
        if plan.sections.contains(.loading) {
            figures += try await LoadingMeasuring(stage: stage).measure()
        }
        figures += memory(stage.service)
        for line in stage.service.complaints.prefix(5) { progress("the service complained: \(line)") }
        return figures
    }

    private func memory(_ service: BenchService) -> [Figure] {
        guard let use = service.memory.use else { return [] }
        func mebibytes(_ bytes: Int) -> Double { (Double(bytes) / Double(1 << 20) * 10).rounded() / 10 }
        return [
            Figure(
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
