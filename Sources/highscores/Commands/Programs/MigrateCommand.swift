import Application
import ArgumentParser
import Leaderboards
import Operations
import Postgres
import Storage

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "migrate",
        "Look after the database's schema.",
        "highscores migrate status",
        "every step and whether it is applied",
        "highscores migrate up --dry-run",
        "what would be applied",
        subcommands: [StatusCommand.self, UpCommand.self]
    )

    struct StatusCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "status",
            "List the steps of the schema.",
            "highscores migrate status",
            "every step and whether it is applied",
            "highscores migrate status --state pending",
            "what 'migrate up' would apply"
        )

        @Option(help: ArgumentHelp("Only steps in this state, such as applied, pending.", valueName: "state"))
        var state: String?

        @OptionGroup var cut: ListCut
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let context = try CommandContext()
            let states = try await context.settings.withDatabase(logger: context.logger) {
                configuration in
                let migrations = try Schema.migrations()
                return try await PostgresPool.with(configuration.forCommand, logger: context.logger.silenced)
                {
                    pool in
                    try await pool.withSession { session throws(PostgresError) in
                        try migrations.status(session)
                    }
                }
            }
            try cut.print(
                states.map(\.record).filter { record in state.map { record["state"] == .text($0) } ?? true },
                columns: ["number", "name", "state", "applied_at"],
                orNone: "no step is in that state",
                output
            )
            if let problem = states.problem { throw problem }
        }
    }

    struct UpCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "up",
            "Apply the steps that are missing.",
            "highscores migrate up",
            "safe beside running servers, also from several machines at once",
            "highscores migrate up --dry-run",
            "what would be applied"
        )

        @Flag(help: "Show what would be applied, and apply nothing.")
        var dryRun = false

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let context = try CommandContext()
            let applied = try await context.settings.withDatabase(logger: context.logger) {
                configuration in
                let migrations = try Schema.migrations()
                return try await PostgresPool.with(configuration.forCommand, logger: context.logger.silenced)
                {
                    pool in
                    guard dryRun else {
                        return try await pool.migrate(logger: context.logger)
                    }
                    return try await migrations.apply(pool, isDryRun: true)
                }
            }
            let records = applied.map {
                Record(["number": $0.number, "name": $0.name])
            }
            try output.print(records, columns: ["number", "name"])
            let steps = "\(applied.count) \(applied.count == 1 ? "step" : "steps")"
            remark(
                applied.isEmpty
                    ? "the schema is up to date"
                    : dryRun ? "dry run: \(steps) would be applied" : "applied \(steps)"
            )
        }
    }
}

extension MigrationState {
    fileprivate var record: Record {
        let (state, time): (String, Timestamp?) =
            switch condition {
            case .applied(let time): ("applied", time)
            case .pending: ("pending", nil)
            case .outOfOrder: ("out of order", nil)
            case .changed(let time): ("changed since applied", time)
            case .otherBaseline(let time): ("of an older 0.x", time)
            case .missing(let time): ("applied, unknown to this program", time)
            case .newer(let time): ("newer than this program", time)
            }
        let instant = time.map { Instant(milliseconds: $0.microsecondsSinceEpoch / 1000) }
        return Record(["number": number, "name": name, "state": state, "applied_at": instant])
    }
}
