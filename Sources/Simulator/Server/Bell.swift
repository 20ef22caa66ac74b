import Synchronization

/// Wakes those who wait for something in the simulation to change.
///
/// A listener that was rung while it was busy finds that out at its next wait: no change is missed.
final class Bell: Sendable {
    /// What one can wait for.
    enum Topic: Hashable, Sendable {
        /// The answer to one query.
        case query(String)
        /// New updates for a bot, or a change of how it gets them.
        case updates(Int64)
        /// Something for webhooks.
        case webhooks
        /// What faults broke for a time.
        case repairs
        /// Never rung.
        case nothing
        /// Any change at all.
        case anything
    }

    private struct State {
        var listeners: [Topic: [Int: AsyncStream<Void>.Continuation]] = [:]
        var lastListener = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Whether nobody is to wait any more.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Wakes the listeners of a topic.
    func ring(_ topic: Topic) {
        let listeners = state.withLock { $0.listeners[topic].map { Array($0.values) } ?? [] }
        for listener in listeners { listener.yield() }
    }

    /// Wakes everybody.
    func ringAll() {
        let listeners = state.withLock { $0.listeners.values.flatMap { Array($0.values) } }
        for listener in listeners { listener.yield() }
    }

    /// Ends all waiting, now and later.
    func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            return state.listeners.values.flatMap { Array($0.values) }
        }
        for listener in listeners { listener.finish() }
    }

    /// Starts to listen.
    func listen(_ topic: Topic) -> Listener {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            state.lastListener += 1
            state.listeners[topic, default: [:]][state.lastListener] = continuation
            return state.lastListener
        }
        if let id {
            continuation.onTermination = { [weak self] _ in self?.remove(id, from: topic) }
        } else {
            continuation.finish()
        }
        return Listener(iterator: stream.makeAsyncIterator(), continuation: continuation)
    }

    private func remove(_ id: Int, from topic: Topic) {
        state.withLock { state in
            state.listeners[topic]?[id] = nil
            if state.listeners[topic]?.isEmpty == true { state.listeners[topic] = nil }
        }
    }

    /// One who waits, again and again.
    struct Listener {
        fileprivate var iterator: AsyncStream<Void>.AsyncIterator
        fileprivate let continuation: AsyncStream<Void>.Continuation

        /// Waits for the next ring or until a time has passed, whichever comes first.
        ///
        /// - Parameter milliseconds: The longest wait; nil waits for a ring only.
        /// - Returns: False when waiting is over for good: the bell was closed or the task cancelled.
        mutating func next(within milliseconds: Int64?, _ clock: SimulatorClock) async -> Bool {
            let continuation = continuation
            let timer = milliseconds.map { milliseconds in
                Task {
                    guard (try? await clock.sleep(milliseconds)) != nil else { return }
                    continuation.yield()
                }
            }
            defer { timer?.cancel() }
            return await iterator.next() != nil
        }
    }
}
