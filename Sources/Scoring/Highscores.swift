package import Instruments
package import Leaderboards
package import Logging
package import Postgres
package import ServiceLifecycle
package import Storage
package import Tokens

/// The use cases of the service, as its edges see them.
///
/// One value serves a process. Its ``services`` must run for anything to be written.
package final class Highscores: Sendable {
    let pool: PostgresPool
    let keys: TokenKeys
    let configuration: ScoringConfiguration
    let clock: @Sendable () -> Instant
    let registry: GameRegistry
    let names = KnownNames()
    let miniApps: [BotID: MiniAppKey]
    let keyUses: KeyUses
    let rates: PlayerRateLimiter
    let quotas: PlayerQuotas
    let tokens: KnownTokens
    private let reader: LeaderboardReader
    let live: LiveBoards
    /// What one instance does at a time; run by ``services``.
    package let roles: ExclusiveRoles
    private let merger: ChatMerger
    private let monitor: DatabaseMonitor
    package let memory: PlayMemory
    /// What is remembered for readers; each of the two has half of ``ScoringConfiguration/memory``, this one less what
    /// is kept of tokens.
    package let pages: PageMemory
    let submissions: SubmissionQueue
    let presses: GroupCommit<BotID, PressFact, Void>
    let profiles: GroupCommit<BotID, ProfileSighting, Void>
    let reports: GroupCommit<GameID, PressReport, Void>
    let onPlay: @Sendable (PlayEvent) -> Void
    private let housekeeping: Housekeeping

    /// - Parameters:
    ///   - pool: Connections to the database; run by the caller.
    ///   - miniApps: The keys by which Mini Apps of bots are authenticated.
    ///   - onDeliveries: Called when deliveries of a bot may be due, on any instance's behalf.
    ///   - onPlay: Told of what happens here; must return quickly.
    package init(
        pool: PostgresPool,
        keys: TokenKeys,
        configuration: ScoringConfiguration = ScoringConfiguration(),
        logger: Logger,
        clock: @escaping @Sendable () -> Instant,
        miniApps: [BotID: MiniAppKey] = [:],
        onDeliveries: @escaping @Sendable (BotID) -> Void = { _ in },
        onPlay: @escaping @Sendable (PlayEvent) -> Void = { _ in }
    ) {
        self.miniApps = miniApps
        self.onPlay = onPlay
        keyUses = KeyUses(pool: pool, logger: logger, clock: clock)
        self.pool = pool
        self.keys = keys
        self.configuration = configuration
        self.clock = clock
        registry = GameRegistry()
        rates = PlayerRateLimiter(limit: configuration.playerRate)
        quotas = PlayerQuotas(
            configuration: configuration,
            pool: pool,
            clock: clock,
            logger: logger
        )
        tokens = KnownTokens(limit: configuration.memory / 16)
        pages = PageMemory(limit: configuration.memory / 2 - configuration.memory / 16)
        reader = LeaderboardReader(
            pool: pool,
            keys: keys,
            configuration: configuration,
            memory: pages,
            clock: clock,
            logger: logger
        )
        merger = ChatMerger(pool: pool, clock: clock)
        roles = ExclusiveRoles(pool: pool, logger: logger)
        live = LiveBoards(limits: configuration.watches, time: clock)
        monitor = DatabaseMonitor(
            pool: pool,
            registry: registry,
            live: live,
            logger: logger,
            onDeliveries: onDeliveries
        )
        memory = PlayMemory(limit: configuration.memory / 2)
        submissions = SubmissionQueue(
            pool: pool,
            configuration: configuration,
            memory: memory,
            clock: clock,
            logger: logger
        )
        let recorder = PressRecorder(pool: pool, merger: merger)
        presses = GroupCommit("presses", limits: configuration.pressLimits, logger: logger) {
            bot,
            facts throws(PostgresError) in try await recorder.record(bot, presses: facts)
        }
        profiles = GroupCommit(
            "profiles",
            limits: configuration.limits(writers: 1, timeout: configuration.pressTimeout),
            logger: logger
        ) {
            bot,
            sightings throws(PostgresError) in try await recorder.record(bot, profiles: sightings)
        }
        reports = GroupCommit(
            "reports",
            limits: configuration.limits(
                writers: 2,
                delay: .milliseconds(1),
                timeout: configuration.pressTimeout
            ),
            logger: logger
        ) {
            game,
            reports throws(PostgresError) in try await recorder.record(game, reports: reports)
        }
        housekeeping = Housekeeping(
            pool: pool,
            retentionMargin: configuration.retentionMargin,
            logger: logger,
            clock: clock
        )
    }

    /// What must run, in the order in which it is to be started; the pool comes before.
    package var services: [any Service] {
        [roles, monitor, reader.batches, LiveReading(highscores: self), submissions.writes]
            + [
                submissions.appends, quotas.lookups, quotas.replays, presses, profiles, reports, keyUses,
                housekeeping,
            ]
    }

    /// How many items were written together so far, by what they are.
    package var batchSizes: [(of: String, sizes: Histogram)] {
        [
            ("appends", submissions.appends.sizes), ("writes", submissions.writes.sizes),
            ("pages", reader.batches.sizes), ("presses", presses.sizes), ("profiles", profiles.sizes),
            ("reports", reports.sizes),
        ]
    }

    // MARK: - Games

    /// The name of a game by its id; nil where it is not known here.
    package func name(of game: GameID) -> String? { registry.game(game)?.name }

    /// Whether the games were loaded at least once.
    package var isLoaded: Bool { registry.isLoaded }

    /// The games of a bot that can be played, by short name.
    package func games(of bot: BotID) -> [Game] { registry.enabledGames(of: bot) }

    /// A game by the name that people use.
    ///
    /// - Parameter bot: The bot's username, in any case, or its id.
    /// - Returns: The game, enabled or not; nil when there is none.
    package func game(bot: String, shortName: String) -> Game? {
        registry.game(botUsername: bot, shortName: shortName)
    }

    /// The boards that are declared for a game, by name.
    package func boards(of game: Game) -> [Game] { registry.boards(of: game.root) }

    /// Why scores cannot be taken now; empty when they can.
    package var readiness: [UnreadyReason] { monitor.reason.map { [$0] } ?? [] }

    // MARK: - Presses

    /// Answers a press of a game's button.
    ///
    /// The answer needs no database. What the press tells of player, chat and message is written beside it; the answer
    /// waits for that at most ``ScoringConfiguration/pressTimeout`` and is given without, if it must be.
    ///
    /// - Returns: The URL to open, or what to tell the player.
    package func open(_ press: Press) async -> Opening {
        guard let shortName = press.gameShortName else { return .notice(.unknownGame) }
        guard registry.isLoaded else { return .notice(.starting) }
        guard let game = registry.game(of: press.bot, shortName: shortName) else {
            onPlay(.launch(nil, .unknownGame))
            return .notice(.unknownGame)
        }
        do {
            let chat = press.chatInstance.flatMap { ChatInstance($0) }
            let launch = try await open(game, for: press.player.id, in: chat, target: press.target) {
                launch throws(Refusal) in
                guard chat != nil else { throw .notFound("a chat") }
                await note(press.player, launch, in: press.chat)
            }
            return .url(LaunchURL.adding(token: keys.token(for: launch, of: game.tokenID), to: game.url))
        } catch {
            switch error {
            case .gameDisabled: return .notice(.gameDisabled)
            case .playerBanned: return .notice(.playerBanned)
            default: return .notice(.noChat)
            }
        }
    }

    // MARK: - Runs and scores

    /// Starts a run.
    ///
    /// Nothing is written and no database is needed.
    package func startRun(launchToken: String) throws(Refusal) -> StartedRun {
        let now = clock()
        let (launch, game) = try playable(launchToken, at: now)
        var generator = SystemRandomNumberGenerator()
        // Another instance's clock may be a little ahead; a run never begins before its launch.
        return started(
            RunID(Identifier128(using: &generator)),
            of: launch,
            at: max(now, launch.launchedAt),
            game
        )
    }

    /// Checks a token and tells what it is for.
    ///
    /// - Throws: ``Refusal/tokenInvalid`` or ``Refusal/tokenExpired``.
    package func kind(ofToken token: String) throws(Refusal) -> TokenKind {
        switch try play(token) {
        case .run: .run
        case .launch: .launch
        }
    }

    // MARK: - Reading

    /// Reads a part of a leaderboard.
    package func leaderboard(_ request: LeaderboardRequest) async throws(Refusal) -> LeaderboardPage {
        try await reader.page(request, try view(of: request))
    }

    /// Lists the windows in which a chat, or the whole game, has entries: by kind, each kind ascending.
    package func windows(of game: Game, chat: ChatInstance?) async throws(Refusal) -> [LeaderboardWindow] {
        try await reader.windows(of: game, chat: chat)
    }

    // MARK: - What updates tell

    /// Records what an update tells of a chat.
    ///
    /// - Throws: ``Refusal/databaseUnavailable``: nothing was recorded, and the update should come again.
    package func record(_ fact: ChatFact, bot: BotID) async throws(Refusal) {
        let now = clock()
        try await refusing { () throws(PostgresError) in
            switch fact {
            case .migrated(let old, let new):
                try await merger.follow(from: old, to: new, bot: bot)
            case .writable(let sighting, let isWritable):
                try await pool.transaction { session throws(PostgresError) in
                    try session.run(.chatsLock(of: bot))
                    let chat = try session.chatResolve(sighting.id, bot: bot)
                    try session.execute(.chatTitleUpdate(chat, title: sighting.title))
                    guard !isWritable else { return try session.chatOpen(chat, of: bot, now: now) }
                    try session.chatClose(
                        chat,
                        of: bot,
                        reason: "the bot may not write there (my_chat_member)",
                        claimedAt: nil,
                        now: now
                    )
                }
            case .sharesGames(let sighting):
                try await pool.transaction { session throws(PostgresError) in
                    try session.chatNoteSharedGames(at: sighting.id, bot: bot)
                }
            }
        }
    }

    /// Whether an update that asks for a message gets one; the message counts against the budgets of chat and bot.
    ///
    /// - Returns: False for an update that was answered within 24 hours, and in a chat that had enough messages lately.
    /// - Throws: ``Refusal/databaseUnavailable``.
    package func admitMessage(
        _ kind: OwnMessage = .game,
        after update: Int64,
        to address: TelegramChatID,
        bot: BotID
    ) async throws(Refusal) -> Bool {
        let now = clock()
        let limits = configuration.callLimits
        return try await refusing { () throws(PostgresError) in
            try await pool.transaction { session throws(PostgresError) in
                try session.messageAdmit(
                    kind,
                    after: update,
                    to: address,
                    bot: bot,
                    limits: limits,
                    now: now
                )
            }
        }
    }

    /// Has the winners of windows announced in a chat, or no longer.
    ///
    /// - Parameter window: Nil is off.
    /// - Throws: ``Refusal/databaseUnavailable``.
    package func announce(
        _ window: WindowKind?,
        in address: TelegramChatID,
        bot: BotID
    ) async throws(Refusal) {
        try await refusing { () throws(PostgresError) in
            try await pool.transaction { session throws(PostgresError) in
                try session.chatAnnounce(at: address, bot: bot, window)
            }
        }
    }

    /// Records that a message of the bot's own was sent: a chat that was closed is open.
    package func noteSent(to address: TelegramChatID, bot: BotID) async {
        let now = clock()
        // Best effort: a closed chat is tried again by other signs, too.
        try? await pool.transaction { session throws(PostgresError) in
            try session.chatNoteSent(to: address, by: bot, now: now)
        }
    }

    /// Notes the username of a bot that this process serves.
    ///
    /// - Throws: ``Refusal/databaseUnavailable``.
    package func register(bot: BotID, username: String) async throws(Refusal) {
        _ = try await refusing { () throws(PostgresError) in
            try await pool.withSession { session throws(PostgresError) in
                try session.execute(.botUpsert(bot, username: username))
            }
        }
    }

    /// Does something as the only instance that does it for a bot.
    ///
    /// - Parameter body: What to do while this instance has the right; cancelled when the right is lost.
    package func asPoller(of bot: BotID, _ body: @escaping @Sendable () async -> Void) async {
        await roles.hold(.poller, of: bot, body)
    }

    /// The secrets that Telegram may send with a bot's updates, to be worked out once: each takes two hashes.
    package func webhookSecrets(of bot: BotID) -> [String] { keys.webhookSecrets(for: bot) }

    /// The secret to register with Telegram for a bot's webhook.
    package func webhookSecret(of bot: BotID) -> String { keys.webhookSecrets(for: bot)[0] }

    /// Puts errors of the database into the terms of callers.
    func refusing<R: Sendable>(
        _ body: () async throws(PostgresError) -> R
    ) async throws(Refusal) -> R {
        do { return try await body() } catch { throw Refusal(error) }
    }
}
