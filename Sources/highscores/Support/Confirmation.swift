import Glibc

/// Asking before something is lost.
enum Confirmation {
    /// Whether somebody is there to answer.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && StandardError.isTerminal }

    /// Has the name of what is changed typed.
    ///
    /// - Parameters:
    ///   - statement: What would be lost.
    ///   - name: What is to be typed.
    /// - Throws: ``CommandFailure`` when something else is typed, or nobody is there to type.
    static func ask(_ statement: String, for name: String) throws(CommandFailure) {
        guard canAsk else {
            throw CommandFailure(.usage, "\(statement) Without a terminal to ask at, '--yes' is needed.")
        }
        StandardError.write(line: "\(statement)\nType \(name) to go on:")
        guard readLine() == name else { throw CommandFailure(.usage, "nothing was changed") }
    }
}
