import Leaderboards
import Postgres
import ServiceLifecycle
import Storage

/// A role that one instance has at a time, held by an advisory lock of a database session.
struct ExclusiveRole: Sendable {
    /// How long to wait before asking again for a role that another instance has.
    private static let retryInterval: Duration = .seconds(1)
    /// How often the holder makes sure that its session, and with it the lock, is still there.
    private static let checkInterval: Duration = .seconds(5)

    let pool: PostgresPool
    let space: LockSpace
    let bot: BotID

    /// Waits for the role, then does something as long as the role lasts; again if it was lost, until shutdown
    /// or cancellation; the body sees both.
    ///
    /// - Parameter body: What to do; cancelled when the role is lost.
    func hold(_ body: @escaping @Sendable () async -> Void) async {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            try? await pool.withConnection { connection in
                let key = space.key(for: bot)
                guard
                    try await connection.withSession({ session throws(PostgresError) in
                        try session.tryAdvisoryLock(key)
                    })
                else { return }
                await withTaskGroup { group in
                    group.addTask { await body() }
                    group.addTask {
                        while !Task.isCancelled {
                            try? await Task.sleep(for: Self.checkInterval)
                            guard await connection.isAlive() else { return }
                        }
                    }
                    await group.next()
                    group.cancelAll()
                }
            }
            await cancelWhenGracefulShutdown { try? await Task.sleep(for: Self.retryInterval) }
        }
    }
}
