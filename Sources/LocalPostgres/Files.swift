import Glibc

/// The few calls on files that the cluster needs, without Foundation.
enum Files {
    /// What `lstat` says about a path.
    struct Status {
        let owner: uid_t
        let mode: mode_t
        let size: Int
        let device: dev_t
        let inode: ino_t

        var isFolder: Bool { mode & S_IFMT == S_IFDIR }
        var permissions: mode_t { mode & 0o7777 }
    }

    /// The status of a path, or nil when there is nothing or it cannot be seen.
    static func status(_ path: String, following: Bool = false) -> Status? {
        var found = stat()
        let result = unsafe following ? stat(path, &found) : lstat(path, &found)
        guard result == 0 else { return nil }
        return Status(
            owner: found.st_uid,
            mode: found.st_mode,
            size: Int(found.st_size),
            device: found.st_dev,
            inode: found.st_ino
        )
    }

    static func exists(_ path: String) -> Bool { status(path, following: true) != nil }

    static func isExecutable(_ path: String) -> Bool {
        unsafe access(path, X_OK) == 0 && status(path, following: true)?.isFolder == false
    }

    /// The whole of a small file as text, or nil; at most `limit` bytes are read.
    static func text(_ path: String, limit: Int = 65_536) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return String(decoding: contents(of: descriptor, limit: limit), as: UTF8.self)
    }

    /// What a descriptor gives until its end, or until it would block, or until `limit` bytes were read.
    static func contents(of descriptor: Int32, limit: Int) -> [UInt8] {
        var collected: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while collected.count < limit {
            let room = min(chunk.count, limit - collected.count)
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, room) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            collected.append(contentsOf: chunk[..<count])
        }
        return collected
    }

    /// Writes all bytes; returns whether every byte was taken.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes[written...].withUnsafeBytes { rest in
                unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    /// Makes the names in a folder durable.
    static func synchronise(folder: String) {
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    /// The names in a folder, without `.` and `..`; empty when it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// The path from the root, without links, of something that exists; nil when it does not.
    static func canonical(_ path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// Makes a folder and what is missing above it.
    ///
    /// The mode is set whatever the umask is; parents get 0755 less the umask. A folder that exists is left alone.
    static func makeFolder(_ path: String, mode: mode_t) throws(ClusterError) {
        if let found = status(path, following: true) {
            guard found.isFolder else {
                throw ClusterError(.folderUnusable, "\(path) is not a folder")
            }
            return
        }
        let parent = parent(of: path)
        if parent != path, !exists(parent) { try makeFolder(parent, mode: 0o755) }
        if unsafe mkdir(path, mode) != 0 {
            guard errno == EEXIST else { throw failure("making the folder \(path)") }
            return
        }
        guard unsafe chmod(path, mode) == 0 else { throw failure("setting the mode of \(path)") }
    }

    /// The path from the root of a folder in which nobody else can put or exchange anything: files are opened and given
    /// away there with the rights of this user.
    ///
    /// - Throws: ``ClusterError`` with `folderUnusable` when it is somebody else's, or others may write to it.
    static func ownFolder(_ path: String) throws(ClusterError) -> String {
        guard let path = canonical(path), let status = status(path) else {
            throw failure("inspecting the folder \(path)")
        }
        guard status.owner == geteuid() else {
            throw ClusterError(
                .folderUnusable,
                """
                \(path) belongs to another user (uid \(status.owner)); run as that user or set HIGHSCORES_DATA to \
                another folder
                """
            )
        }
        guard status.permissions & 0o022 == 0 else {
            throw ClusterError(
                .folderUnusable,
                "others may write to \(path), which holds secrets and a database; run: chmod go-w '\(path)'"
            )
        }
        return path
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// An error that names what was tried and the system's reason in `errno`.
    static func failure(_ what: String) -> ClusterError {
        let reason = errno
        return ClusterError(.system, "\(what) failed: \(unsafe String(cString: strerror(reason)))")
    }
}
