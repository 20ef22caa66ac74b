import Foundation
import Synchronization

/// The `postgres` process of a scratch server, and its folder.
struct ScratchProcess: Sendable {
    private static let folderPrefix = "highscores-scratch-"
    private static let account = "postgres"

    let folder: URL
    let process: pid_t

    var connectionString: String { Self.connectionString(of: folder) }

    static func connectionString(of folder: URL) -> String {
        "host='\(folder.path)' user=postgres dbname=postgres"
    }

    /// What is running, for the handler at exit, which can not capture anything.
    private static let running = Mutex<ScratchProcess?>(nil)

    static func start() throws -> ScratchProcess {
        let folder = try make()
        let started = ScratchProcess(folder: folder, process: try serve(folder))
        running.withLock { $0 = started }
        atexit { ScratchProcess.running.withLock { $0 }?.stop() }
        return started
    }

    /// Makes a folder with a new cluster in it.
    static func make() throws -> URL {
        let temporaries = ["/dev/shm", "/tmp"].map { URL(fileURLWithPath: $0, isDirectory: true) }
        for temporary in temporaries { sweep(temporary) }
        let temporary = hasRoom(temporaries[0]) ? temporaries[0] : temporaries[1]
        let folder = temporary.appendingPathComponent(
            "\(folderPrefix)\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        if getuid() == 0 {
            guard let account = getpwnam(account) else { throw ScratchError("there is no user \(account)") }
            guard chown(folder.path, account.pointee.pw_uid, account.pointee.pw_gid) == 0 else {
                throw ScratchError("cannot give \(folder.path) to \(Self.account)")
            }
        }
        let options = ["-U", account, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        try run("initdb", ["-D", data(of: folder)] + options, folder)
        return folder
    }

    /// Starts the server of a folder.
    static func serve(_ folder: URL) throws -> pid_t {
        let settings = [
            "listen_addresses=", "unix_socket_directories=\(folder.path)", "max_connections=200", "fsync=off",
            "full_page_writes=off", "autovacuum=off", "shared_buffers=64MB", "logging_collector=off",
        ]
        return try launch("postgres", ["-D", data(of: folder)] + settings.flatMap { ["-c", $0] }, folder)
    }

    /// Runs one of the server's programs to its end.
    static func run(_ name: String, _ arguments: [String], _ folder: URL) throws {
        guard ProgramSpawn.end(of: try launch(name, arguments, folder)) == 0 else {
            throw ScratchError("\(name) failed; see \(folder.path)/stderr")
        }
    }

    static func data(of folder: URL) -> String { folder.appendingPathComponent("data").path }

    /// Whether a folder in memory, where copying a database is cheap, exists and is large enough.
    private static func hasRoom(_ folder: URL) -> Bool {
        var status = statvfs()
        guard statvfs(folder.path, &status) == 0, access(folder.path, W_OK) == 0 else { return false }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize) > 2 << 30
    }

    /// Ends the server without ceremony and removes its folder.
    private func stop() {
        kill(process, SIGQUIT)
        for _ in 0..<500 where Self.isAlive(process) {
            // A process that has ended exists until its parent has asked for its status.
            waitpid(process, nil, WNOHANG)
            usleep(10_000)
        }
        try? FileManager.default.removeItem(at: folder)
    }

    static func isAlive(_ process: pid_t) -> Bool {
        kill(process, 0) == 0 || errno == EPERM
    }

    private static func launch(_ name: String, _ arguments: [String], _ folder: URL) throws -> pid_t {
        let program = try programFolder().appendingPathComponent(name).path
        // The server's user may not enter the folder that the tests run in.
        var command = ["--chdir=\(folder.path)", program] + arguments
        if getuid() == 0 {
            command.insert(
                contentsOf: ["setpriv", "--reuid=\(account)", "--regid=\(account)", "--clear-groups"],
                at: 1
            )
        }
        return try ProgramSpawn.start("/usr/bin/env", command, folder: folder)
    }

    /// The folder of the newest installed server.
    private static func programFolder() throws -> URL {
        let root = URL(fileURLWithPath: "/usr/lib/postgresql", isDirectory: true)
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        let newest = versions.compactMap { Int($0) }.sorted().last {
            FileManager.default.isExecutableFile(
                atPath: root.appendingPathComponent("\($0)/bin/postgres").path
            )
        }
        if let newest { return root.appendingPathComponent("\(newest)/bin") }
        for folder in (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") {
            let url = URL(fileURLWithPath: String(folder), isDirectory: true)
            if FileManager.default.isExecutableFile(atPath: url.appendingPathComponent("postgres").path) {
                return url
            }
        }
        throw ScratchError("PostgreSQL's server programs are not installed")
    }

    /// Ends servers and removes folders of test processes that are gone.
    private static func sweep(_ temporary: URL) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: temporary.path)) ?? []
        for name in names where name.hasPrefix(folderPrefix) {
            let parts = name.split(separator: "-")
            guard parts.count == 4, let owner = pid_t(parts[2]), !isAlive(owner) else { continue }
            let folder = temporary.appendingPathComponent(name)
            let lock = folder.appendingPathComponent("data/postmaster.pid")
            if let text = try? String(contentsOf: lock, encoding: .utf8),
                let line = text.split(separator: "\n").first, let process = pid_t(line),
                let command = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8),
                command.contains(folder.path)
            {
                ScratchProcess(folder: folder, process: process).stop()
            }
            try? FileManager.default.removeItem(at: folder)
        }
    }
}
