import Glibc

/// Where data go; everything else goes to ``StandardError``.
enum StandardOutput {
    /// Whether somebody looks at it.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Whether it may be coloured: on a terminal that can, unless the user objects (https://no-color.org).
    static var takesColor: Bool {
        isTerminal && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
    }

    /// Writes a text whole.
    ///
    /// A reader that has seen enough, such as `head`, is no failure.
    ///
    /// - Throws: ``CommandFailure`` when the text cannot be written, for instance to a full disk.
    static func write(_ text: String) throws(CommandFailure) {
        try write(Array(text.utf8))
    }

    static func write(_ bytes: [UInt8]) throws(CommandFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                return
            } else if errno == EAGAIN {
                var ready = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            } else if errno != EINTR {
                throw CommandFailure(
                    .failed,
                    "cannot write to standard output: \(String(cString: strerror(errno)))"
                )
            }
        }
    }
}

/// Where everything goes that is not data.
enum StandardError {
    /// Whether somebody looks at it.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes a line, in one call so that lines of several processes do not mix.
    static func write(line: String) {
        let bytes = Array("\(line)\n".utf8)
        // Whether anybody reads it is not this program's concern.
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// The value of an environment variable.
private func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}
