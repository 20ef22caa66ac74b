/// How long the steps of a private cluster may take.
struct ClusterLimits: Sendable {
    /// Waiting for another command that is starting or stopping the server.
    var lock = Duration.seconds(60)
    /// Waiting for a server to accept connections, crash recovery included.
    var start = Duration.seconds(300)
    /// Waiting for the server to stop, which must fit into the time that `serve` has to end.
    var stop = Duration.seconds(7)
    /// How long a running server may be without its socket before it is restarted.
    var missingSocket = Duration.seconds(5)
    /// Between two looks at whether the server is alive.
    var watch = Duration.milliseconds(300)
    /// The longest pause between two attempts to restart a server that does not start.
    var longestPause = Duration.seconds(30)
}
