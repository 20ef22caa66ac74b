import Application
import ArgumentParser
import Operations
import Postgres

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "restore",
        "Fill an empty database with what 'backup' wrote.",
        "highscores restore highscores.backup --dry-run",
        "whether the file is whole, and what would be restored where",
        "DATABASE_URL=postgresql://…/highscores highscores restore highscores.backup",
        "into a new database, as the role that is to own the schema",
        more: """
            The file is read to its end before anything is written. Then all of it is
            restored in one transaction, or nothing; the schema is made where it is
            missing. A database in which there is anything already is code 5.

            Epochs and versions are drawn anew, so that no server and no page takes what it
            remembers of the old database for true. What is to be looked at afterwards is
            said at the end.
            """
    )

    @Argument(help: "The file.", completion: .file())
    var file: String

    @OptionGroup var change: ChangeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let context = try CommandContext()
        let summary = try verified()
        try Administration.requireFit(of: summary.head)
        let progress = Progress("restoring", of: summary.rows, "rows")
        defer { progress.end() }
        let name = try await context.settings.withDatabase(logger: context.logger) { configuration in
            try await PostgresPool.with(configuration.forCommand, logger: context.logger.silenced) { pool in
                let administration = Administration(pool: pool, actor: CommandContext.userName())
                try await blamingFile {
                    try await administration.restore(
                        summary,
                        reason: change.reason,
                        isDryRun: change.dryRun,
                        onRows: { progress.show($0) },
                        from: { [file] in
                            let input = try InputFile(file)
                            return { try input.read() }
                        }
                    )
                }
                return administration.databaseName
            }
        }
        progress.end()
        try output.print(Record(summary, file: file))
        let rows = counted(summary.rows, "row")
        guard !change.dryRun else {
            return remark("dry run: \(rows) would be restored into the database '\(name)', which is empty")
        }
        remark("\(rows) restored into the database '\(name)'")
        Self.advice(summary).forEach { remark($0) }
    }

    /// Reads the file to its end.
    private func verified() throws -> BackupSummary {
        let input = try InputFile(file)
        guard input.size != nil else {
            throw CommandFailure(
                .usage,
                "'\(file)' is no file, and it is read twice: before anything is written, and again"
            )
        }
        let progress = Progress("checking", of: nil, "rows")
        defer { progress.end() }
        do {
            return try BackupReader.verify({ try input.read() }, onRows: { progress.show($0) })
        } catch let error as BackupError {
            throw CommandFailure(.failed, "'\(file)' \(error)")
        }
    }

    private func blamingFile(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as BackupError {
            throw CommandFailure(.failed, "'\(file)' \(error)")
        }
    }

    /// What is to be done once the old state is there again.
    private static func advice(_ summary: BackupSummary) -> [String] {
        [
            "it is as of \(summary.head.takenAt): scores that were acknowledged later are not in it",
            "stop what still runs on the old database, then start 'highscores serve' with the HIGHSCORES_SECRET of then:"
                + " launches, runs and API keys of then go on",
            "'highscores delivery reconcile --check' compares Telegram's tables, which may hold later scores;"
                + " '--repair' has lower ones delivered again, '--repair --force' lowers those that are higher",
            "'highscores webhook info' shows where updates go, 'highscores doctor' looks at the rest",
        ]
    }
}
