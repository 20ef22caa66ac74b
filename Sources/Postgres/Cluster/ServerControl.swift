import Glibc
import Logging

/// Starts and stops the server of one cluster.
///
/// Every call blocks, and needs the start lock unless it says otherwise.
struct ServerControl {
    let folder: ClusterFolder
    let account: ServerAccount
    let search: ServerPrograms.Search
    let limits: ClusterLimits
    let logger: Logger
    /// The server process if this process started it, which must then collect its exit status.
    private(set) var child: pid_t?

    private var state: ServerState { ServerState(data: folder.data) }
    private var log: ServerLog { ServerLog(path: folder.log) }

    init(
        folder: ClusterFolder,
        account: ServerAccount,
        search: ServerPrograms.Search,
        limits: ClusterLimits,
        logger: Logger
    ) {
        self.folder = folder
        self.account = account
        self.search = search
        self.limits = limits
        self.logger = logger
    }

    /// Whether the server is alive and its socket is where clients look for it; needs no lock.
    mutating func isServing() -> Bool {
        collectChild()
        guard let socketFolder = state.running?.socketFolder else { return false }
        return Files.exists(SocketFolder.file(in: socketFolder))
    }

    private mutating func collectChild() {
        if let child, ChildProgram.reap(child) != nil { self.child = nil }
    }

    /// Makes the server run and accept connections, and the database exist.
    ///
    /// A server that runs without an owner is taken over as it is. One that is shutting down is waited for and started
    /// again. Crash recovery is PostgreSQL's own and is waited for.
    ///
    /// - Returns: The folder of the socket, and whether the server had to be started.
    mutating func ensureRunning() throws(ClusterError) -> (socketFolder: String, started: Bool) {
        if let note = state.running, note.isReady, let socketFolder = note.socketFolder,
            ServerSession.ping(socketFolder: socketFolder) == .accepting
        {
            try ServerSession.ensureDatabase(socketFolder: socketFolder)
            return (socketFolder, false)
        }
        let programs = try ServerPrograms.find(search, made: folder.madeBy, dataFolder: folder.data)
        if !Files.exists(folder.data) {
            try ClusterCreation(folder: folder, account: account, programs: programs, logger: logger).run()
        }
        let socketFolder = try start(programs)
        try ServerSession.ensureDatabase(socketFolder: socketFolder)
        return (socketFolder, true)
    }

    /// Stops the server: open transactions are rolled back, everything committed is kept.
    ///
    /// - Returns: Whether it ended within the limit; if not, it goes on stopping by itself.
    @discardableResult
    mutating func stop() throws(ClusterError) -> Bool {
        guard let process = state.running?.process else { return true }
        kill(process, SIGINT)
        let waiting = Waiting(
            limit: limits.stop,
            logger: logger,
            reason: "waiting for PostgreSQL to stop",
            isCancellable: false
        )
        let ended = try waiting.until { () throws(ClusterError) -> Bool? in
            collectChild()
            return state.belongs(process) ? nil : true
        }
        return ended ?? false
    }

    // MARK: Starting

    private mutating func start(_ programs: ServerPrograms) throws(ClusterError) -> String {
        let clock = ContinuousClock()
        var waitingSince = clock.now
        var logStart = log.size
        var launched: pid_t?
        let waiting = Waiting(
            limit: limits.start,
            logger: logger,
            reason: "waiting for PostgreSQL to start (after a crash it first recovers)"
        )
        let answered = try waiting.until { () throws(ClusterError) -> String? in
            if let note = state.running {
                if let socketFolder = note.socketFolder {
                    if note.isReady, ServerSession.ping(socketFolder: socketFolder) == .accepting {
                        return socketFolder
                    }
                    // Somebody removed the socket's folder: the server lives but nobody can reach it any more.
                    if clock.now - waitingSince > limits.missingSocket,
                        !Files.exists(SocketFolder.file(in: socketFolder))
                    {
                        logger.warning("PostgreSQL's socket has vanished from \(socketFolder); restarting it")
                        kill(note.process, SIGINT)
                        waitingSince = clock.now
                    }
                }
                return nil
            }
            if let process = launched {
                guard let status = ChildProgram.reap(process) else { return nil }
                child = nil
                throw ClusterError(
                    .startFailed,
                    "PostgreSQL did not start (exit status \(status)); its log is \(folder.log)",
                    details: log.lines(after: logStart)
                )
            }
            collectChild()
            log.shorten()
            logStart = log.size
            let socketFolder = try SocketFolder.prepare(folder, account: account)
            try clearRemains(socketFolder: socketFolder)
            launched = try launch(programs, socketFolder: socketFolder)
            child = launched
            waitingSince = clock.now
            return nil
        }
        guard let answered else {
            throw ClusterError(
                .startFailed,
                "PostgreSQL was not ready within \(limits.start.components.seconds) s and goes on starting",
                details: log.lines(after: logStart)
            )
        }
        return answered
    }

    private func launch(_ programs: ServerPrograms, socketFolder: String) throws(ClusterError) -> pid_t {
        let output = try log.open()
        defer { close(output) }
        var arguments = ["-D", folder.data]
        for setting in ClusterSettings.fixed(socketFolder: socketFolder) {
            arguments += ["-c", "\(setting.name)=\(setting.value)"]
        }
        return try ChildProgram.spawn(account.command(programs.postgres, arguments), output: output)
    }

    /// Clears away what a killed server has left: its workers, which would keep a new one from starting, and its notes.
    ///
    /// PostgreSQL deals with an ordinary stale note itself, but takes any process of its user with that number for a
    /// server: one that got the number anew, as is likely after a restart of a container, or the killed server itself
    /// while nobody has collected its exit status.
    private func clearRemains(socketFolder: String) throws(ClusterError) {
        let state = state
        for signal in [SIGQUIT, SIGKILL] {
            let left = state.processes
            if left.isEmpty { break }
            logger.warning("ending \(left.count) processes that a killed PostgreSQL has left")
            for process in left { kill(process, signal) }
            let waiting = Waiting(
                limit: .seconds(5),
                logger: logger,
                reason: "waiting for old processes to end"
            )
            _ = try waiting.until { () throws(ClusterError) -> Bool? in state.processes.isEmpty ? true : nil }
        }
        guard state.processes.isEmpty, ServerSession.ping(socketFolder: socketFolder) == .silent else {
            throw ClusterError(
                .busy,
                """
                a PostgreSQL that cannot be seen from here, perhaps in another container, uses \(folder.path); \
                stop it or set HIGHSCORES_DATA to another folder
                """
            )
        }
        unsafe unlink(state.notePath)
        unsafe unlink(SocketFolder.file(in: socketFolder) + ".lock")
    }
}
