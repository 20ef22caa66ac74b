import CLibPQ
import Dispatch
import Synchronization

/// Cancels the statement that a connection is running, from any thread.
final class Canceller: Sendable {
    private let handle = Mutex<Handle?>(nil)

    /// Owns what libpq needs to reach the server a second time.
    ///
    /// `@unchecked Sendable`: `PQcancel` only reads it and is documented to be callable from any thread; the reference
    /// count guards its end.
    @safe
    private final class Handle: @unchecked Sendable {
        private let pointer: OpaquePointer

        init?(_ wire: WireConnection) {
            guard let pointer = unsafe PQgetCancel(wire.pointer) else { return nil }
            unsafe self.pointer = unsafe pointer
        }

        deinit {
            unsafe PQfreeCancel(pointer)
        }

        func cancel() {
            // libpq wants room for a message that nobody reads.
            var message = [CChar](repeating: 0, count: 256)
            unsafe PQcancel(pointer, &message, Int32(message.count))
        }
    }

    func set(_ wire: WireConnection?) {
        let new = wire.flatMap { Handle($0) }
        handle.withLock { $0 = new }
    }

    /// Asks the server without waiting for its answer.
    func cancel() {
        guard let handle = handle.withLock({ $0 }) else { return }
        DispatchQueue.global().async { handle.cancel() }
    }
}
