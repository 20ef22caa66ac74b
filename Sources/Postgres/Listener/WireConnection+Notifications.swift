import CLibPQ
import Glibc

/// What a listener asks of its connection.
protocol ListenerConnection: AnyObject {
    /// How long the server may leave a question unanswered, after which asking it throws.
    var responseLimit: Duration? { get set }

    func listen(_ channels: [String]) throws(PostgresError)
    func isReadOnly() throws(PostgresError) -> Bool
    func takeNotification() -> (channel: String, payload: String)?
    func waitForNotifications(or signal: WakeSignal, _ limit: Duration) throws(PostgresError) -> Bool
}

extension WireConnection: ListenerConnection {
    /// Subscribes to channels.
    func listen(_ channels: [String]) throws(PostgresError) {
        let statements = channels.map { channel in
            "LISTEN \""
                + channel.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                + "\""
        }
        _ = try attempt([], control: statements)
    }

    /// Whether the server takes no changes: a standby, or one that was told to take none.
    func isReadOnly() throws(PostgresError) -> Bool {
        let answer = try exchange(["SELECT current_setting('transaction_read_only') = 'on'"])[0]
        return try Rows(answer).first?.decode(Bool.self) ?? false
    }

    /// The next notification that has arrived.
    func takeNotification() -> (channel: String, payload: String)? {
        guard let notification = unsafe PQnotifies(pointer) else { return nil }
        defer { unsafe PQfreemem(notification) }
        return unsafe (
            String(cString: notification.pointee.relname), String(cString: notification.pointee.extra)
        )
    }

    /// Waits until the server sends something, the signal is given or the limit is over, and reads what was sent.
    ///
    /// - Returns: Whether the server sent something.
    func waitForNotifications(or signal: WakeSignal, _ limit: Duration) throws(PostgresError) -> Bool {
        var entries = [
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signal.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let ready = unsafe poll(&entries, 2, limit.pollMilliseconds)
        guard ready > 0, entries[0].revents != 0 else { return false }
        guard unsafe PQconsumeInput(pointer) == 1 else { throw lost() }
        return true
    }
}
