package import Glibc

/// Starts other programs in clean surroundings: own session, no inherited descriptors, signals or secrets.
package enum ChildProgram {
    /// The flag of `<spawn.h>` for a session of one's own, which Swift does not import (it needs `_GNU_SOURCE`); the
    /// value is part of the C library's binary interface.
    private static let ownSession: Int32 = 0x80

    /// Our own environment may hold a bot's token, which a database server has no use for.
    package static let plainEnvironment = [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC",
    ]

    /// How a program ended.
    struct Outcome {
        /// The exit status, or 128 and the number of the signal that ended it.
        let status: Int32
        /// The start of what it wrote, standard output and error together.
        let output: String

        var lines: [String] { output.split(separator: "\n").suffix(15).map(String.init) }
    }

    /// Starts a program, as the leader of a session and a process group, and does not wait for it.
    ///
    /// - Parameters:
    ///   - command: The program, looked up in the environment's `PATH`, and its arguments.
    ///   - input: A descriptor for its standard input; nil gives it nothing to read.
    ///   - output: A descriptor for its standard output, and its standard error where that has none of its own.
    /// - Returns: Its process id, which stays when the account is lowered.
    /// - Throws: ``ClusterError`` with `system`; a program that is not there ends with status 127 instead.
    package static func spawn(
        _ command: [String],
        environment: [String: String] = plainEnvironment,
        input: Int32? = nil,
        output: Int32,
        errors: Int32? = nil
    ) throws(ClusterError) -> pid_t {
        // The shell leaves a folder that the account may be unable to enter, and becomes the program.
        let words = ["/bin/sh", "-c", "cd / && umask 077 && exec \"$@\"", "sh"] + command

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if let input {
            unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors ?? output, 2)
        for descriptor in inheritable() {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | ownSession
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var process: pid_t = 0
        let result = unsafe withStrings(words) { arguments in
            unsafe withStrings(environment.map { "\($0.key)=\($0.value)" }) { variables in
                unsafe posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, variables)
            }
        }
        guard result == 0 else {
            errno = result
            throw Files.failure("starting \(command.first ?? "a program")")
        }
        return process
    }

    /// Runs a program to its end, with a limit after which it is killed.
    static func run(_ command: [String], limit: Duration = .seconds(30)) throws(ClusterError) -> Outcome {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw Files.failure("making a pipe") }
        let (reading, writing) = (ends[0], ends[1])
        defer { close(reading) }
        _ = fcntl(reading, F_SETFD, FD_CLOEXEC)
        _ = fcntl(writing, F_SETFD, FD_CLOEXEC)
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
        let process: pid_t
        do throws(ClusterError) {
            process = try spawn(command, output: writing)
        } catch {
            close(writing)
            throw error
        }
        close(writing)

        let deadline = ContinuousClock.now + limit
        var output: [UInt8] = []
        var status: Int32?
        while status == nil {
            output += Files.contents(of: reading, limit: 65_536 - output.count)
            status = reap(process)
            if status == nil {
                if .now > deadline || Task.isCancelled { kill(-process, SIGKILL) }
                usleep(2_000)
            }
        }
        output += Files.contents(of: reading, limit: 65_536 - output.count)
        return Outcome(status: status ?? 1, output: String(decoding: output, as: UTF8.self))
    }

    /// The exit status of a child that has ended, or nil while it runs.
    ///
    /// A process that is no child of this one counts as ended with status 0.
    package static func reap(_ process: pid_t) -> Int32? {
        var status: Int32 = 0
        let result = unsafe waitpid(process, &status, WNOHANG)
        if result == 0 { return nil }
        guard result == process else { return errno == EINTR ? nil : 0 }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    /// The descriptors above standard error that a child would inherit.
    private static func inheritable() -> [Int32] {
        Files.names(in: "/proc/self/fd").compactMap { Int32($0) }.filter { descriptor in
            guard descriptor > 2 else { return false }
            let flags = fcntl(descriptor, F_GETFD)
            return flags >= 0 && flags & FD_CLOEXEC == 0
        }
    }

    private static func withStrings<Result>(
        _ strings: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = unsafe strings.map { unsafe strdup($0) }
        defer { unsafe copies.forEach { unsafe free($0) } }
        return unsafe body(copies + [nil])
    }
}
