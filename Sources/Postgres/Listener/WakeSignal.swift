import Glibc

/// Ends a `poll` on another thread.
///
/// Once given, the signal stays: a thread that looks later sees it too.
final class WakeSignal: Sendable {
    /// Becomes readable when the signal is given.
    let descriptor: Int32

    private let writeEnd: Int32

    /// Creates a signal that was not given yet.
    ///
    /// - Throws: `.connectionFailed` if the process has too many open files.
    init() throws(PostgresError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw PostgresError(.connectionFailed, "no file descriptor is left")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (descriptor, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(writeEnd)
    }

    func give() {
        var byte: UInt8 = 1
        _ = unsafe write(writeEnd, &byte, 1)
    }

    /// Waits for the signal.
    ///
    /// - Returns: Whether it was given within the limit.
    func wait(_ limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&entry, 1, (deadline - .now).pollMilliseconds)
            if ready > 0 { return true }
            if deadline <= .now { return false }
        }
    }
}
