package import Logging
import Postgres

/// A PostgreSQL cluster of one's own, shared by all commands of one user that name the same folder.
///
/// The first command creates and starts it, others join it, and the last one to leave stops it. No process is in
/// charge: a lock on a file decides who may start or stop the server, and another counts who uses it. Both are given
/// back by the kernel, so that killing any process at any instant leaves at most a server without users, which the
/// next command takes over. While it is leased, a server that dies is started again.
///
/// Blocking calls are made on a thread of its own.
package actor PrivateCluster {
    private let configuredFolder: String
    private let machine: ClusterMachine
    private let logger: Logger
    private let queue = QueueExecutor(label: "highscores.cluster")

    private var lease: ClusterLease?
    private(set) var control: ServerControl?
    private(set) var useLock: FileLock?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe queue.asUnownedSerialExecutor() }

    init(dataFolder: String, machine: ClusterMachine = ClusterMachine(), logger: Logger) {
        self.configuredFolder = dataFolder
        self.machine = machine
        self.logger = logger
    }

    /// Joins the cluster, and creates and starts it when that is needed; the database may be empty.
    ///
    /// Opening what is open gives the same lease again; one call of ``release()`` ends it.
    func open() throws(ClusterError) -> ClusterLease {
        if let lease { return lease }
        let account = try machine.account()
        let folder = try ClusterFolder.prepare(
            configuredFolder,
            fallback: machine.fallbackFolder,
            account: account,
            logger: logger
        )
        var control = ServerControl(folder: folder, account: account, machine: machine, logger: logger)
        let start = try lockStart(folder, limit: machine.lockLimit)
        defer { start.release() }
        let server = try control.ensureRunning()
        let useLock = try FileLock(folder.useLock)
        // Only who holds the start lock takes the other one exclusively.
        guard useLock.tryLock(exclusively: false) else {
            throw Files.failure("taking the lock \(folder.useLock)")
        }
        let lease = ClusterLease(
            connectionString: ClusterLease.connectionString(
                socketFolder: server.socketFolder,
                database: ClusterLease.name
            ),
            folder: folder.path,
            startedServer: server.started
        )
        self.lease = lease
        self.control = control
        self.useLock = useLock
        return lease
    }

    /// Leaves the cluster, and stops the server when nobody else uses it.
    ///
    /// Does nothing when it was left before. A server that takes longer than 7 s to stop goes on stopping by itself.
    func release() {
        guard let useLock, var control else { return }
        self.useLock = nil
        self.control = nil
        lease = nil
        defer { useLock.release() }
        do throws(ClusterError) {
            let start = try lockStart(control.folder, limit: .seconds(2), isCancellable: false)
            defer { start.release() }
            guard useLock.tryLock(exclusively: true) else { return }
            if try !control.stop() {
                logger.warning(
                    "cluster.stop_delayed",
                    metadata: ["detail": "PostgreSQL is taking long to stop and goes on by itself"]
                )
            }
        } catch {
            // Whoever holds the start lock now uses the server and will stop it; else the next command takes it over.
            logger.warning(
                "cluster.stop_failed",
                metadata: ["detail": "leaving the private cluster as it is: \(error.message)"]
            )
        }
    }

    /// Whether the private cluster of a folder runs, as far as its files tell; nothing is started or made.
    package static func isRunning(dataFolder: String) -> Bool {
        Files.exists(ServerState(data: ClusterFolder(path: dataFolder).data).notePath)
    }

    /// Runs a body with the cluster open and watched, and leaves it at the end, however the body ends.
    ///
    /// - Parameters:
    ///   - dataFolder: The folder of the cluster, `HIGHSCORES_DATA`; made when missing.
    ///   - logger: Told at `notice` what an operator should know, at `info` what takes long.
    /// - Throws: ``ClusterError`` when the cluster cannot be opened, and what the body throws.
    package static func with<Value: Sendable>(
        dataFolder: String,
        logger: Logger,
        _ body: (ClusterLease) async throws -> Value
    ) async throws -> Value {
        try await PrivateCluster(dataFolder: dataFolder, logger: logger).use(body)
    }

    /// Opens the cluster for the time that a body runs.
    nonisolated func use<Value: Sendable>(
        _ body: (ClusterLease) async throws -> Value
    ) async throws -> Value {
        let lease = try await open()
        let watching = Task { await watch() }
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(lease))
        } catch {
            result = .failure(error)
        }
        // First, so that leaving does not wait for an attempt to restart the server.
        watching.cancel()
        await release()
        return try result.get()
    }

    // MARK: Watching

    /// Restarts the server whenever it has died, until the task is cancelled or the cluster is left.
    func watch() async {
        var pause = machine.checkInterval
        while lease != nil, !Task.isCancelled {
            try? await Task.sleep(for: pause)
            guard lease != nil, !Task.isCancelled else { return }
            pause =
                revive() ? machine.checkInterval : min(max(pause * 2, .seconds(1)), machine.longestPause)
        }
    }

    /// Starts the server again if it has died.
    private func revive() -> Bool {
        guard var control else { return true }
        defer { self.control = control }
        if control.isServing() {
            ServerLog(path: control.folder.log).shorten()
            return true
        }
        do throws(ClusterError) {
            let start = try lockStart(control.folder, limit: machine.lockLimit)
            defer { start.release() }
            let server = try control.ensureRunning()
            if server.started {
                logger.warning(
                    "cluster.restarted",
                    metadata: ["detail": "PostgreSQL had died and was started again"]
                )
            }
            return true
        } catch {
            if error.code != .cancelled {
                logger.error(
                    "cluster.restart_failed",
                    metadata: ["detail": "PostgreSQL has died and does not start again: \(error)"]
                )
            }
            return false
        }
    }

    private func lockStart(
        _ folder: ClusterFolder,
        limit: Duration,
        isCancellable: Bool = true
    ) throws(ClusterError) -> FileLock {
        let lock = try FileLock(folder.startLock)
        let isLocked = try ClusterMachine.wait(
            within: limit,
            "waiting for another command that is starting or stopping the private cluster",
            logger,
            isCancellable: isCancellable
        ) { () throws(ClusterError) in lock.tryLock(exclusively: true) ? true : nil }
        guard isLocked != nil
        else {
            throw ClusterError(
                .busy,
                """
                another command has been starting or stopping the private cluster in \(folder.path) for \
                \(limit.components.seconds) s; try again, or see who holds \(folder.startLock)
                """
            )
        }
        return lock
    }
}
