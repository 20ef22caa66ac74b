import DequeModule

/// The rules of the connection pool: events go in, actions come out, nothing is done here.
///
/// Waiters are served in the order of their arrival; connections are reused last in, first out, so that those not
/// needed grow old and are closed. While connecting fails, one attempt at a time is made after a growing pause. Nobody is
/// turned away while the pool's only connection is on its way: a server that is slow to let anybody in is not busy with
/// those who are in, and the attempt has a limit of its own.
struct PoolState {
    typealias Instant = ContinuousClock.Instant

    struct Limits {
        var maximumConnections: Int
        var minimumConnections: Int
        var maximumWaiters: Int
        var waitTimeout: Duration
        var idleTimeout: Duration
        var maximumLifetime: Duration?
        var healthCheckInterval: Duration
        /// The pause after so many failed attempts in a row.
        var reconnectDelay: @Sendable (Int) -> Duration
    }

    enum Refusal {
        case timeout, full, closed, cancelled
    }

    enum Action: Equatable {
        case connect(Int)
        case grant(connection: Int, waiter: Int)
        case refuse(waiter: Int, Refusal)
        case check(Int)
        case close(Int)
        /// Asks the server to cancel what a connection in use is doing.
        case interrupt(Int)
        /// The pool was told to end and the last connection is gone.
        case finish
    }

    private enum Phase {
        case open, draining, finished
    }

    private struct Connection {
        let id: Int
        let born: Instant
        var lastUsed: Instant
        var lastSeen: Instant
    }

    private struct Waiter {
        let id: Int
        let deadline: Instant
    }

    private let limits: Limits
    private var phase = Phase.open
    private var idle: [Connection] = []
    private var inUse: [Int: Connection] = [:]
    private var connecting: Set<Int> = []
    private var waiters: Deque<Waiter> = []
    private var connectionsMade = 0
    private var failures = 0
    private var retryAt: Instant?

    init(_ limits: Limits) {
        self.limits = limits
    }

    var counts: (idle: Int, inUse: Int, connecting: Int, waiting: Int) {
        (idle.count, inUse.count, connecting.count, waiters.count)
    }

    /// When ``tick(_:)`` has something to do; nil while nobody waits, or all for the first connection.
    var nextAlarm: Instant? {
        guard let first = waiters.first, !isFirstOnItsWay else { return nil }
        return min(first.deadline, retryAt ?? first.deadline)
    }

    // MARK: Callers

    /// A caller wants a connection.
    mutating func request(waiter id: Int, now: Instant) -> [Action] {
        guard phase == .open else { return [.refuse(waiter: id, .closed)] }
        if let connection = idle.popLast() { return [grant(connection, to: id)] }
        guard waiters.count < limits.maximumWaiters else { return [.refuse(waiter: id, .full)] }
        waiters.append(Waiter(id: id, deadline: now + limits.waitTimeout))
        return connect(now)
    }

    /// A caller no longer wants one.
    mutating func cancel(waiter id: Int) -> [Action] {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return [] }
        waiters.remove(at: index)
        return [.refuse(waiter: id, .cancelled)] + finishIfDrained()
    }

    /// A connection comes back from a caller or from a health check.
    mutating func release(_ id: Int, isReusable: Bool, wasUsed: Bool = true, now: Instant) -> [Action] {
        guard var connection = inUse.removeValue(forKey: id) else { return [] }
        connection.lastSeen = now
        if wasUsed { connection.lastUsed = now }
        let isTooOld = limits.maximumLifetime.map { connection.born + $0 <= now } ?? false
        guard isReusable, !isTooOld, phase != .finished else {
            return [.close(id)] + connect(now) + finishIfDrained()
        }
        return offer(connection)
    }

    // MARK: Connections

    /// A connection was opened.
    mutating func connected(_ id: Int, now: Instant) -> [Action] {
        guard connecting.remove(id) != nil, phase != .finished else { return [.close(id)] }
        failures = 0
        retryAt = nil
        return offer(Connection(id: id, born: now, lastUsed: now, lastSeen: now)) + connect(now)
    }

    /// A connection could not be opened.
    mutating func connectFailed(_ id: Int, now: Instant) -> [Action] {
        guard connecting.remove(id) != nil else { return [] }
        failures += 1
        retryAt = now + limits.reconnectDelay(failures)
        return finishIfDrained()
    }

    /// The time of ``nextAlarm`` has come.
    mutating func tick(_ now: Instant) -> [Action] {
        var actions: [Action] = []
        while let waiter = waiters.first, waiter.deadline <= now, !isFirstOnItsWay {
            waiters.removeFirst()
            actions.append(.refuse(waiter: waiter.id, .timeout))
        }
        return actions + connect(now) + finishIfDrained()
    }

    /// Looks after unused connections; called now and then.
    mutating func maintain(_ now: Instant) -> [Action] {
        var actions: [Action] = []
        for connection in idle {
            let isSurplus =
                connection.lastUsed + limits.idleTimeout <= now && total > limits.minimumConnections
            let isTooOld = limits.maximumLifetime.map { connection.born + $0 <= now } ?? false
            if isSurplus || isTooOld {
                idle.removeAll { $0.id == connection.id }
                actions.append(.close(connection.id))
            } else if connection.lastSeen + limits.healthCheckInterval <= now {
                idle.removeAll { $0.id == connection.id }
                inUse[connection.id] = connection
                actions.append(.check(connection.id))
            }
        }
        return actions + connect(now)
    }

    // MARK: End

    /// Takes no new callers, serves those that wait, and closes what is not in use.
    mutating func drain() -> [Action] {
        guard phase == .open else { return [] }
        phase = .draining
        defer { idle = [] }
        return idle.map { .close($0.id) } + finishIfDrained()
    }

    /// Turns away those that wait and interrupts those at work.
    mutating func abort() -> [Action] {
        guard phase != .finished else { return [] }
        phase = .finished
        defer {
            idle = []
            waiters = []
        }
        return idle.map { .close($0.id) } + waiters.map { .refuse(waiter: $0.id, .closed) }
            + inUse.keys.map { .interrupt($0) }
    }

    // MARK: Parts

    private var isFirstOnItsWay: Bool {
        failures == 0 && !connecting.isEmpty && idle.isEmpty && inUse.isEmpty
    }

    private var total: Int {
        idle.count + inUse.count + connecting.count
    }

    private mutating func grant(_ connection: Connection, to waiter: Int) -> Action {
        inUse[connection.id] = connection
        return .grant(connection: connection.id, waiter: waiter)
    }

    private mutating func offer(_ connection: Connection) -> [Action] {
        if let waiter = waiters.popFirst() { return [grant(connection, to: waiter.id)] }
        guard phase == .open else { return [.close(connection.id)] + finishIfDrained() }
        idle.append(connection)
        return []
    }

    private mutating func connect(_ now: Instant) -> [Action] {
        guard phase != .finished, (retryAt ?? now) <= now else { return [] }
        let minimum = phase == .open ? limits.minimumConnections : 0
        let needed = max(waiters.count - connecting.count, minimum - total)
        let allowed = failures > 0 ? 1 - connecting.count : limits.maximumConnections - total
        let count = min(needed, allowed, limits.maximumConnections - total)
        guard count > 0 else { return [] }
        return (0..<count).map { _ in
            connectionsMade += 1
            connecting.insert(connectionsMade)
            return .connect(connectionsMade)
        }
    }

    private mutating func finishIfDrained() -> [Action] {
        guard phase == .draining, inUse.isEmpty, waiters.isEmpty else { return [] }
        phase = .finished
        return [.finish]
    }
}
