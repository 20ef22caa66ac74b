import Glibc

/// Asking before something is lost.
enum Confirmation {
    /// Whether somebody is there to answer.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && StandardError.isTerminal }

    /// Has the name of what is changed typed.
    ///
    /// - Throws: ``CommandFailure`` when something else is typed, or nobody is there to type.
    static func ask(_ statement: String, for name: String) throws(CommandFailure) {
        guard canAsk else {
            throw CommandFailure(.usage, "\(statement) Without a terminal to ask at, '--yes' is needed.")
        }
        StandardError.write(line: "\(statement)\nType \(name) to go on:")
        guard try typedLine() == name else { throw CommandFailure(.usage, "nothing was changed") }
    }

    /// Reads a line as it is typed, without keeping the program from being interrupted.
    ///
    /// - Throws: ``CommandFailure`` when the task is cancelled.
    private static func typedLine() throws(CommandFailure) -> String {
        var line: [UInt8] = []
        while true {
            guard !Task.isCancelled else {
                // What was typed so far stands in this line.
                StandardError.write(line: "")
                throw CommandFailure(.interrupted, "interrupted")
            }
            var ready = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 200) > 0 else { continue }
            // The terminal hands over whole lines, so byte by byte is no burden, and nothing after them is taken.
            var byte: UInt8 = 0
            let count = read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count == 1, byte != UInt8(ascii: "\n") else { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
    }
}
