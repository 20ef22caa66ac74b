import Foundation
import Glibc
import TestSupport

/// A command that runs at a terminal, with a person who types.
final class Terminal: Sendable {
    private let program: Program
    private let keyboard: FileHandle
    private let folder: URL

    /// What the terminal runs: the command between two looks at how the terminal is set.
    ///
    /// A shell that a Ctrl-C ended with the command could not tell how the command ended.
    private static let script = """
        stty -echo $SIZE
        trap : INT
        stty -g >"$PLACE/before"
        sh -c 'echo $$ >"$PLACE/process"; exec "$@"' sh "$@"
        code=$?
        stty -g >"$PLACE/after"
        exit $code

        """

    /// Starts a command.
    ///
    /// - Parameters:
    ///   - arguments: The command line after `highscores`; without quotes.
    ///   - environment: Its variables.
    ///   - folder: An empty folder.
    ///   - columns: How wide the terminal is; nil for one that does not say.
    /// - Throws: ``ProgramError`` when `script`, which is part of every Debian, is not there.
    init(_ arguments: [String], environment: [String: String], folder: URL, columns: Int? = nil) throws {
        self.folder = folder
        let pipe = folder.appendingPathComponent("keyboard").path
        guard mkfifo(pipe, 0o600) == 0 else { throw ProgramError("no pipe") }
        let script = folder.appendingPathComponent("script").path
        try Data(Self.script.utf8).write(to: URL(fileURLWithPath: script))
        let words = ["/bin/sh", script, try Program.path()] + arguments
        let variables = [
            "COMMAND": words.map { "'\($0)'" }.joined(separator: " "), "SHELL": "/bin/sh",
            "PLACE": folder.path, "SIZE": columns.map { "rows 24 columns \($0)" } ?? "",
        ]
        program = try Program(
            ["-c", #"exec script -qefc "$COMMAND" /dev/null <"$PLACE/keyboard""#],
            environment: environment.merging(variables) { _, new in new },
            folder: folder,
            at: "/bin/sh"
        )
        // Opens when the shell has opened its end.
        guard let keyboard = FileHandle(forWritingAtPath: pipe) else { throw ProgramError("no keyboard") }
        self.keyboard = keyboard
    }

    /// What the terminal shows so far, in plain lines.
    var screen: String { program.standardOutput.replacing("\r\n", with: "\n") }

    /// The lines as they look once what was taken back is gone; the cursor stands in the last.
    var lines: [String] {
        screen.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.components(separatedBy: "\r\u{1B}[K").last ?? ""
        }
    }

    /// Whether the terminal is set as it was before the command; only once that has ended.
    var isAsBefore: Bool {
        let modes = ["before", "after"].map {
            FileManager.default.contents(atPath: folder.appendingPathComponent($0).path) ?? Data()
        }
        return modes[0] == modes[1] && !modes[0].isEmpty && !screen.contains("\u{1B}[?25l")
    }

    /// Takes away what the terminal showed.
    func forget() { try? FileManager.default.removeItem(at: folder.appendingPathComponent("stdout")) }

    /// Waits until the terminal shows a text.
    func wait(for text: String) async throws {
        try await Program.wait(for: "'\(text)' on the terminal", else: { self.screen }) {
            screen.contains(text) ? () : nil
        }
    }

    /// Types a line.
    func type(_ line: String) throws { try keyboard.write(contentsOf: Data("\(line)\n".utf8)) }

    /// Presses Ctrl-C.
    func pressInterrupt() throws { try keyboard.write(contentsOf: Data([3])) }

    /// Sends the command alone a signal, as `kill` does.
    func send(_ signal: Int32) async throws {
        let process = try await Program.wait(for: "the command's process") {
            let text = try? String(
                contentsOf: folder.appendingPathComponent("process"),
                encoding: .utf8
            )
            return text.flatMap { $0.hasSuffix("\n") ? pid_t($0.dropLast()) : nil }
        }
        kill(process, signal)
    }

    /// The exit code of the command.
    func exitCode() async throws -> Int32 {
        let code = try await program.exitCode()
        try? keyboard.close()
        return code
    }
}
