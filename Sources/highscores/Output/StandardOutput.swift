import Glibc
import Synchronization

/// Where data go; everything else goes to ``StandardError``.
enum StandardOutput {
    /// Whether somebody looks at it.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Whether it can be written to at all; not where the program was started without (`>&-`).
    static var isOpen: Bool {
        let flags = fcntl(STDOUT_FILENO, F_GETFL)
        return flags >= 0 && flags & O_ACCMODE != O_RDONLY
    }

    /// What commands fail with then.
    static let isClosed = CommandFailure(
        .failed,
        "standard output is closed, so nothing was done; '>/dev/null' does without the output"
    )

    /// Whether it may be coloured: on a terminal that can, unless the user objects (https://no-color.org).
    static var takesColor: Bool {
        isTerminal && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
    }

    /// How wide the terminal is; nil where nobody knows.
    static var columns: Int? { terminalColumns(STDOUT_FILENO) }

    /// Writes a text whole.
    ///
    /// A reader that has seen enough, such as `head`, is no failure. A reader that has stopped reading does not keep
    /// the program from being interrupted.
    ///
    /// - Returns: Whether there is still a reader.
    @discardableResult
    static func write(_ text: String) throws(CommandFailure) -> Bool {
        try write(Array(text.utf8))
    }

    @discardableResult
    static func write(_ bytes: [UInt8]) throws(CommandFailure) -> Bool {
        guard isOpen else { throw isClosed }
        var rest = bytes[...]
        while !rest.isEmpty {
            var ready = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
            guard poll(&ready, 1, 200) != 0 else {
                guard !Task.isCancelled else { throw CommandFailure(.interrupted, "interrupted") }
                continue
            }
            // As much as a pipe that is ready takes without waiting (POSIX, PIPE_BUF).
            let portion = min(rest.count, Int(PIPE_BUF))
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, portion) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                return false
            } else if errno != EINTR, errno != EAGAIN {
                throw CommandFailure(
                    .failed,
                    "cannot write to standard output: \(String(cString: strerror(errno)))"
                )
            }
        }
        return true
    }
}

extension StandardOutput {
    /// Whether something can be drawn on it again and again in one place.
    static var canRedraw: Bool { isTerminal && environment("TERM") != "dumb" }

    /// Draws something in the terminal's upper left corner, and again whenever it has changed, until it is interrupted.
    static func redraw(_ text: () async throws -> String) async throws {
        var shown: String?
        while true {
            let text = try await text()
            if text != shown {
                // To the first place, then away with the rest of what was there.
                try write("\u{1B}[H\u{1B}[J" + text)
                shown = text
            }
            try await Task.sleep(for: .seconds(1))
        }
    }
}

/// Where everything goes that is not data.
enum StandardError {
    /// Whether somebody looks at it.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Whether a line on it can be drawn anew: on a terminal that obeys.
    static var takesStatus: Bool { isTerminal && environment("TERM") != "dumb" }

    /// The line that shows how far work has come; it stays the last one.
    private static let status = Mutex<String?>(nil)
    private static let clearing = "\r\u{1B}[K"

    /// Writes a line, in one call so that lines of several processes do not mix.
    static func write(line: String) {
        status.withLock { status in
            put(status.map { "\(clearing)\(line)\n\($0)" } ?? "\(line)\n")
        }
    }

    /// Shows how far work has come in place of what was shown before; nil takes it away.
    static func setStatus(_ text: String?) {
        let columns = terminalColumns(STDERR_FILENO) ?? 80
        status.withLock { status in
            // A line that wraps could not be taken back.
            let new = text.map { String($0.prefix(max(columns - 1, 10))) }
            guard new != nil || status != nil else { return }
            status = new
            put(clearing + (new ?? ""))
        }
    }

    private static func put(_ text: String) {
        // Whether anybody reads it is not this program's concern.
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// Tells a person something beside the data.
func remark(_ text: String) { StandardError.write(line: "highscores: \(text)") }

/// How wide a terminal is; nil for one that does not say, and for what is none.
private func terminalColumns(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
}

/// The value of an environment variable.
private func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}
