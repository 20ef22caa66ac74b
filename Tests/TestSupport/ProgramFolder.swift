import Foundation

/// Folders of programs, and the processes that belong to them.
enum ProgramFolder {
    private static let prefix = "highscores-program-"

    private static var root: URL { URL(fileURLWithPath: NSTemporaryDirectory(), isDirectory: true) }

    /// Makes a folder for this process's use; its name tells whose it is.
    static func make() throws -> URL {
        _ = sweeping
        let folder = root.appendingPathComponent("\(prefix)\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        return folder
    }

    /// Kills whatever still runs for a folder, and removes it.
    static func remove(_ folder: URL) {
        killProcesses(of: folder)
        try? FileManager.default.removeItem(at: folder)
    }

    /// Once in a process: ends and removes what test processes that are gone have left.
    private static let sweeping: Void = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        for name in names where name.hasPrefix(prefix) {
            let parts = name.split(separator: "-")
            guard parts.count == 4, let owner = pid_t(parts[2]), kill(owner, 0) != 0, errno == ESRCH else {
                continue
            }
            remove(root.appendingPathComponent(name))
        }
    }()

    /// Kills every process that has the folder among its arguments or in its environment.
    private static func killProcesses(of folder: URL) {
        let processes = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap(
            pid_t.init
        )
        for process in processes where process != getpid() {
            let belongs = ["cmdline", "environ"].contains { file in
                guard let text = FileManager.default.contents(atPath: "/proc/\(process)/\(file)") else {
                    return false
                }
                return String(decoding: text, as: UTF8.self).contains(folder.lastPathComponent + "/")
            }
            if belongs { kill(process, SIGKILL) }
        }
    }
}
