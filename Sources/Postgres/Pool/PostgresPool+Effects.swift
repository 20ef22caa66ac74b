import Instruments
import Logging
import Synchronization

extension PostgresPool {
    /// What is left to do once the lock is released.
    private enum Effect {
        case resume(CheckedContinuation<Result<Lease, PostgresError>, Never>, Result<Lease, PostgresError>)
        case connect(Int, PostgresConnection)
        case check(Lease)
        case close(PostgresConnection)
        case interrupt(PostgresConnection)
        case alarm(ContinuousClock.Instant)
        case finish([CheckedContinuation<Void, Never>])
    }

    /// Waits for a connection.
    ///
    /// - Throws: `.poolTimeout`, `.poolFull`, `.poolClosed` or `.cancelled`.
    func acquire() async throws(PostgresError) -> Lease {
        let start = ContinuousClock.now
        let id = shared.withLock { shared in
            shared.waitersMade += 1
            return shared.waitersMade
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                handle { shared, now in
                    shared.waiters[id] = continuation
                    // A cancellation before this line found no waiter; one after it will.
                    guard !Task.isCancelled else { return [.refuse(waiter: id, .cancelled)] }
                    return shared.state.request(waiter: id, now: now)
                }
            }
        } onCancel: {
            handle { shared, _ in shared.state.cancel(waiter: id) }
        }
        let wait = ContinuousClock.now - start
        shared.withLock { $0.waits.record(wait) }
        return try result.get()
    }

    /// Takes a connection back.
    ///
    /// - Parameter start: When its use began, if that is to be counted.
    func release(_ lease: Lease, isReusable: Bool, usedSince start: ContinuousClock.Instant? = nil) {
        handle { shared, now in
            if let start { shared.uses.record(now - start) }
            return shared.state.release(lease.id, isReusable: isReusable, now: now)
        }
    }

    /// Feeds an event to the rules and does what they say.
    func handle(_ event: (inout Shared, ContinuousClock.Instant) -> [PoolState.Action]) {
        let effects = shared.withLock { shared -> [Effect] in
            let actions = event(&shared, .now)
            var effects = actions.compactMap { effect(of: $0, &shared) }
            if let next = shared.state.nextAlarm, shared.alarm.map({ next < $0 }) ?? true {
                shared.alarm = next
                effects.append(.alarm(next))
            }
            return effects
        }
        for effect in effects { perform(effect) }
    }

    private func effect(of action: PoolState.Action, _ shared: inout Shared) -> Effect? {
        switch action {
        case .connect(let id):
            let connection = PostgresConnection(configuration)
            shared.connections[id] = connection
            return .connect(id, connection)
        case .grant(let id, let waiter):
            guard let connection = shared.connections[id] else { return nil }
            let lease = Lease(id: id, connection: connection)
            return shared.waiters.removeValue(forKey: waiter).map { .resume($0, .success(lease)) }
        case .refuse(let waiter, let refusal):
            let error = error(for: refusal, shared.lastFailure)
            return shared.waiters.removeValue(forKey: waiter).map { .resume($0, .failure(error)) }
        case .check(let id):
            return shared.connections[id].map { .check(Lease(id: id, connection: $0)) }
        case .close(let id):
            return shared.connections.removeValue(forKey: id).map { .close($0) }
        case .interrupt(let id):
            return shared.connections[id].map { .interrupt($0) }
        case .finish:
            shared.isFinished = true
            defer { shared.closers = [] }
            return .finish(shared.closers)
        }
    }

    /// Detached tasks: none of this is for the request that happened to be the occasion.
    private func perform(_ effect: Effect) {
        switch effect {
        case .resume(let continuation, let result):
            continuation.resume(returning: result)
        case .connect(let id, let connection):
            Task.detached { [self] in await open(connection, id) }
        case .check(let lease):
            Task.detached { [self] in
                let isAlive = await lease.connection.isAlive()
                handle { shared, now in
                    shared.state.release(lease.id, isReusable: isAlive, wasUsed: false, now: now)
                }
            }
        case .close(let connection):
            Task.detached { await connection.close() }
        case .interrupt(let connection):
            connection.cancelRunningStatement()
        case .alarm(let time):
            Task.detached { [weak self] in
                try? await Task.sleep(until: time, clock: .continuous)
                self?.handle { shared, now in
                    if shared.alarm == time { shared.alarm = nil }
                    return shared.state.tick(now)
                }
            }
        case .finish(let closers):
            for closer in closers { closer.resume() }
        }
    }

    private func open(_ connection: PostgresConnection, _ id: Int) async {
        do throws(PostgresError) {
            try await connection.open()
            let isRestored = shared.withLock { shared in
                defer { shared.lastFailure = nil }
                return shared.lastFailure != nil
            }
            if isRestored { logger.info("pool.reconnected") }
            handle { shared, now in shared.state.connected(id, now: now) }
        } catch {
            let isFirst = shared.withLock { shared in
                defer { shared.lastFailure = error }
                shared.connections[id] = nil
                return shared.lastFailure == nil
            }
            logger.log(
                level: isFirst ? .warning : .debug,
                "pool.connect_failed",
                metadata: ["reason": "\(error)"]
            )
            handle { shared, now in shared.state.connectFailed(id, now: now) }
        }
    }

    private func error(for refusal: PoolState.Refusal, _ lastFailure: PostgresError?) -> PostgresError {
        switch refusal {
        case .timeout:
            guard let lastFailure else {
                return PostgresError(.poolTimeout, "none of \(configuration.maximumConnections) became free")
            }
            return PostgresError(.connectionFailed, lastFailure.message).with {
                $0.sqlState = lastFailure.sqlState
            }
        case .full:
            return PostgresError(.poolFull, "\(configuration.maximumWaiters) callers wait already")
        case .closed:
            return PostgresError(.poolClosed, "the connection pool is shutting down")
        case .cancelled:
            return PostgresError(.cancelled, "the task was cancelled while it waited for a connection")
        }
    }
}
