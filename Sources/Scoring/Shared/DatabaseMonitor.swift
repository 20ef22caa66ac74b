import Leaderboards
import Logging
import Postgres
import ServiceLifecycle
import Storage
import Synchronization

/// Keeps the registry and live leaderboards current and knows whether the database can be worked with.
final class DatabaseMonitor: Service {
    private enum Condition {
        case ready
        /// What is said of it where the pool knows no reason.
        case unavailable(String)
        case unfit(code: String, detail: String)
    }

    private static let lost = Condition.unavailable("the connection was lost; reconnecting")

    private let pool: PostgresPool
    private let registry: GameRegistry
    private let live: LiveBoards
    private let onDeliveries: @Sendable (BotID) -> Void
    private let logger: Logger
    private let condition = Mutex(Condition.unavailable("not connected yet"))
    private let isReadOnly = Mutex(false)
    /// Whether the server may lose what it acknowledged to sessions that do not ask for more, as ours do.
    private let isLax = Mutex(false)

    init(
        pool: PostgresPool,
        registry: GameRegistry,
        live: LiveBoards,
        logger: Logger,
        onDeliveries: @escaping @Sendable (BotID) -> Void
    ) {
        self.pool = pool
        self.registry = registry
        self.live = live
        self.logger = logger
        self.onDeliveries = onDeliveries
    }

    /// Why scores cannot be taken now, or what is to be known of the database; nil when all is well.
    var reason: UnreadyReason? {
        switch condition.withLock({ $0 }) {
        case .ready where isReadOnly.withLock({ $0 }):
            UnreadyReason(
                code: "database_read_only",
                detail:
                    "the database takes no changes: it is a standby, or default_transaction_read_only is on",
                isFatal: true
            )
        case .ready:
            isLax.withLock { $0 }
                ? UnreadyReason(
                    code: "database_lax",
                    detail:
                        "synchronous_commit is off for the database: this service turns it on for itself, but what others"
                        + " change there may be lost if the server crashes",
                    isFatal: false
                ) : nil
        case .unavailable(let detail):
            UnreadyReason(
                code: "database_unavailable",
                detail: pool.lastFailure?.description ?? detail,
                isFatal: true
            )
        case .unfit(let code, let detail): UnreadyReason(code: code, detail: detail, isFatal: true)
        }
    }

    func run() async throws {
        let (listener, events) = PostgresListener.withStream(
            configuration: pool.configuration.forSessions,
            channels: Channel.allCases.map(\.rawValue),
            logger: logger
        )
        await withTaskGroup { group in
            group.addTask { try? await listener.run() }
            group.addTask {
                var lostAt: ContinuousClock.Instant?
                for await event in events.cancelOnGracefulShutdown() { await self.handle(event, &lostAt) }
            }
            // Whichever ends first, by shutdown or cancellation, ends the other.
            await group.next()
            group.cancelAll()
        }
    }

    private func handle(_ event: PostgresListener.Event, _ lostAt: inout ContinuousClock.Instant?) async {
        switch event {
        case .connected:
            if let since = lostAt {
                lostAt = nil
                let seconds = (ContinuousClock.now - since).components.seconds
                logger.notice("database.regained", metadata: ["lost_s": "\(seconds)"])
            }
            // What was missed while there was no connection is unknown, so everything is read anew.
            await reloadUntilDone(checkingSchema: true)
            for bot in Set(registry.bots) { onDeliveries(bot) }
            live.connected()
        case .disconnected(let reason):
            lostAt = lostAt ?? .now
            condition.withLock { $0 = Self.lost }
            isReadOnly.withLock { $0 = false }
            live.disconnected()
            logger.warning("database.lost", metadata: ["reason": "\(reason)"])
        case .readOnly(let isReadOnly):
            self.isReadOnly.withLock { $0 = isReadOnly }
            if isReadOnly { logger.warning("database.read_only") } else { logger.notice("database.writable") }
        case .notification(Channel.settings.rawValue, _):
            await reloadUntilDone(checkingSchema: false)
            live.gamesChanged { registry.game($0) }
        case .notification(Channel.deliveries.rawValue, let payload):
            if let bot = Int64(payload) { onDeliveries(BotID(rawValue: bot)) }
        case .notification(Channel.boards.rawValue, let payload):
            live.boardsChanged(payload: payload)
        case .notification:
            break
        }
    }

    /// Reads games and bans, again until that works: a ban that was not heard of would go unnoticed.
    private func reloadUntilDone(checkingSchema: Bool) async {
        while !Task.isCancelled, !(await reload(checkingSchema: checkingSchema)) {
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Reads games and bans, and checks whether the schema fits.
    private func reload(checkingSchema: Bool) async -> Bool {
        do {
            if checkingSchema {
                let engine = try Schema.migrations()
                let states = try await pool.withSession { session throws(PostgresError) in
                    try engine.status(session)
                }
                guard states.isCurrent || states.isAhead else {
                    let detail =
                        states.problem?.description
                        ?? "\(states.pending.count) migrations are pending; run 'highscores migrate up'"
                    setUnfit("schema_outdated", detail)
                    return false
                }
                if states.isAhead { logger.warning("schema.newer") }
                let defaults = try await pool.withSession { session throws(PostgresError) in
                    try session.run(.serverDefaultsGet(["synchronous_commit"]))
                }
                isLax.withLock { $0 = defaults == ["off"] }
            }
            let (games, bans, erased, keys) = try await pool.transaction(.snapshot) {
                session throws(PostgresError) in
                (
                    try session.run(.gamesListWithBoards()), try session.run(.bansList()),
                    try session.erasedPlayersLoad(),
                    try session.run(.apiKeysListAccepted())
                )
            }
            registry.replace(games: games, bans: bans, erased: erased, keys: keys)
            condition.withLock { $0 = .ready }
            logger.debug("registry.loaded", metadata: ["games": "\(games.count)", "bans": "\(bans.count)"])
            return true
        } catch {
            logger.warning("registry.failed", metadata: ["reason": "\(error)"])
            if error.code == .invalidConfiguration {
                setUnfit("database_unsuitable", error.message)
            } else if error.code == .migration {
                setUnfit("schema_outdated", error.message)
            } else if error.sqlState == .insufficientPrivilege {
                setUnfit("database_forbidden", error.message)
            } else if error.code == .connectionFailed || error.code == .connectionLost {
                // The listener's own word that the connection broke may come later.
                condition.withLock { condition in
                    if case .ready = condition { condition = Self.lost }
                }
            }
            return false
        }
    }

    private func setUnfit(_ code: String, _ detail: String) {
        condition.withLock { $0 = .unfit(code: code, detail: detail) }
        logger.error("schema.unfit", metadata: ["reason": "\(detail)"])
    }
}
