import Foundation
import TestSupport

/// A command that runs at a terminal, with a person who types.
final class Terminal: Sendable {
    private let program: Program
    private let keyboard: FileHandle

    /// Starts a command.
    ///
    /// - Parameters:
    ///   - arguments: The command line after `highscores`; without quotes.
    ///   - environment: Its variables.
    ///   - folder: An empty folder.
    /// - Throws: ``ProgramError`` when `script`, which is part of every Debian, is not there.
    init(_ arguments: [String], environment: [String: String], folder: URL) throws {
        let pipe = folder.appendingPathComponent("keyboard").path
        guard mkfifo(pipe, 0o600) == 0 else { throw ProgramError("no pipe") }
        let command = ([try Program.path()] + arguments).map { "'\($0)'" }.joined(separator: " ")
        program = try Program(
            [
                "-c",
                #"exec script -qefc "stty -echo; $COMMAND" /dev/null <keyboard"#.replacing(
                    "<keyboard",
                    with: "<'\(pipe)'"
                ),
            ],
            environment: environment.merging(["COMMAND": command, "SHELL": "/bin/sh"]) { _, new in new },
            folder: folder,
            at: "/bin/sh"
        )
        // Opens when the shell has opened its end.
        guard let keyboard = FileHandle(forWritingAtPath: pipe) else { throw ProgramError("no keyboard") }
        self.keyboard = keyboard
    }

    /// What the terminal shows so far, in plain lines.
    var screen: String { program.standardOutput.replacing("\r\n", with: "\n") }

    /// Waits until the terminal shows a text.
    func wait(for text: String) async throws {
        try await Program.wait(for: "'\(text)' on the terminal") { screen.contains(text) ? () : nil }
    }

    /// Types a line.
    func type(_ line: String) throws { try keyboard.write(contentsOf: Data("\(line)\n".utf8)) }

    /// The exit code of the command.
    func exitCode() async throws -> Int32 {
        let code = try await program.exitCode(within: .seconds(60))
        try? keyboard.close()
        return code
    }
}
