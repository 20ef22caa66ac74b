import Glibc

/// What can be seen of the server from outside: its note in the data folder and the system's processes.
///
/// A process belongs to the cluster when it is called `postgres` and its working folder is the data folder. That is
/// true for the whole life of a server process, survives whoever started it, and cannot be confused with another
/// process that got a number anew after a crash or a restart of the machine.
struct ServerState: Sendable {
    /// The data folder.
    let data: String

    /// The note that the server keeps while it runs, and leaves behind when it is killed.
    struct Note: Equatable {
        let process: pid_t
        /// The folder of the socket; nil while the server is starting.
        let socketFolder: String?
        /// Whether the server says that it accepts connections: asking it too early fills its log with refusals.
        let isReady: Bool
    }

    var notePath: String { data + "/postmaster.pid" }

    /// The note, whether or not it is true.
    var note: Note? {
        guard let text = Files.text(notePath) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, let process = pid_t(first), process > 0 else { return nil }
        let folder = lines.count > 4 && lines[4].hasPrefix("/") ? String(lines[4]) : nil
        let isReady = lines.count > 7 && lines[7].hasPrefix("ready")
        return Note(process: process, socketFolder: folder, isReady: isReady)
    }

    /// The note of the server if it is running.
    var running: Note? {
        guard let note, belongs(note.process) else { return nil }
        return note
    }

    /// Whether a process is a living server process of this cluster.
    func belongs(_ process: pid_t) -> Bool {
        guard let folder = Files.status("/proc/\(process)/cwd", following: true),
            let expected = Files.status(data, following: true)
        else { return false }
        return folder.device == expected.device && folder.inode == expected.inode
            && Files.text("/proc/\(process)/comm") == "postgres\n"
    }

    /// All living server processes of this cluster.
    var processes: [pid_t] {
        Files.names(in: "/proc").compactMap { pid_t($0) }.filter { belongs($0) }
    }
}
