import CLibPQ
import Glibc
import Logging

/// Starts and stops the server of one cluster.
///
/// Every call blocks, and needs the start lock unless it says otherwise.
struct ServerControl {
    let folder: ClusterFolder
    let account: ServerAccount
    let machine: ClusterMachine
    let logger: Logger
    /// The server process if this process started it, which must then collect its exit status.
    private(set) var child: pid_t?

    private var state: ServerState { ServerState(data: folder.data) }
    private var log: ServerLog { ServerLog(path: folder.log) }

    /// Whether the server is alive and its socket is where clients look for it; needs no lock.
    mutating func isServing() -> Bool {
        collectChild()
        guard let socketFolder = state.running?.socketFolder else { return false }
        return Files.exists(ClusterFolder.socket(in: socketFolder))
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
            ping(socketFolder) == PQPING_OK
        {
            try ensureDatabase(socketFolder)
            return (socketFolder, false)
        }
        let programs = try ServerPrograms.find(on: machine, made: folder.madeBy, dataFolder: folder.data)
        if !Files.exists(folder.data) {
            try ClusterCreation(folder: folder, account: account, programs: programs, logger: logger).run()
        }
        let socketFolder = try start(programs)
        try ensureDatabase(socketFolder)
        return (socketFolder, true)
    }

    /// Stops the server: open transactions are rolled back, everything committed is kept; returns whether it ended
    /// within the limit; if not, it goes on stopping by itself.
    @discardableResult
    mutating func stop() throws(ClusterError) -> Bool {
        guard let process = state.running?.process else { return true }
        kill(process, SIGINT)
        let ended = try ClusterMachine.wait(
            within: machine.stopLimit,
            "waiting for PostgreSQL to stop",
            logger,
            isCancellable: false
        ) { () throws(ClusterError) -> Bool? in
            collectChild()
            return state.belongs(process) ? nil : true
        }
        return ended ?? false
    }

    // MARK: Starting

    private mutating func start(_ programs: ServerPrograms) throws(ClusterError) -> String {
        var waitingSince = ContinuousClock.now
        var logStart = log.size
        var launched: pid_t?
        let answered = try ClusterMachine.wait(
            within: machine.startLimit,
            "waiting for PostgreSQL to start (after a crash it first recovers)",
            logger
        ) { () throws(ClusterError) -> String? in
            if let note = state.running {
                if let socketFolder = note.socketFolder {
                    if note.isReady, ping(socketFolder) == PQPING_OK {
                        return socketFolder
                    }
                    // Somebody removed the socket's folder: the server lives but nobody can reach it any more.
                    if .now - waitingSince > machine.missingSocketLimit,
                        !Files.exists(ClusterFolder.socket(in: socketFolder))
                    {
                        logger.warning(
                            "cluster.socket_vanished",
                            metadata: [
                                "detail":
                                    "PostgreSQL's socket has vanished from \(socketFolder); restarting it"
                            ]
                        )
                        kill(note.process, SIGINT)
                        waitingSince = .now
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
            let socketFolder = try folder.prepareSocketFolder(for: account)
            try clearRemains(socketFolder: socketFolder)
            launched = try launch(programs, socketFolder: socketFolder)
            child = launched
            waitingSince = .now
            return nil
        }
        guard let answered else {
            throw ClusterError(
                .startFailed,
                "PostgreSQL was not ready within \(machine.startLimit.components.seconds) s and goes on starting",
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
            logger.warning(
                "cluster.remains_ended",
                metadata: [
                    "detail": "ending \(left.count) processes that a killed PostgreSQL has left"
                ]
            )
            for process in left { kill(process, signal) }
            _ = try ClusterMachine.wait(
                within: .seconds(5),
                "waiting for old processes to end",
                logger
            ) { () throws(ClusterError) in state.processes.isEmpty ? true : nil }
        }
        guard state.processes.isEmpty, ping(socketFolder) == PQPING_NO_RESPONSE else {
            throw ClusterError(
                .busy,
                """
                a PostgreSQL that cannot be seen from here, perhaps in another container, uses \(folder.path); \
                stop it or set HIGHSCORES_DATA to another folder
                """
            )
        }
        unsafe unlink(state.notePath)
        unsafe unlink(ClusterFolder.socket(in: socketFolder) + ".lock")
    }

    // MARK: Asking

    private func ping(_ socketFolder: String) -> PGPing {
        unsafe PQping(address(socketFolder))
    }

    /// Creates the service's database when it is missing; blocks for a few seconds at most.
    private func ensureDatabase(_ socketFolder: String) throws(ClusterError) {
        let connection = unsafe PQconnectdb(address(socketFolder))
        defer { unsafe PQfinish(connection) }
        let found = unsafe PQexec(
            connection,
            "SELECT 1 FROM pg_catalog.pg_database WHERE datname = '\(ClusterLease.name)'"
        )
        defer { unsafe PQclear(found) }
        let isAsked = unsafe PQresultStatus(found) == PGRES_TUPLES_OK
        if unsafe isAsked && PQntuples(found) > 0 { return }
        let created = isAsked ? unsafe PQexec(connection, "CREATE DATABASE \(ClusterLease.name)") : nil
        defer { unsafe PQclear(created) }
        guard isAsked, unsafe PQresultStatus(created) == PGRES_COMMAND_OK else {
            let message = unsafe String(cString: PQerrorMessage(connection))
            throw ClusterError(
                .startFailed,
                "the private cluster runs, but its database cannot be used",
                details: message.split(separator: "\n").map(String.init)
            )
        }
    }

    private func address(_ socketFolder: String) -> String {
        ClusterLease.connectionString(socketFolder: socketFolder, database: "postgres") + " connect_timeout=3"
    }
}
