import Glibc

/// A file, or standard input, that is read piece by piece.
final class InputFile: Sendable {
    let path: String
    private let descriptor: Int32
    /// How many bytes it has; nil where that is not known.
    let size: Int?

    /// Opens what is at a path; `-` is standard input.
    init(_ path: String) throws(CommandFailure) {
        self.path = path
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure(.notFound, "cannot open '\(path)': \(String(cString: strerror(errno)))")
        }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT != S_IFDIR else {
            throw CommandFailure(.usage, "'\(path)' is a folder")
        }
        size = facts.st_mode & S_IFMT == S_IFREG ? Int(facts.st_size) : nil
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// Reads the next piece.
    func read() throws(CommandFailure) -> [UInt8] {
        while true {
            guard !Task.isCancelled else { throw CommandFailure(.interrupted, "interrupted") }
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 200) > 0 else { continue }
            let size = 128 * 1024
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
                count = Glibc.read(descriptor, buffer.baseAddress, size)
                initialized = max(count, 0)
            }
            guard count < 0 else { return bytes }
            guard errno == EINTR || errno == EAGAIN else {
                throw CommandFailure(.failed, "cannot read '\(path)': \(String(cString: strerror(errno)))")
            }
        }
    }
}
