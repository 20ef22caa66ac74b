package import Leaderboards
package import Logging
package import Postgres
import ServiceLifecycle
import Synchronization

/// Roles that one instance has at a time, held by advisory locks of one database session for all of them.
///
/// The session is told apart from a vanished machine's within seconds, so that another instance can take its roles
/// over: within ten seconds all in all.
package final class ExclusiveRoles: Service {
    /// How long to wait before asking again for a role that another instance has, and how often the session is asked
    /// for a sign of life.
    private static let interval: Duration = .seconds(1)

    private let pool: PostgresPool
    private let isPoolOwn: Bool
    private let logger: Logger
    private let state = Mutex(State())
    private let (wakeUps, wakeUp) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    private struct State {
        /// Those who want a role or have it.
        var seats: [Int: Seat] = [:]
        var made = 0
        /// Locks to be given back.
        var returned: [Int64] = []
        var isFinished = false
    }

    private struct Seat {
        let key: Int64
        let events: AsyncStream<Bool>.Continuation
        var isHeld = false
    }

    package init(pool: PostgresPool, logger: Logger) {
        self.pool =
            pool.configuration.isPooled
            ? PostgresPool(configuration: pool.configuration.forSessions, logger: logger) : pool
        self.isPoolOwn = pool.configuration.isPooled
        self.logger = logger
    }

    /// Waits for a role, then does something as long as the role lasts; again if it was lost, until shutdown or
    /// cancellation; the body sees both.
    ///
    package func hold(_ space: LockSpace, of bot: BotID, _ body: @escaping @Sendable () async -> Void) async {
        let key = space.key(for: bot)
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let (events, continuation) = AsyncStream<Bool>.makeStream()
            let id = state.withLock { state -> Int? in
                guard !state.isFinished else { return nil }
                state.made += 1
                state.seats[state.made] = Seat(key: key, events: continuation)
                return state.made
            }
            guard let id else { return }
            wakeUp.yield()
            let isGranted = await cancelWhenGracefulShutdown {
                for await _ in events { return true }
                return false
            }
            if isGranted {
                logger.info("leader.gained", metadata: ["of": "\(space)", "bot": "\(bot)"])
                let isGivenUp = await withTaskGroup { group in
                    group.addTask {
                        await body()
                        return true
                    }
                    group.addTask {
                        // Ends when the role is lost.
                        for await _ in events {}
                        return false
                    }
                    defer { group.cancelAll() }
                    return await group.next() ?? true
                }
                let isStopping = Task.isCancelled || Task.isShuttingDownGracefully
                let reason =
                    isStopping ? "the service stops" : isGivenUp ? "given up" : "its database session ended"
                logger.info(
                    "leader.lost",
                    metadata: ["of": "\(space)", "bot": "\(bot)", "reason": "\(reason)"]
                )
            }
            giveUp(id)
        }
    }

    /// Keeps the session until shutdown or cancellation.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask {
                    while !Task.isCancelled {
                        self.wakeUp.yield()
                        try? await Task.sleep(for: Self.interval)
                    }
                }
                group.addTask { await self.keepSession() }
                await group.next()
                group.cancelAll()
            }
        }
        if isPoolOwn { await pool.close(within: .zero) }
        let seats = state.withLock { state in
            defer { state.seats = [:] }
            state.isFinished = true
            return Array(state.seats.values)
        }
        for seat in seats { seat.events.finish() }
    }

    /// Opens a session whenever there is none; its consumer of wake-ups is the only one.
    private func keepSession() async {
        var wakes = wakeUps.makeAsyncIterator()
        while await wakes.next() != nil {
            do {
                try await pool.withConnection { connection in
                    try await connection.withSession { session throws(PostgresError) in
                        try session.watchForVanishedClient()
                    }
                    repeat { try await serve(on: connection) } while await wakes.next() != nil
                }
            } catch {
                logger.debug("roles.lost", metadata: ["reason": "\(error)"])
            }
            loseAll()
        }
    }

    /// Asks for roles and gives them back; a sign of life where there is nothing to ask.
    private func serve(on connection: PostgresConnection) async throws {
        let (returned, missing, held) = state.withLock { state in
            defer { state.returned = [] }
            return (
                state.returned, state.seats.filter { !$0.value.isHeld }.mapValues(\.key),
                Set(state.seats.values.filter(\.isHeld).map(\.key))
            )
        }
        let got = try await connection.withSession { session throws(PostgresError) in
            for key in returned { try session.advisoryUnlock(key) }
            var got: [Int] = []
            // A session would be given the same lock twice.
            var keys = held
            for (id, key) in missing.sorted(by: { $0.key < $1.key }) where keys.insert(key).inserted {
                if try session.tryAdvisoryLock(key) { got.append(id) }
            }
            if returned.isEmpty, missing.isEmpty { try session.ping() }
            return got
        }
        for id in got { grant(id) }
    }

    private func grant(_ id: Int) {
        let seat = state.withLock { state -> Seat? in
            state.seats[id]?.isHeld = true
            return state.seats[id]
        }
        seat?.events.yield(true)
    }

    private func giveUp(_ id: Int) {
        let isReturned = state.withLock { state in
            guard let seat = state.seats.removeValue(forKey: id), seat.isHeld else { return false }
            state.returned.append(seat.key)
            return true
        }
        if isReturned { wakeUp.yield() }
    }

    /// The session is gone, and with it all roles.
    private func loseAll() {
        let lost = state.withLock { state in
            let lost = state.seats.filter(\.value.isHeld)
            for id in lost.keys { state.seats[id] = nil }
            state.returned = []
            return Array(lost.values)
        }
        for seat in lost { seat.events.finish() }
    }
}
