/// The right to use a running private cluster, and how to reach it.
package struct ClusterLease: Sendable, Equatable {
    /// The connection string for libpq, in keyword/value form, without any secret.
    package let connectionString: String
    /// The folder that actually holds the cluster; as root it may differ from the one configured.
    package let folder: String
    /// Whether this lease started the server, rather than joining one that was running.
    let startedServer: Bool

    static let name = "highscores"

    /// The connection string for a database of the cluster.
    ///
    /// `port` and `hostaddr` are given so that `PGPORT` and `PGHOSTADDR` in the environment cannot lead elsewhere.
    static func connectionString(socketFolder: String, database: String) -> String {
        let escaped = socketFolder.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        return "host='\(escaped)' hostaddr='' port=5432 dbname=\(database) user=\(name)"
    }
}
