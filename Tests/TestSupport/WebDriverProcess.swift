import Foundation

/// A running `chromedriver`, its folder, and every browser process that belongs to it.
///
/// The folder's name appears in the arguments of the driver and of all its browsers, so that none of them can
/// outlive it unseen.
struct WebDriverProcess: Sendable {
    private static let folderPrefix = "highscores-web-"

    let folder: URL
    let browser: String
    let port: UInt16
    private let process: pid_t

    /// Where the browser keeps its profile.
    var profile: String {
        folder.appendingPathComponent("profile").path
    }

    /// Starts a driver on a free port, and removes what test processes that are gone have left.
    ///
    /// - Returns: The driver, ready for commands.
    /// - Throws: ``WebDriverError`` when the programs are missing or the driver does not start.
    static func start() async throws -> WebDriverProcess {
        let driver = try program(
            "chromedriver",
            ["/usr/bin/chromedriver", "/usr/lib/chromium-browser/chromedriver"]
        )
        let browser = try program(
            "chromium",
            ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        )
        sweep()
        let folder = URL(fileURLWithPath: NSTemporaryDirectory(), isDirectory: true)
            .appendingPathComponent("\(folderPrefix)\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        let output = folder.appendingPathComponent("output").path
        let log = folder.appendingPathComponent("log").path
        let process = try spawn(driver, ["--port=0", "--log-path=\(log)"], output: output)
        do {
            let port = try await port(saidIn: output, by: process)
            return WebDriverProcess(folder: folder, browser: browser, port: port, process: process)
        } catch {
            end(process, folder)
            throw error
        }
    }

    /// Kills the driver and its browsers and removes the folder.
    func stop() {
        Self.end(process, folder)
    }

    private static func end(_ process: pid_t, _ folder: URL) {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        killProcesses(of: folder)
        try? FileManager.default.removeItem(at: folder)
    }

    private static func program(_ name: String, _ places: [String]) throws -> String {
        guard let place = places.first(where: FileManager.default.isExecutableFile(atPath:)) else {
            throw WebDriverError("not installed", "\(name) is missing; apt-get install chromium-driver")
        }
        return place
    }

    /// Waits for the line in which the driver names its port.
    private static func port(saidIn output: String, by process: pid_t) async throws -> UInt16 {
        let deadline = ContinuousClock.now.advanced(by: .seconds(30))
        while ContinuousClock.now < deadline {
            let said = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            if let line = said.split(separator: "\n").first(where: {
                $0.contains("started successfully on port ")
            }),
                let port = line.split(separator: " ").last.flatMap({ UInt16($0.prefix { $0.isNumber }) })
            {
                return port
            }
            guard waitpid(process, nil, WNOHANG) == 0 else {
                throw WebDriverError("driver ended", said)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw WebDriverError("timeout", "chromedriver did not say its port in 30 s")
    }

    /// Starts a program with no signal blocked or ignored, whatever the thread that happens to run this has set.
    private static func spawn(_ path: String, _ arguments: [String], output: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var process: pid_t = 0
        let result = posix_spawn(&process, path, &actions, &attributes, &words, environ)
        guard result == 0 else {
            throw WebDriverError("not started", "\(path): \(String(cString: strerror(result)))")
        }
        return process
    }
}

// What is left behind.
extension WebDriverProcess {
    private static func sweep() {
        let root = URL(fileURLWithPath: NSTemporaryDirectory(), isDirectory: true)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        for name in names where name.hasPrefix(folderPrefix) {
            let parts = name.split(separator: "-")
            guard parts.count == 4, let owner = pid_t(parts[2]), kill(owner, 0) != 0, errno == ESRCH else {
                continue
            }
            let folder = root.appendingPathComponent(name)
            killProcesses(of: folder)
            try? FileManager.default.removeItem(at: folder)
        }
    }

    /// Kills every process that has the folder in its arguments.
    private static func killProcesses(of folder: URL) {
        let processes = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap(
            pid_t.init
        )
        for process in processes where process != getpid() {
            guard let arguments = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else {
                continue
            }
            if String(decoding: arguments, as: UTF8.self).contains(folder.lastPathComponent) {
                kill(process, SIGKILL)
            }
        }
    }
}
