import Application
import ArgumentParser
import LocalPostgres
import Operations
import Synchronization
import Version

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "backup",
        "Write the whole database into a file, as one moment saw it.",
        "highscores backup /var/backups/highscores.backup --replace",
        "every night: the old one goes once the new one is whole",
        "highscores backup highscores.backup",
        "beside running servers, which go on meanwhile",
        more: """
            The file holds every table as lines of text, with a checksum; 'restore' reads
            it on any PostgreSQL from 14 on, with this version of the program or, from
            1.0 on, a later one. It is written as FILE.partial until it is whole.

            Keep it as safe as the database: it names people. No secret is in it but the
            hashes of API keys and the key by which erased players are recognised. Beside
            it keep HIGHSCORES_SECRET (for the private PostgreSQL the file 'secret' in
            HIGHSCORES_DATA), without which the launches and runs of then are refused, and
            TELEGRAM_BOT_TOKEN.
            """
    )

    @Argument(help: "The file.", completion: .file())
    var file: String

    @Flag(help: "Take the place of a file that is there already.")
    var replace = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let context = try CommandContext()
        let file = try OutputFile(file, replacing: replace)
        defer { file.discard() }
        let progress = Progress("backing up", of: nil, "rows")
        defer { progress.end() }
        let size = Atomic(0)
        let summary = try await context.withAdministration { administration in
            try await administration.backup(program: ProgramVersion.text, onRows: { progress.show($0) }) {
                bytes in
                try file.write(bytes)
                size.add(bytes.count, ordering: .relaxed)
            }
        }
        try file.finish()
        progress.end()
        try output.print(Record(summary, file: file.path) + ["bytes": size.load(ordering: .relaxed)])
        let isGenerated = context.settings.databaseURL == nil && context.settings.secrets == nil
        let secret =
            isGenerated
            ? "the file \(context.settings.dataFolder)/\(SecretFile.name), for HIGHSCORES_SECRET"
            : "HIGHSCORES_SECRET"
        remark(
            "\(counted(summary.rows, "row")) backed up; keep it as safe as the database, and beside it \(secret)"
        )
    }
}

extension Record {
    init(_ summary: BackupSummary, file: String) {
        self = [
            "file": file, "taken_at": summary.head.takenAt, "program": summary.head.program,
            "postgresql": summary.head.server, "games": summary.counts["games"],
            "players": summary.counts["players"], "scores": summary.counts["scores"], "rows": summary.rows,
        ]
    }
}
