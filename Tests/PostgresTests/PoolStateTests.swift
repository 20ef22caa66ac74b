import Testing

@testable import Postgres

/// The pool's rules, without a socket.
struct PoolStateTests {
    private let start = ContinuousClock.now
    private var state = PoolState(Self.limits())

    private static func limits(
        maximum: Int = 2,
        minimum: Int = 0,
        lifetime: Duration? = nil
    ) -> PoolState.Limits {
        PoolState.Limits(
            maximumConnections: maximum,
            minimumConnections: minimum,
            maximumWaiters: 3,
            waitTimeout: .seconds(2),
            idleTimeout: .seconds(100),
            maximumLifetime: lifetime,
            healthCheckInterval: .seconds(30),
            reconnectDelay: { .milliseconds(100 * $0) }
        )
    }

    private func at(_ seconds: Double) -> ContinuousClock.Instant {
        start + .seconds(seconds)
    }

    @Test mutating func `a connection is opened when somebody wants one`() {
        #expect(state.request(waiter: 1, now: at(0)) == [.connect(1)])
        #expect(state.connected(1, now: at(0)) == [.grant(connection: 1, waiter: 1)])
        #expect(state.release(1, isReusable: true, now: at(1)) == [])
        #expect(state.request(waiter: 2, now: at(1)) == [.grant(connection: 1, waiter: 2)])
    }

    @Test mutating func `not more connections are opened than allowed, nor more callers kept waiting`() {
        #expect(state.request(waiter: 1, now: at(0)) == [.connect(1)])
        #expect(state.request(waiter: 2, now: at(0)) == [.connect(2)])
        #expect(state.request(waiter: 3, now: at(0)) == [])
        #expect(state.request(waiter: 4, now: at(0)) == [.refuse(waiter: 4, .full)])
    }

    @Test mutating func `a connection that comes back goes to the first in the queue`() {
        state = PoolState(Self.limits(maximum: 1))
        _ = state.request(waiter: 1, now: at(0))
        _ = state.connected(1, now: at(0))
        _ = state.request(waiter: 2, now: at(0))
        _ = state.request(waiter: 3, now: at(0))
        #expect(state.release(1, isReusable: true, now: at(1)) == [.grant(connection: 1, waiter: 2)])
        #expect(state.release(1, isReusable: true, now: at(1)) == [.grant(connection: 1, waiter: 3)])
    }

    @Test mutating func `a broken connection is closed and replaced while somebody waits`() {
        state = PoolState(Self.limits(maximum: 1))
        _ = state.request(waiter: 1, now: at(0))
        _ = state.connected(1, now: at(0))
        _ = state.request(waiter: 2, now: at(0))
        #expect(state.release(1, isReusable: false, now: at(1)) == [.close(1), .connect(2)])
    }

    @Test mutating func `after a failure one attempt at a time is made, each after a pause`() {
        _ = state.request(waiter: 1, now: at(0))
        _ = state.request(waiter: 2, now: at(0))
        #expect(state.connectFailed(1, now: at(0)) == [])
        #expect(state.connectFailed(2, now: at(0)) == [])
        #expect(state.nextAlarm == at(0.2))
        #expect(state.request(waiter: 3, now: at(0.1)) == [])
        #expect(state.tick(at(0.2)) == [.connect(3)])
        #expect(state.tick(at(0.3)) == [])
        #expect(state.connectFailed(3, now: at(0.3)) == [])
        #expect(state.nextAlarm == at(0.6))
        #expect(state.tick(at(0.6)) == [.connect(4)])
        #expect(state.connected(4, now: at(0.6)) == [.grant(connection: 4, waiter: 1), .connect(5)])
    }

    @Test mutating func `a server that is away is left alone while nobody waits`() {
        _ = state.request(waiter: 1, now: at(0))
        _ = state.connectFailed(1, now: at(0))
        #expect(state.tick(at(2)).contains(.refuse(waiter: 1, .timeout)))
        #expect(state.nextAlarm == nil)
        #expect(state.maintain(at(50)) == [])
        #expect(state.request(waiter: 2, now: at(60)) == [.connect(2)])
    }

    @Test mutating func `those who waited too long are refused, the others stay`() {
        state = PoolState(Self.limits(maximum: 1))
        _ = state.request(waiter: 1, now: at(0))
        _ = state.connected(1, now: at(0))
        _ = state.request(waiter: 2, now: at(0))
        _ = state.request(waiter: 3, now: at(1))
        #expect(state.nextAlarm == at(2))
        #expect(state.tick(at(2)) == [.refuse(waiter: 2, .timeout)])
        #expect(state.nextAlarm == at(3))
    }

    @Test mutating func `nobody is refused while the first connection is on its way`() {
        _ = state.request(waiter: 1, now: at(0))
        #expect(state.nextAlarm == nil)
        #expect(state.tick(at(5)) == [])
        #expect(state.connectFailed(1, now: at(6)) == [])
        #expect(state.nextAlarm == at(2))
        #expect(state.tick(at(6)) == [.refuse(waiter: 1, .timeout)])
        // Beside one in use it is known that the server lets people in.
        _ = state.request(waiter: 2, now: at(7))
        _ = state.connected(2, now: at(7))
        _ = state.request(waiter: 3, now: at(7))
        #expect(state.tick(at(9)) == [.refuse(waiter: 3, .timeout)])
    }

    @Test mutating func `unused connections are checked, and closed when they are not needed`() {
        _ = state.request(waiter: 1, now: at(0))
        _ = state.connected(1, now: at(0))
        _ = state.release(1, isReusable: true, now: at(0))
        #expect(state.maintain(at(29)) == [])
        #expect(state.maintain(at(30)) == [.check(1)])
        #expect(state.release(1, isReusable: true, wasUsed: false, now: at(31)) == [])
        #expect(state.maintain(at(60)) == [])
        #expect(state.maintain(at(100)) == [.close(1)])
    }

    @Test mutating func `a minimum of connections is kept`() {
        state = PoolState(Self.limits(minimum: 1))
        #expect(state.maintain(at(0)) == [.connect(1)])
        #expect(state.connected(1, now: at(0)) == [])
        #expect(state.maintain(at(200)) == [.check(1)])
        #expect(
            state.release(1, isReusable: false, wasUsed: false, now: at(200)) == [.close(1), .connect(2)]
        )
    }

    @Test mutating func `a connection is replaced when it is too old`() {
        state = PoolState(Self.limits(lifetime: .seconds(10)))
        _ = state.request(waiter: 1, now: at(0))
        _ = state.connected(1, now: at(0))
        #expect(state.release(1, isReusable: true, now: at(10)) == [.close(1)])
    }

    @Test mutating func `draining serves those who wait, refuses others and then finishes`() {
        state = PoolState(Self.limits(maximum: 1))
        _ = state.request(waiter: 1, now: at(0))
        _ = state.connected(1, now: at(0))
        _ = state.request(waiter: 2, now: at(0))
        #expect(state.drain() == [])
        #expect(state.request(waiter: 3, now: at(0)) == [.refuse(waiter: 3, .closed)])
        #expect(state.release(1, isReusable: true, now: at(0)) == [.grant(connection: 1, waiter: 2)])
        #expect(state.release(1, isReusable: true, now: at(0)) == [.close(1), .finish])
    }

    @Test mutating func `aborting turns away those who wait and interrupts those at work`() {
        state = PoolState(Self.limits(maximum: 1))
        _ = state.request(waiter: 1, now: at(0))
        _ = state.connected(1, now: at(0))
        _ = state.request(waiter: 2, now: at(0))
        #expect(state.abort() == [.refuse(waiter: 2, .closed), .interrupt(1)])
        #expect(state.release(1, isReusable: true, now: at(0)) == [.close(1)])
    }

    @Test(arguments: [(1, 50), (2, 100), (3, 200), (6, 1600), (7, 2000), (100, 2000)])
    func `pauses double up to a limit`(failures: Int, milliseconds: Int) {
        let backoff = Backoff(minimum: .milliseconds(50), maximum: .seconds(2))
        #expect(backoff.delay(afterFailures: failures, spread: 1) == .milliseconds(milliseconds))
        #expect(backoff.delay(afterFailures: failures, spread: 0) == .milliseconds(milliseconds) / 2)
    }
}
