import Glibc
import LocalPostgres
import Synchronization

/// A program that the bench has started, and ends by its process id.
///
/// It leads a session of its own, so that Ctrl-C at the terminal reaches the bench alone.
final class ChildProcess: Sendable {
    let process: pid_t
    private let name: String
    private let custodian: Custodian?
    private let exit = Mutex<Int32?>(nil)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - command: The path of the program and its arguments.
    ///   - environment: All of its environment.
    ///   - input: A descriptor for its standard input; nil gives it nothing to read.
    ///   - output: The file to which its standard output is appended.
    ///   - errors: The file to which its standard error is appended.
    ///   - custodian: Ends it should the bench be killed.
    init(
        _ command: [String],
        environment: [String: String],
        input: Int32? = nil,
        output: String,
        errors: String,
        custodian: Custodian?
    ) throws {
        name = command[0]
        let output = try Self.appending(to: output)
        defer { close(output) }
        let errors = try Self.appending(to: errors)
        defer { close(errors) }
        process = try ChildProgram.spawn(
            command,
            environment: environment,
            input: input,
            output: output,
            errors: errors
        )
        self.custodian = custodian
        custodian?.add(process)
    }

    deinit {
        guard isRunning else { return }
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        custodian?.remove(process)
    }

    var isRunning: Bool { exitCode == nil }

    /// The exit code once the program has ended; that of a signal is 128 and its number.
    var exitCode: Int32? {
        exit.withLock { exit in
            if exit == nil, let code = ChildProgram.reap(process) {
                exit = code
                custodian?.remove(process)
            }
            return exit
        }
    }

    /// Waits for the end.
    ///
    /// - Throws: ``BenchError`` when it does not end in time, `CancellationError`.
    func wait(within limit: Duration) async throws -> Int32 {
        let deadline = ContinuousClock.now + limit
        while true {
            if let exitCode { return exitCode }
            guard ContinuousClock.now < deadline else {
                throw BenchError(.failed, "\(name) did not end within \(limit.components.seconds) s")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Asks the program to end, and kills it when it takes too long.
    ///
    /// Works in a cancelled task, too.
    func stop(within limit: Duration = .seconds(12)) async {
        await Task.detached {
            guard self.isRunning else { return }
            kill(self.process, SIGTERM)
            guard (try? await self.wait(within: limit)) == nil else { return }
            kill(self.process, SIGKILL)
            _ = try? await self.wait(within: .seconds(5))
        }.value
    }

    private static func appending(to path: String) throws(BenchError) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw BenchError(.failed, "\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }
}
