import CLibCurl
import Synchronization

/// What tasks and the loop's thread share: the requests that are accepted, and how the thread is told of them.
///
/// Tasks change ``State`` under its lock and wake the thread; everything of libcurl but the wake-up happens on the
/// thread (``LoopThread``).
final class TransferLoop: Sendable {
    private enum Phase {
        case running
        case stopping
        case stopped
    }

    private struct State {
        var phase = Phase.running
        var queue: RequestQueue
        var lastIdentifier: UInt64 = 0
        /// Admitted, not yet taken by the thread.
        var starting: [Exchange] = []
        /// Waiting for a place.
        var waiting: [UInt64: Exchange] = [:]
        /// To be given up; may hold numbers that have ended since.
        var cancelled: [UInt64] = []
        /// No waiting request's time ends before this.
        var earliestDeadline: ContinuousClock.Instant?
        /// Whether the thread was woken and has not looked yet.
        var isWoken = false
        var stopWaiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let multi: MultiHandle

    private init(_ configuration: CurlClient.Configuration, multi: MultiHandle) {
        state = Mutex(State(queue: RequestQueue(limits: configuration)))
        self.multi = multi
    }

    /// Makes a loop and starts its thread.
    static func start(_ configuration: CurlClient.Configuration) throws(CurlError) -> TransferLoop {
        guard let multi = MultiHandle(configuration) else {
            throw CurlError(.other)
        }
        let loop = TransferLoop(configuration, multi: multi)
        let isStarted = startThread {
            LoopThread(loop: loop, multi: multi, configuration: configuration).run()
        }
        guard isStarted else {
            throw CurlError(.other)
        }
        return loop
    }

    var load: CurlClient.Load {
        state.withLock { state in
            CurlClient.Load(running: state.queue.running, waiting: state.queue.waiting)
        }
    }
}

// Called by tasks.
extension TransferLoop {
    func nextIdentifier() -> UInt64 {
        state.withLock { state in
            state.lastIdentifier += 1
            return state.lastIdentifier
        }
    }

    /// Takes an exchange, or ends it at once.
    ///
    /// Cancellation is looked at under the lock: a task cancelled before that is seen here, and one cancelled
    /// after it calls ``cancel(_:)``, which then finds the exchange.
    func submit(_ exchange: Exchange) {
        let refusal = state.withLock { state -> CurlError.Code? in
            guard state.phase == .running else {
                return .shutDown
            }
            guard !Task.isCancelled else {
                return .cancelled
            }
            switch state.queue.enter(exchange.identifier, to: exchange.origin) {
            case .full:
                return .queueFull
            case .start:
                state.starting.append(exchange)
            case .wait:
                state.waiting[exchange.identifier] = exchange
                state.earliestDeadline = min(state.earliestDeadline ?? exchange.deadline, exchange.deadline)
            }
            wake(&state)
            return nil
        }
        if let refusal {
            exchange.fail(refusal)
        }
    }

    func cancel(_ identifier: UInt64) {
        let waiting = state.withLock { state -> Exchange? in
            guard state.phase == .running else {
                return nil
            }
            if let exchange = state.waiting.removeValue(forKey: identifier) {
                state.queue.withdraw(identifier, from: exchange.origin)
                return exchange
            }
            state.cancelled.append(identifier)
            wake(&state)
            return nil
        }
        waiting?.fail(.cancelled)
    }

    func stop() {
        state.withLock { state in
            guard state.phase == .running else {
                return
            }
            state.phase = .stopping
            wake(&state)
        }
    }

    func waitUntilStopped() async {
        await withCheckedContinuation { continuation in
            let isStopped = state.withLock { state in
                if state.phase != .stopped {
                    state.stopWaiters.append(continuation)
                }
                return state.phase == .stopped
            }
            if isStopped {
                continuation.resume()
            }
        }
    }

    /// Held under the lock, since the multi handle is freed once the phase says stopped.
    private func wake(_ state: inout State) {
        if !state.isWoken {
            state.isWoken = true
            multi.wake()
        }
    }
}

// Called by the loop's thread.
extension TransferLoop {
    /// What the thread has to do next.
    struct Work {
        let starting: [Exchange]
        let cancelled: [UInt64]
    }

    /// Takes what has been asked for since the last call and ends the waiting requests whose time is over.
    ///
    /// - Returns: `nil` when the loop is to stop.
    func takeWork() -> Work? {
        let (work, expired) = state.withLock { state -> (Work?, [Exchange]) in
            state.isWoken = false
            guard state.phase == .running else {
                return (nil, [])
            }
            let work = Work(starting: state.starting, cancelled: state.cancelled)
            state.starting = []
            state.cancelled = []
            return (work, Self.removeExpired(&state))
        }
        for exchange in expired {
            exchange.fail(.timedOut)
        }
        return work
    }

    /// How long the thread may sleep if libcurl has no earlier business.
    func idleTime() -> Duration {
        state.withLock { state in
            guard state.starting.isEmpty, state.cancelled.isEmpty, state.phase == .running else {
                return .zero
            }
            let limit = Duration.seconds(60)
            return state.earliestDeadline.map { min(limit, ContinuousClock.now.duration(to: $0)) } ?? limit
        }
    }

    /// Frees the place of an exchange, gives it to the next, and tells the waiting task.
    func finish(_ exchange: Exchange, _ outcome: Exchange.Outcome) {
        state.withLock { state in
            if let next = state.queue.leave(exchange.origin),
                let successor = state.waiting.removeValue(forKey: next)
            {
                state.starting.append(successor)
            }
        }
        exchange.continuation.resume(returning: outcome)
    }

    /// Ends everything that never reached libcurl, after the thread has let go of libcurl.
    func didStop() {
        let (unsent, waiters) = state.withLock { state in
            state.phase = .stopped
            defer {
                state.starting = []
                state.waiting = [:]
                state.stopWaiters = []
                state.queue.clear()
            }
            return (state.starting + state.waiting.values, state.stopWaiters)
        }
        for exchange in unsent {
            exchange.fail(.shutDown)
        }
        for waiter in waiters {
            waiter.resume()
        }
    }

    private static func removeExpired(_ state: inout State) -> [Exchange] {
        let now = ContinuousClock.now
        guard let earliest = state.earliestDeadline, earliest <= now else {
            return []
        }
        let expired = state.waiting.values.filter { $0.deadline <= now }
        for exchange in expired {
            state.waiting[exchange.identifier] = nil
            state.queue.withdraw(exchange.identifier, from: exchange.origin)
        }
        state.earliestDeadline = state.waiting.values.map(\.deadline).min()
        return expired
    }
}
