import Glibc

/// A lock on a file that the kernel gives back when its holder ends, however it ends.
///
/// The lock belongs to the open file description (`flock`), so that two objects exclude each other also within one
/// process. The descriptor is not inherited by child programs, or a server would hold its starter's lock.
final class FileLock {
    private var descriptor: Int32

    /// Opens the lock file and creates it when missing; takes no lock yet.
    init(_ path: String) throws(ClusterError) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Files.failure("opening the lock \(path)") }
    }

    deinit { release() }

    /// Takes the lock, or changes its mode, if that needs no waiting.
    ///
    /// A change of mode is not atomic: what was held may be lost when it fails.
    func tryLock(exclusively: Bool) -> Bool {
        while flock(descriptor, (exclusively ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0 {
            guard errno == EINTR else { return false }
        }
        return true
    }

    /// Gives the lock back; the object is of no use afterwards.
    func release() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
    }
}
