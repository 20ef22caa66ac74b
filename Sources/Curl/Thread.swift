#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Starts a detached thread.
///
/// SIGPIPE is blocked in it: told to leave signals alone, libcurl does not ignore that one around OpenSSL's writes,
/// which go to connections that the other side may have closed.
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
    var thread = pthread_t()
    let start = unsafe Unmanaged.passRetained(ThreadStart(body))
    let result = unsafe pthread_create(&thread, nil, runThread, start.toOpaque())
    guard result == 0 else {
        unsafe start.release()
        return false
    }
    pthread_detach(thread)
    return true
}

private final class ThreadStart: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}

private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else {
        return nil
    }
    let start = unsafe Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGPIPE)
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    start.body()
    return nil
}
