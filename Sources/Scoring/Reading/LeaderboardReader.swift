import Leaderboards
import Logging
import Postgres
import Storage
import Synchronization
import Tokens

/// Reads pages of leaderboards; those asked for at about the same time together.
final class LeaderboardReader: Sendable {
    /// Pages that one statement reads at most.
    private static let batchSize = 64
    /// Statements under way at once: while the database works on one, another one's answers are passed on.
    private static let writers = 2

    /// What must run before pages are read for others than operators.
    let batches: GroupCommit<Int, PageQuery, PageContent>

    private let pool: PostgresPool
    private let keys: TokenKeys
    private let runLifetime: Duration
    private let clock: @Sendable () -> Instant
    private let batch: PageBatch
    private let arrivals = Atomic(0)

    init(
        pool: PostgresPool,
        keys: TokenKeys,
        configuration: ScoringConfiguration,
        memory: PageMemory,
        clock: @escaping @Sendable () -> Instant,
        logger: Logger
    ) {
        self.pool = pool
        self.keys = keys
        self.clock = clock
        runLifetime = configuration.runLifetime
        let batch = PageBatch(memory: memory)
        self.batch = batch
        batches = GroupCommit(
            "reads",
            limits: configuration.limits(
                batchSize: Self.batchSize,
                writers: Self.writers,
                worthwhileBatch: 24,
                delay: .milliseconds(1),
                timeout: configuration.readTimeout
            ),
            logger: logger,
            write: { _, queries throws(PostgresError) in try await Self.read(queries, batch, pool) }
        )
    }

    func page(_ request: LeaderboardRequest, _ view: PageQuery.View) async throws(Refusal) -> LeaderboardPage
    {
        let now = clock()
        let query = try PageQuery(request, view, now: now, keys: keys)
        let content: PageContent
        if view.isOperator {
            // One of theirs may be long and is not for others to wait for; commands read where no service runs.
            let answer: Result<PageContent, Refusal>
            do { answer = try await Self.read([query], batch, pool)[0] } catch { throw Refusal(error) }
            content = try answer.get()
        } else {
            let shard = arrivals.wrappingAdd(1, ordering: .relaxed).oldValue & (Self.writers - 1)
            content = try await batches.submit(query, for: shard)
        }
        return content.page(view, isFinal: isFinal(content.interval, now: now), keys: keys)
    }

    /// Lists the windows in which a chat, or the whole game, has entries: by kind, each kind ascending.
    func windows(of game: Game, chat: ChatInstance?) async throws(Refusal) -> [LeaderboardWindow] {
        let kept: (zone: String, windows: [BoardWindow])?
        do {
            kept = try await pool.withSession { session throws(PostgresError) in
                try session.boardWindowsList(of: game, chat: chat)
            }
        } catch { throw Refusal(error) }
        guard let kept else { throw .notFound("nothing is known of such a chat") }
        let calendar = try game.calendar(zone: kept.zone)
        let now = clock()
        return kept.windows.compactMap { kept in
            calendar.interval(kept.window, labelled: kept.label).map {
                LeaderboardWindow(interval: $0, total: kept.total, isFinal: isFinal($0, now: now))
            }
        }.sorted()
    }

    private static func read(
        _ queries: [PageQuery],
        _ batch: PageBatch,
        _ pool: PostgresPool
    ) async throws(PostgresError) -> [Result<PageContent, Refusal>] {
        try await pool.withSession { session throws(PostgresError) in
            try batch.read(queries, session)
        }
    }

    /// Whether a window can no longer change: every run that began in it has ended.
    private func isFinal(_ interval: WindowInterval, now: Instant) -> Bool {
        interval.to.map { $0 + runLifetime <= now } ?? false
    }
}
