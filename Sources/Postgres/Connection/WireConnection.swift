import CLibPQ
import Glibc

/// One connection of libpq, always non-blocking and in pipeline mode, with time limits on every wait.
///
/// Used by one thread at a time: the queue of a ``PostgresConnection`` or the thread of a ``PostgresListener``.
@safe
final class WireConnection {
    let pointer: OpaquePointer
    private let connectionString: ConnectionString
    /// What each transaction begins with where the server's session may be another one each time; nil where it stays, and
    /// knows everything from the start.
    let pooledSettings: String?
    /// How long the server may stay silent while an answer is due; nil waits for ever.
    var responseLimit: Duration?
    var isBroken = false

    var statements = StatementCache(capacity: 256)
    /// Prepared statements that were forgotten here and still exist on the server.
    var pendingDeallocations: [String] = []
    /// Statements that open the current transaction, sent together with its first statement.
    var pendingBegin: [String] = []
    /// Whether a transaction was asked for, even if the server does not know of it yet.
    var isInTransaction = false

    init(owning pointer: OpaquePointer, connectionString: ConnectionString, pooledSettings: String?) {
        unsafe self.pointer = unsafe pointer
        self.pooledSettings = pooledSettings
        self.connectionString = connectionString
    }

    deinit {
        unsafe PQfinish(pointer)
    }

    var socket: Int32 {
        unsafe PQsocket(pointer)
    }

    /// The encoding of the database, as the server told when it was connected to.
    var serverEncoding: String? {
        unsafe PQparameterStatus(pointer, "server_encoding").map { unsafe String(cString: $0) }
    }

    var transactionStatus: PGTransactionStatusType {
        unsafe PQtransactionStatus(pointer)
    }

    /// Whether the server has closed the connection while nobody looked; asks the server only if it sent something.
    func isAlive() -> Bool {
        guard !isBroken, unsafe PQstatus(pointer) == CONNECTION_OK else { return false }
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&descriptor, 1, 0) != 0 else { return true }
        return (try? ping()) != nil
    }

    /// Asks the server for an answer.
    func ping() throws(PostgresError) {
        _ = try attempt([], control: ["SELECT"])
    }

    /// The next result of the command whose answer is due; nil ends the answer.
    func nextResult() throws(PostgresError) -> ResultHandle? {
        while unsafe PQisBusy(pointer) == 1 {
            let flushed = unsafe PQflush(pointer)
            guard flushed >= 0 else { throw lost() }
            try waitForServer(alsoWrite: flushed == 1)
        }
        guard let result = unsafe PQgetResult(pointer) else { return nil }
        return unsafe ResultHandle(owning: result)
    }

    /// Waits until the server sends something, or takes something if `alsoWrite` is set, and reads what it sent.
    func waitForServer(alsoWrite: Bool) throws(PostgresError) {
        let events = POLLIN | (alsoWrite ? POLLOUT : 0)
        guard try wait(for: Int16(events), limit: responseLimit) else {
            isBroken = true
            throw PostgresError(.connectionLost, "server did not answer in time")
        }
        guard unsafe PQconsumeInput(pointer) == 1 else { throw lost() }
    }

    /// Waits for the socket.
    ///
    /// - Returns: Whether the socket became ready within the limit.
    private func wait(for events: Int16, limit: Duration?) throws(PostgresError) -> Bool {
        let deadline = limit.map { ContinuousClock.now + $0 }
        while true {
            var descriptor = pollfd(fd: socket, events: events, revents: 0)
            let ready = unsafe poll(&descriptor, 1, deadline.map { ($0 - .now).pollMilliseconds } ?? -1)
            if ready > 0 { return true }
            if ready < 0, errno != EINTR { throw lost() }
            if let deadline, deadline <= .now { return false }
        }
    }

    /// Marks the connection as broken and says why, in the server's words if it said goodbye.
    func lost() -> PostgresError {
        isBroken = true
        // A farewell may wait in the buffer behind answers to earlier commands.
        for _ in 0..<8 {
            guard let pointer = unsafe PQgetResult(pointer) else { continue }
            let error = unsafe ResultHandle(owning: pointer).error(.connectionLost, statement: nil)
            if error.sqlState != nil { return error }
        }
        return PostgresError(.connectionLost, connectionMessage())
    }

    /// The last error message of the connection on one line and without the password.
    func connectionMessage() -> String {
        let password = unsafe PQpass(pointer).map { unsafe String(cString: $0) }
        let message = unsafe PQerrorMessage(pointer).map { unsafe String(cString: $0) } ?? ""
        return connectionString.scrub(message, password: password)
    }
}

extension Duration {
    /// The duration as `poll` wants it: whole milliseconds, rounded up, not negative.
    var pollMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    /// The duration in whole milliseconds, rounded down.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
