import Foundation
import Synchronization

/// A server on loopback that gives each connection, as a raw socket, to a script on a thread of its own.
final class RawServer: Sendable {
    private struct State {
        var accepted = 0
        var ended = 0
        var sockets: Set<Int32> = []
        var isStopped = false
    }

    let port: UInt16
    private let listener: Int32
    private let state: Mutex<State>
    private let endings: AsyncStream<Void>
    private let ending: AsyncStream<Void>.Continuation

    init(_ script: @escaping @Sendable (RawConnection) -> Void) throws {
        (listener, port) = try listenOnLoopback()
        state = Mutex(State())
        (endings, ending) = AsyncStream.makeStream()
        Thread.detachNewThread { [self] in
            acceptAll(script)
        }
    }

    var origin: String {
        "http://127.0.0.1:\(port)"
    }

    /// How many connections were made.
    var accepted: Int {
        state.withLock(\.accepted)
    }

    /// Waits until the scripts of that many connections have ended.
    func waitUntilEnded(_ count: Int) async {
        var iterator = endings.makeAsyncIterator()
        while state.withLock(\.ended) < count, await iterator.next() != nil {}
    }

    func stop() {
        state.withLock { state in
            guard !state.isStopped else {
                return
            }
            state.isStopped = true
            // Ends blocked calls; the threads close what is theirs.
            shutdown(listener, Int32(SHUT_RDWR))
            for socket in state.sockets {
                shutdown(socket, Int32(SHUT_RDWR))
            }
        }
    }

    private func acceptAll(_ script: @escaping @Sendable (RawConnection) -> Void) {
        while true {
            let socket = accept(listener, nil, nil)
            let isWelcome = state.withLock { state in
                guard socket >= 0, !state.isStopped else {
                    return false
                }
                state.accepted += 1
                state.sockets.insert(socket)
                return true
            }
            guard isWelcome else {
                break
            }
            Thread.detachNewThread { [self] in
                script(RawConnection(socket: socket))
                state.withLock { state in
                    state.ended += 1
                    state.sockets.remove(socket)
                    _ = close(socket)
                }
                ending.yield()
            }
        }
        close(listener)
    }
}

/// Makes a socket that listens on a free port of loopback.
func listenOnLoopback(backlog: Int32 = 128) throws -> (socket: Int32, port: UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(listener, address, length) == 0 && listen(listener, backlog) == 0
                && getsockname(listener, address, &length) == 0
        }
    }
    guard isListening else {
        throw CocoaError(.featureUnsupported)
    }
    return (listener, UInt16(bigEndian: address.sin_port))
}
