package import Foundation
import Synchronization

/// Finding and starting a foreign program, and finding a port for it.
package enum ProgramSpawn {
    /// Finds a program by its name.
    ///
    /// - Parameter name: For example `chromium`.
    /// - Returns: The first of that name in `PATH`.
    /// - Throws: ``ProgramError`` when there is none.
    package static func find(_ name: String) throws -> String {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        let place = folders.lazy.map { "\($0)/\(name)" }
            .first(where: FileManager.default.isExecutableFile(atPath:))
        guard let place else {
            throw ProgramError("no program named \(name) is in PATH; Tests/run installs what the tests need")
        }
        return place
    }

    /// Starts a program with no signal blocked or ignored, whatever the thread that happens to run this has set.
    ///
    /// - Parameters:
    ///   - path: The program.
    ///   - arguments: Its arguments, without its own name.
    ///   - environment: All of its environment.
    ///   - folder: Where it writes `stdout` and `stderr`; both are appended to.
    /// - Returns: Its process id, to be given to ``end(of:)`` or ``kill(_:)``.
    /// - Throws: ``ProgramError`` when it cannot be started.
    package static func start(
        _ path: String,
        _ arguments: [String],
        environment: [String: String] = ProcessInfo.processInfo.environment,
        folder: URL
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions,
            1,
            folder.appendingPathComponent("stdout").path,
            flags,
            0o600
        )
        posix_spawn_file_actions_addopen(
            &actions,
            2,
            folder.appendingPathComponent("stderr").path,
            flags,
            0o600
        )
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + settings).forEach { free($0) } }
        var process: pid_t = 0
        let result = posix_spawn(&process, path, &actions, &attributes, &words, &settings)
        guard result == 0 else {
            throw ProgramError("\(path) was not started: \(String(cString: strerror(result)))")
        }
        return process
    }

    /// Waits until a program ends, on the thread that asks.
    ///
    /// Foundation's `Process` is no help in tests: it hears of an end by a socket that every other program started
    /// meanwhile inherits, and so not before those have ended, too.
    ///
    /// - Parameter process: The process id of a child.
    /// - Returns: Its exit status, or 128 and the signal that ended it.
    @discardableResult
    package static func end(of process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    /// Runs a program to its end, without a thread of tasks.
    ///
    /// - Parameters:
    ///   - path: The program.
    ///   - arguments: Its arguments, without its own name.
    ///   - folder: Where it writes `stdout` and `stderr`.
    /// - Returns: Its exit status.
    /// - Throws: ``ProgramError`` when it cannot be started.
    package static func run(_ path: String, _ arguments: [String], folder: URL) async throws -> Int32 {
        let process = try start(path, arguments, folder: folder)
        return try await offMainThreads { end(of: process) }
    }

    /// Kills a program and waits for its end.
    ///
    /// - Parameter process: The process id of a child.
    package static func kill(_ process: pid_t) {
        Foundation.kill(process, SIGKILL)
        end(of: process)
    }

    /// Ports that were given away, each once.
    private static let given = Mutex<Set<UInt16>>([])

    /// A TCP port of the loopback address that was free a moment ago.
    ///
    /// Of those below the ones that the system gives away by itself, so that nobody takes it before its program does.
    static func freePort() throws -> UInt16 {
        for _ in 0..<1_000 {
            let port = UInt16.random(in: 20_000..<32_000)
            if given.withLock({ $0.insert(port).inserted }), isFree(port) { return port }
        }
        throw ProgramError("no free port")
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

/// Why a program could not be started or did not do what was waited for.
package struct ProgramError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
