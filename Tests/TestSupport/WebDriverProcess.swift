import Foundation

/// A running `chromedriver`, its folder, and every browser process that belongs to it.
///
/// The folder's name appears in the arguments of the driver and of all its browsers, so that none of them can
/// outlive it unseen.
struct WebDriverProcess: Sendable {
    let folder: URL
    let browser: String
    let port: UInt16
    private let process: pid_t

    /// Where the browser keeps its profile.
    var profile: String {
        folder.appendingPathComponent("profile").path
    }

    /// Starts a driver on a free port.
    ///
    /// - Returns: The driver, ready for commands.
    /// - Throws: ``ProgramError`` when a program is missing, ``WebDriverError`` when the driver does not start.
    static func start() async throws -> WebDriverProcess {
        let driver = try ProgramSpawn.find("chromedriver")
        let browser = try ProgramSpawn.find("chromium")
        let folder = try ProgramFolder.make()
        let process = try ProgramSpawn.start(
            driver,
            ["--port=0", "--log-path=\(folder.appendingPathComponent("log").path)"],
            folder: folder
        )
        do {
            let port = try await port(saidIn: folder.appendingPathComponent("stdout").path, by: process)
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
        ProgramSpawn.kill(process)
        ProgramFolder.remove(folder)
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
}
