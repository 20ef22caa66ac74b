/// What a private cluster takes from the machine, as values so that a test can set them.
struct ClusterMachine: Sendable {
    /// Where root keeps the cluster when the server's user cannot reach the configured folder.
    var fallbackFolder = "/var/lib/highscores"
    /// Where server programs are looked for.
    var search = ServerPrograms.Search()
    /// How long the steps may take.
    var limits = ClusterLimits()
    /// Who runs the server.
    var account: @Sendable () throws(ClusterError) -> ServerAccount = ServerAccount.current
}
