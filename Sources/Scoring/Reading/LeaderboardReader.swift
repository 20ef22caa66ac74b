import Leaderboards
import Logging
import Postgres
import Storage
import Synchronization

/// Reads pages of leaderboards; those asked for at about the same time together.
final class LeaderboardReader: Sendable {
    /// Pages that one statement reads at most.
    private static let batchSize = 64
    /// Statements under way at once: while the database works on one, another one's answers are passed on.
    private static let writers = 2

    /// What must run before pages are read for others than operators.
    let batches: GroupCommit<Int, PageWish, PageContent>

    private let pool: PostgresPool
    private let keys: TokenKeys
    private let runLifetime: Duration
    private let clock: @Sendable () -> Instant
    private let batch = PageBatch()
    private let arrivals = Atomic(0)

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - keys: The keys of cursors and pseudonyms.
    ///   - logger: For pages that cannot be read.
    init(
        pool: PostgresPool,
        keys: TokenKeys,
        configuration: ScoringConfiguration,
        clock: @escaping @Sendable () -> Instant,
        logger: Logger
    ) {
        self.pool = pool
        self.keys = keys
        self.clock = clock
        runLifetime = configuration.runLifetime
        let batch = batch
        batches = GroupCommit(
            "reads",
            limits: .init(
                capacity: configuration.queueCapacity,
                batchSize: Self.batchSize,
                writers: Self.writers,
                crowd: 24,
                linger: .milliseconds(1),
                patience: configuration.readPatience
            ),
            logger: logger,
            write: { _, wishes throws(PostgresError) in try await Self.read(wishes, batch, pool) }
        )
    }

    /// Reads a page.
    ///
    /// - Parameter view: Which leaderboard, and for whom.
    func page(_ view: BoardView, _ request: LeaderboardRequest) async throws(Refusal) -> LeaderboardPage {
        let now = clock()
        let wish = try wish(view, request, now: now)
        let content: PageContent
        if view.isOperator {
            // One of theirs may be long and is not for others to wait for; commands read where no service runs.
            let answer: Result<PageContent, Refusal>
            do { answer = try await Self.read([wish], batch, pool)[0] } catch { throw Refusal(error) }
            content = try answer.get()
        } else {
            let shard = arrivals.wrappingAdd(1, ordering: .relaxed).oldValue & (Self.writers - 1)
            content = try await batches.submit(wish, for: shard)
        }
        return content.page(view, isFinal: isFinal(content.interval, now: now), keys: keys)
    }

    /// Lists the windows in which a chat or a game has entries.
    ///
    /// - Parameter chat: The chat; nil is the whole game.
    /// - Returns: The windows by kind, each kind ascending.
    func windows(of game: Game, chat: ChatInstance?) async throws(Refusal) -> [LeaderboardWindow] {
        let kept: (zone: String, windows: [KeptWindow])?
        do {
            kept = try await pool.withSession { session throws(PostgresError) in
                try session.keptWindows(of: game, chat: chat)
            }
        } catch { throw Refusal(error) }
        guard let kept else { throw .notFound("nothing is known of such a chat") }
        guard let zone = ZoneRules(named: kept.zone) else {
            throw .internal("the time zone '\(kept.zone)' is not known on this machine")
        }
        let calendar = WindowCalendar(zone: zone, seasons: game.rules.seasons)
        let now = clock()
        return kept.windows.compactMap { kept in
            calendar.interval(kept.window, labelled: kept.label).map {
                LeaderboardWindow(interval: $0, total: kept.total, isFinal: isFinal($0, now: now))
            }
        }.sorted()
    }

    private static func read(
        _ wishes: [PageWish],
        _ batch: PageBatch,
        _ pool: PostgresPool
    ) async throws(PostgresError) -> [Result<PageContent, Refusal>] {
        try await pool.withSession { session throws(PostgresError) in
            try batch.read(wishes, session: session)
        }
    }

    private func wish(
        _ view: BoardView,
        _ request: LeaderboardRequest,
        now: Instant
    ) throws(Refusal) -> PageWish {
        func wish(_ start: PageStart, label: String? = nil) -> PageWish {
            PageWish(
                view: view,
                window: request.window,
                at: request.at,
                now: now,
                label: label,
                start: start,
                limit: request.limit
            )
        }
        switch request.start {
        case .top: return wish(.top)
        case .aroundMe: return wish(view.viewer.map { .around($0) } ?? .top)
        case .around(let text):
            let number = Int64(text).flatMap { $0 > 0 ? PlayerID(rawValue: $0) : nil }
            guard
                let player = view.showsIdentity
                    ? number : keys.player(ofPseudonym: text, in: view.game.tokenID)
            else {
                throw .unknownParameterValue("around: takes 'me' or a player id as this leaderboard shows it")
            }
            return wish(.around(player))
        case .cursor(let text):
            // The window is that of the page before: the walk over a day's leaderboard goes on after midnight.
            guard let cursor = try? keys.cursor(text, in: view.game.tokenID),
                cursor.board == view.cursorBoard(request.window, label: cursor.board.label)
            else {
                throw .unknownParameterValue(
                    "cursor: takes 'next' or 'previous' of a page of the same leaderboard"
                )
            }
            return wish(
                cursor.isBackward ? .before(cursor.sortKey) : .after(cursor.sortKey),
                label: cursor.board.label
            )
        }
    }

    /// Whether a window can no longer change: every run that began in it has ended.
    private func isFinal(_ interval: WindowInterval, now: Instant) -> Bool {
        interval.to.map { $0 + runLifetime <= now } ?? false
    }
}
