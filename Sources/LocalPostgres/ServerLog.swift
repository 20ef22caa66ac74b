import Glibc

/// The server's log file, of limited size.
struct ServerLog: Sendable {
    /// Beyond this size, in bytes, the log starts anew; the previous one stays beside it as `….1`.
    static let limit = 16 * 1_024 * 1_024

    let path: String

    /// The size in bytes; 0 when there is no file.
    var size: Int { Files.status(path)?.size ?? 0 }

    /// A descriptor that appends to the log, for the caller to close.
    func open() throws(ClusterError) -> Int32 {
        let descriptor = unsafe Glibc.open(
            path,
            O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
            0o600
        )
        guard descriptor >= 0 else { throw Files.failure("opening the log \(path)") }
        return descriptor
    }

    /// The last lines written after a position in the file.
    func lines(after position: Int, last count: Int = 15) -> [String] {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        let start = max(position, size - 8_192)
        guard lseek(descriptor, start, SEEK_SET) >= 0 else { return [] }
        let text = String(decoding: Files.contents(of: descriptor, limit: 8_192), as: UTF8.self)
        return text.split(separator: "\n").suffix(count).map(String.init)
    }

    /// Starts the log anew when it has grown over a size.
    ///
    /// The server keeps its descriptor, so the file is copied and cut, not renamed; lines written in between are lost.
    func shorten(over limit: Int = ServerLog.limit) {
        guard size > limit else { return }
        let source = unsafe Glibc.open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard source >= 0 else { return }
        defer { close(source) }
        let fresh = path + ".new"
        unsafe unlink(fresh)
        let copy = unsafe Glibc.open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard copy >= 0 else { return }
        defer { close(copy) }
        lseek(source, max(0, size - limit), SEEK_SET)
        while true {
            let chunk = Files.contents(of: source, limit: 1_048_576)
            guard !chunk.isEmpty, Files.write(chunk, to: copy) else { break }
        }
        guard unsafe rename(fresh, path + ".1") == 0 else { return }
        _ = ftruncate(source, 0)
    }
}
