extension PrivateCluster {
    /// Whether the private cluster of a folder runs, as far as its files tell; nothing is started or made.
    ///
    /// - Parameter dataFolder: The folder of the cluster, `HIGHSCORES_DATA`.
    /// - Returns: Whether its server's lock file is there.
    package static func isRunning(dataFolder: String) -> Bool {
        Files.exists(ClusterFolder(path: dataFolder).data + "/postmaster.pid")
    }
}
