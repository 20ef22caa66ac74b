import Glibc
import Synchronization

/// A program that the bench has started, and ends by its process id.
///
/// It leads a process group of its own, so that Ctrl-C at the terminal reaches the bench alone.
final class ChildProcess: Sendable {
    /// What to start.
    struct Command: Sendable {
        /// The absolute path of the program.
        let program: String
        let arguments: [String]
        /// All of its environment.
        let environment: [String: String]
    }

    let process: pid_t
    private let name: String
    private let custodian: Custodian?
    /// How it ended, as `waitpid` gave it; nil while it runs.
    private let status = Mutex<Int32?>(nil)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - input: A descriptor for its standard input; nil gives it nothing to read.
    ///   - output: The file that takes its standard output.
    ///   - errors: The file that takes its standard error.
    ///   - custodian: Ends it should the bench be killed.
    init(
        _ command: Command,
        input: Int32? = nil,
        output: String,
        errors: String,
        custodian: Custodian?
    ) throws(BenchError) {
        name = command.program.split(separator: "/").last.map(String.init) ?? command.program
        process = try Self.start(command, input: input, output: output, errors: errors)
        self.custodian = custodian
        custodian?.add(process)
    }

    deinit {
        guard isRunning else { return }
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        custodian?.remove(process)
    }

    /// Whether the program has not ended yet.
    var isRunning: Bool { exitCode == nil }

    /// The exit code once the program has ended; that of a signal is 128 and its number.
    var exitCode: Int32? {
        status.withLock { status in
            if status == nil {
                var found: Int32 = 0
                guard waitpid(process, &found, WNOHANG) == process else { return nil }
                status = found
                custodian?.remove(process)
            }
            return status.map { $0 & 0x7F == 0 ? ($0 >> 8) & 0xFF : 128 + ($0 & 0x7F) }
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

    private static func start(
        _ command: Command,
        input: Int32?,
        output: String,
        errors: String
    ) throws(BenchError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o600)
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let settings = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(settings))
        var words = ([command.program] + command.arguments).map { strdup($0) } + [nil]
        var variables = command.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var process: pid_t = 0
        let result = posix_spawn(&process, command.program, &actions, &attributes, &words, &variables)
        guard result == 0 else {
            throw BenchError(
                .failed,
                "\(command.program) could not be started: \(String(cString: strerror(result)))"
            )
        }
        return process
    }
}
