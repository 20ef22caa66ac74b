import Application
import ArgumentParser
import Leaderboards
import Postgres
import Storage

/// The command `highscores migrate`.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Look after the database's schema.",
        discussion: examples(
            "highscores migrate status",
            "every step and whether it is applied",
            "highscores migrate up --dry-run",
            "what would be applied"
        ),
        subcommands: [StatusCommand.self, UpCommand.self]
    )

    /// The command `highscores migrate status`.
    struct StatusCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "List the steps of the schema.",
            discussion: examples(
                "highscores migrate status",
                "every step and whether it is applied",
                "highscores migrate status --ndjson",
                "the same for a program"
            )
        )

        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let context = try CommandContext()
            let states = try await DatabaseAccess.with(context.settings, logger: context.logger) {
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
            try output.print(states.map(\.record), columns: ["number", "name", "state", "applied_at"])
            if let problem = states.problem { throw problem }
        }
    }

    /// The command `highscores migrate up`.
    struct UpCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "up",
            abstract: "Apply the steps that are missing.",
            discussion: examples(
                "highscores migrate up",
                "safe beside running servers, also from several machines at once",
                "highscores migrate up --dry-run",
                "what would be applied"
            )
        )

        @Flag(help: "Show what would be applied, and apply nothing.")
        var dryRun = false

        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let context = try CommandContext()
            let isDryRun = dryRun
            let applied = try await DatabaseAccess.with(context.settings, logger: context.logger) {
                configuration in
                let migrations = try Schema.migrations()
                return try await PostgresPool.with(configuration.forCommand, logger: context.logger.silenced)
                {
                    pool in
                    guard isDryRun else {
                        return try await DatabaseAccess.migrate(pool, logger: context.logger)
                    }
                    return try await migrations.apply(pool, isDryRun: true)
                }
            }
            let records = applied.map {
                Record([("number", .integer(Int64($0.number))), ("name", .text($0.name))])
            }
            try output.print(records, columns: ["number", "name"])
            let steps = "\(applied.count) \(applied.count == 1 ? "step" : "steps")"
            let remark =
                applied.isEmpty
                ? "the schema is up to date"
                : isDryRun ? "dry run: \(steps) would be applied" : "applied \(steps)"
            StandardError.write(line: "highscores: \(remark)")
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
        return Record([
            ("number", .integer(Int64(number))), ("name", .text(name)), ("state", .text(state)),
            ("applied_at", .optional(instant)),
        ])
    }
}
