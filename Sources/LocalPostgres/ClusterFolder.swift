import Glibc
import Logging

/// The folder that holds a private cluster, and the names in it.
struct ClusterFolder: Sendable {
    /// The absolute path, without symbolic links.
    let path: String

    /// What PostgreSQL calls its data directory; it appears complete, by renaming, or not at all.
    var data: String { path + "/postgres" }
    /// Held alone by whoever is starting or stopping the server.
    var startLock: String { path + "/cluster.start.lock" }
    /// Held together by everybody who uses the server.
    var useLock: String { path + "/cluster.use.lock" }
    var log: String { path + "/postgres.log" }

    /// The major version of PostgreSQL that made the data, or nil when there is none yet.
    var madeBy: Int? {
        Files.text(data + "/PG_VERSION").flatMap { ServerPrograms.majorVersion(in: $0) }
    }

    /// Chooses and prepares the folder.
    ///
    /// As root the server runs as another user, who must be able to walk to the folder; where it cannot, for example
    /// below `/root`, the fallback is used instead.
    ///
    /// - Parameter configured: Relative paths are taken from the current folder.
    /// - Returns: The folder, which exists and belongs to this user.
    /// - Throws: ``ClusterError`` with `folderUnusable` and `system`.
    static func prepare(
        _ configured: String,
        fallback: String,
        account: ServerAccount,
        logger: Logger
    ) throws(ClusterError) -> ClusterFolder {
        let folder = try make(configured, account: account)
        guard try !isReachable(folder, by: account) else { return folder }
        guard !Files.exists(folder.data) else {
            throw ClusterError(
                .folderUnusable,
                """
                the database in \(folder.path) cannot be reached by the user \(account.name), as whom PostgreSQL \
                runs; give others the right to enter (chmod o+x) that folder and all above it
                """
            )
        }
        let other = try make(fallback, account: account)
        guard try isReachable(other, by: account) else {
            throw ClusterError(
                .folderUnusable,
                """
                neither \(folder.path) nor \(other.path) can be reached by the user \(account.name), as whom \
                PostgreSQL runs; set HIGHSCORES_DATA to a folder that it can enter
                """
            )
        }
        logger.notice(
            "cluster.folder_replaced",
            metadata: [
                "detail":
                    "the user \(account.name) cannot reach \(folder.path); the database is kept in \(other.path)"
            ]
        )
        return other
    }

    /// The mode of the folder: only the server's user must be able to pass through it beside its owner.
    static func mode(for account: ServerAccount) -> mode_t { account.isLowered ? 0o711 : 0o700 }

    private static func make(_ path: String, account: ServerAccount) throws(ClusterError) -> ClusterFolder {
        try Files.makeFolder(path, mode: mode(for: account))
        return ClusterFolder(path: try Files.ownFolder(path))
    }

    private static func isReachable(
        _ folder: ClusterFolder,
        by account: ServerAccount
    ) throws(ClusterError) -> Bool {
        guard account.isLowered else { return true }
        return try ChildProgram.run(account.command("test", ["-x", folder.path])).status == 0
    }
}
