import Glibc
import Logging

/// What a private cluster takes from the machine, as values so that a test can set them.
struct ClusterMachine: Sendable {
    /// Where root keeps the cluster when the server's user cannot reach the configured folder.
    var fallbackFolder = "/var/lib/highscores"
    /// Who runs the server.
    var account: @Sendable () throws(ClusterError) -> ServerAccount = ServerAccount.current

    /// The program that knows where PostgreSQL's other programs are.
    var pgConfig = "pg_config"
    /// The folder in which Debian and Ubuntu keep one folder for each major version.
    var versions = "/usr/lib/postgresql"
    /// Folders looked at last.
    var path = ["/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin"]

    /// Waiting for another command that is starting or stopping the server.
    var lockLimit = Duration.seconds(60)
    /// Waiting for a server to accept connections, crash recovery included.
    var startLimit = Duration.seconds(300)
    /// Waiting for the server to stop, which must fit into the time that `serve` has to end.
    var stopLimit = Duration.seconds(7)
    /// How long a running server may be without its socket before it is restarted.
    var missingSocketLimit = Duration.seconds(5)
    /// Between two checks whether the server is alive.
    var checkInterval = Duration.milliseconds(300)
    /// The longest pause between two attempts to restart a server that does not start.
    var longestPause = Duration.seconds(30)

    /// Waits in small steps until a step gives a value, on the thread it is called on, which must be a `QueueExecutor`.
    ///
    /// - Parameters:
    ///   - reason: What is being waited for, as a sentence for the log after a second.
    ///   - isCancellable: Whether the wait ends when the task is cancelled, as all but cleaning up should.
    /// - Returns: The value, or nil when the limit was reached first.
    /// - Throws: What the step throws, and `cancelled`.
    static func wait<Value>(
        within limit: Duration,
        _ reason: String,
        _ logger: Logger,
        isCancellable: Bool = true,
        until step: () throws(ClusterError) -> Value?
    ) throws(ClusterError) -> Value? {
        let start = ContinuousClock.now
        var report = Duration.seconds(1)
        var pause: UInt32 = 5_000
        while true {
            if let value = try step() { return value }
            let waited = ContinuousClock.now - start
            guard waited < limit else { return nil }
            guard !isCancellable || !Task.isCancelled else {
                throw ClusterError(.cancelled, "cancelled while waiting: \(reason)")
            }
            if waited >= report {
                logger.info(
                    "cluster.waited",
                    metadata: ["detail": "\(reason), for \(waited.components.seconds) s"]
                )
                report = waited + .seconds(5)
            }
            usleep(pause)
            pause = min(pause * 2, 50_000)
        }
    }
}
