package import Foundation
package import JSON
import Synchronization

/// The built `highscores`, run by a test as an operator would run it, or a foreign program that a test needs.
///
/// Its environment is what the test gives and nothing else. It dies with the test, however that ends.
package final class Program: Sendable {
    /// How long anything may take, on a machine on which others take all processors: only what hangs takes longer.
    package static let longestWait: Duration = .seconds(300)

    /// Where it keeps data and where its output goes.
    package let folder: URL
    /// The process id of the running or last process.
    package var process: pid_t { state.withLock { $0.process } }

    private struct State: Sendable {
        var process: pid_t
        /// As `waitpid` gave it; nil while the process runs.
        var status: Int32?
    }

    private let state: Mutex<State>

    private static let running = Mutex<[pid_t]>([])
    private static let killingAtExit: Void = {
        atexit { Program.running.withLock { $0.forEach { kill($0, SIGKILL) } } }
    }()

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - environment: Its variables; `PATH` is added, and `HOME` is the folder.
    ///   - folder: Where its output is appended to `stdout` and `stderr`.
    ///   - path: Which program; nil is `highscores`.
    /// - Throws: ``ProgramError`` when it is not built or cannot be started.
    package init(
        _ arguments: [String],
        environment: [String: String],
        folder: URL,
        at path: String? = nil
    ) throws {
        _ = Self.killingAtExit
        self.folder = folder
        var environment = environment
        environment["PATH"] = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        environment["HOME"] = folder.path + "/"
        let process = try ProgramSpawn.start(
            path ?? Self.path(),
            arguments,
            environment: environment,
            folder: folder
        )
        state = Mutex(State(process: process, status: nil))
        Self.running.withLock { $0.append(process) }
    }

    deinit {
        let (process, status) = state.withLock { ($0.process, $0.status) }
        guard status == nil else { return }
        ProgramSpawn.kill(process)
        Self.forget(process)
    }

    private static func forget(_ process: pid_t) {
        running.withLock { $0.removeAll { $0 == process } }
    }

    /// The program beside the tests that run: `.build/CONFIGURATION/highscores`.
    package static func path() throws -> String {
        for place in [CommandLine.arguments[0], Bundle.main.executablePath ?? ""]
            + Bundle.allBundles.map(\.bundlePath)
        {
            var folder = URL(fileURLWithPath: place).resolvingSymlinksInPath()
            while folder.pathComponents.count > 2 {
                folder.deleteLastPathComponent()
                let program = folder.appendingPathComponent("highscores").path
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: program, isDirectory: &isFolder),
                    !isFolder.boolValue,
                    FileManager.default.isExecutableFile(atPath: program)
                else { continue }
                return program
            }
        }
        throw ProgramError("highscores is not built beside \(CommandLine.arguments[0])")
    }

    // MARK: - Output

    package var standardOutput: String { output("stdout") }
    package var standardError: String { output("stderr") }

    private func output(_ name: String) -> String {
        String(
            decoding: FileManager.default.contents(atPath: folder.appendingPathComponent(name).path)
                ?? Data(),
            as: UTF8.self
        )
    }

    /// The lines of the JSON log so far that carry a message.
    package func logged(_ message: String) -> [JSONValue] {
        standardError.split(separator: "\n").compactMap { try? JSON.parse(Array($0.utf8)) }
            .filter { $0["message"]?.string == message }
    }

    // MARK: - Ending

    /// Sends a signal.
    package func send(_ signal: Int32) {
        state.withLock { if $0.status == nil { kill($0.process, signal) } }
    }

    /// Whether the process has not ended yet.
    package var isRunning: Bool { reap() == nil }

    /// Kills the process as a power cut would, and waits for its end.
    package func kill9() async throws {
        send(SIGKILL)
        _ = try await exitCode()
    }

    /// Waits for the end.
    ///
    /// - Parameter limit: How long.
    /// - Returns: The exit code; that of a signal is 128 and its number.
    /// - Throws: ``ProgramError`` when it does not end in time.
    @discardableResult
    package func exitCode(within limit: Duration = longestWait) async throws -> Int32 {
        try await Self.wait(within: limit, for: "the end of the program", else: { self.standardError }) {
            guard let status = self.reap() else { return nil }
            return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        }
    }

    private func reap() -> Int32? {
        state.withLock { state in
            if let status = state.status { return status }
            var status: Int32 = 0
            guard waitpid(state.process, &status, WNOHANG) == state.process else { return nil }
            state.status = status
            Self.forget(state.process)
            return status
        }
    }

    /// Looks until there is a value: a foreign process tells nobody of its progress.
    ///
    /// - Parameters:
    ///   - limit: How long to look.
    ///   - what: What is waited for, for the error.
    ///   - context: What the error shows beside it.
    ///   - look: Gives the value once it is there.
    /// - Returns: The value.
    /// - Throws: ``ProgramError`` when time is over, and what the look throws.
    package static func wait<Value>(
        within limit: Duration = longestWait,
        for what: String,
        else context: () -> String = { "" },
        _ look: () async throws -> Value?
    ) async throws -> Value {
        let deadline = ContinuousClock.now.advanced(by: limit)
        while true {
            if let value = try await look() { return value }
            guard ContinuousClock.now < deadline else {
                throw ProgramError("not within \(limit): \(what)\n\(context().suffix(4000))")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

/// Folders and ports of programs.
extension Program {
    /// A port of the loopback address that was free a moment ago.
    package static func freePort() throws -> UInt16 { try ProgramSpawn.freePort() }

    /// Gives a body a folder, and afterwards kills what still runs there and removes it.
    package static func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
        let folder = try ProgramFolder.make()
        defer { ProgramFolder.remove(folder) }
        return try await body(folder)
    }
}
