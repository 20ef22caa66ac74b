import Foundation
import Glibc
import Synchronization

/// A file that is there whole or not at all: it is written beside its place, and takes it once it is on disk.
final class OutputFile: Sendable {
    let path: String
    private let draft: String
    private let descriptor: Int32
    private let isOpen = Mutex(true)

    /// Opens the draft, which only its owner can read.
    init(_ path: String, replacing: Bool) throws(CommandFailure) {
        (self.path, draft) = (path, path + ".partial")
        var facts = stat()
        if stat(path, &facts) == 0 {
            guard facts.st_mode & S_IFMT == S_IFREG else {
                throw CommandFailure(.usage, "'\(path)' is no file")
            }
            guard replacing else {
                throw CommandFailure(
                    .conflict,
                    "'\(path)' is there already; '--replace' has the new one take its place once it is whole"
                )
            }
        }
        descriptor = open(draft, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw CommandFailure(.usage, "cannot write '\(path)': \(Self.reason)") }
        // What a killed one has left is nobody's; what became the file of another meanwhile is not to be touched.
        var (held, named) = (stat(), stat())
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &held) == 0,
            stat(draft, &named) == 0,
            held.st_ino == named.st_ino
        else {
            close(descriptor)
            throw CommandFailure(.conflict, "another command is writing '\(path)' at this moment")
        }
        ftruncate(descriptor, 0)
    }

    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw CommandFailure(.failed, "cannot write '\(path)': \(Self.reason); nothing is left of it")
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Brings the file to disk and into its place.
    func finish() throws(CommandFailure) {
        guard fsync(descriptor) == 0, rename(draft, path) == 0 else {
            throw CommandFailure(.failed, "cannot write '\(path)': \(Self.reason); nothing is left of it")
        }
        end(removing: false)
        let folder = open((path as NSString).deletingLastPathComponent.orCurrentFolder, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// Takes the draft away, unless the file is whole.
    func discard() { end(removing: true) }

    private func end(removing: Bool) {
        isOpen.withLock { isOpen in
            guard isOpen else { return }
            if removing { unlink(draft) }
            close(descriptor)
            isOpen = false
        }
    }

    private static var reason: String { String(cString: strerror(errno)) }
}

extension String {
    fileprivate var orCurrentFolder: String { isEmpty ? "." : self }
}
