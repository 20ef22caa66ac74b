import Glibc
import Logging

/// Makes the data of a new cluster, so that it is there complete or not at all.
struct ClusterCreation {
    private static let draftPrefix = "postgres.new-"
    private static let limit = Duration.seconds(180)

    let folder: ClusterFolder
    let account: ServerAccount
    let programs: ServerPrograms
    let logger: Logger

    /// Makes the data folder; the caller holds the start lock.
    func run() throws(ClusterError) {
        try removeDrafts()
        logger.notice(
            "cluster.created",
            metadata: [
                "detail":
                    "creating a PostgreSQL \(programs.major) cluster in \(folder.data); this takes a few seconds"
            ]
        )
        let draft = folder.path + "/" + Self.draftPrefix + String(UInt32.random(in: .min ... .max), radix: 16)
        do throws(ClusterError) {
            try initialise(draft)
            try configure(draft)
        } catch {
            try? removeDrafts()
            throw error
        }
        guard unsafe rename(draft, folder.data) == 0 else {
            throw Files.failure("moving the new cluster to \(folder.data)")
        }
        Files.synchronise(folder: folder.path)
    }

    private func initialise(_ draft: String) throws(ClusterError) {
        var outcome = try initdb(draft, locale: "C.UTF-8")
        if outcome.status != 0, outcome.output.contains("locale") {
            // Systems without that locale have at least this one; the encoding stays UTF-8.
            try removeDrafts()
            outcome = try initdb(draft, locale: "C")
        }
        guard outcome.status == 0 else {
            throw ClusterError(
                .startFailed,
                "initdb could not create the cluster in \(folder.data)",
                details: outcome.lines
            )
        }
    }

    private func initdb(_ draft: String, locale: String) throws(ClusterError) -> ChildProgram.Outcome {
        try Files.makeFolder(draft, mode: 0o700)
        try account.takeOwnership(of: draft)
        let arguments = [
            "--pgdata=\(draft)", "--username=\(ClusterLease.name)", "--encoding=UTF8", "--locale=\(locale)",
            // Whoever can enter the socket's 0700 folder is the owner or root.
            "--auth=trust",
            // A bad disk is noticed when a page is read, not when a leaderboard is wrong.
            "--data-checksums", "--no-instructions",
        ]
        return try ChildProgram.run(account.command(programs.initdb, arguments), limit: Self.limit)
    }

    private func configure(_ draft: String) throws(ClusterError) {
        let path = draft + "/postgresql.conf"
        let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw Files.failure("opening \(path)") }
        defer { close(descriptor) }
        guard Files.write(Array(ClusterSettings.initial.utf8), to: descriptor), fsync(descriptor) == 0 else {
            throw Files.failure("writing \(path)")
        }
    }

    /// Removes what a creation left behind that was killed before its end.
    private func removeDrafts() throws(ClusterError) {
        for name in Files.names(in: folder.path) where name.hasPrefix(Self.draftPrefix) {
            _ = try ChildProgram.run(["rm", "-rf", "--", folder.path + "/" + name], limit: .seconds(60))
        }
    }
}
