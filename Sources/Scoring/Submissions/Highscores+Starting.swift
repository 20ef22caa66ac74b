import Leaderboards
import Postgres
import Storage
import Tokens

extension Highscores {
    /// Starts a run for one board.
    ///
    /// Where the board has attempts one is used, on disk, when this returns.
    ///
    /// - Parameter key: 1–128 visible characters; the same launch, board and key start the same run again.
    /// - Throws: ``Refusal/boardUnknown(_:)``, ``Refusal/attemptsUsed(endsAt:)``, ``Refusal/keyReused`` for the key of another
    ///   board's run, or ``Refusal/databaseUnavailable``, after which repeating it with its key is safe.
    package func startRun(
        launchToken: String,
        board name: String,
        key: String?
    ) async throws(Refusal) -> StartedRun {
        let now = clock()
        let (launch, root) = try playable(launchToken, at: now)
        let board = name == root.board ? root : try declared(name, of: root.id)
        var generator = SystemRandomNumberGenerator()
        var id = RunID(Identifier128(using: &generator))
        var start = max(now, launch.launchedAt)
        var attempt: Attempt?
        let limit = board.rules.attempts
        if let limit {
            // Keys of runs and keys of scores name different runs.
            if let key { id = TokenKeys.run(of: launch.id, idempotencyKey: "start \(key)") }
            let window = try interval(limit.window, at: start, on: board)
            let (run, time) = (id, start)
            attempt = try await refusing { () throws(PostgresError) in
                try await pool.transaction { session throws(PostgresError) in
                    try session.attemptUse(
                        by: run,
                        of: launch.player,
                        on: board.id,
                        in: window.label,
                        count: limit.count,
                        startedAt: time
                    )
                }
            }
            guard let attempt else { throw .attemptsUsed(endsAt: window.to) }
            guard attempt.board == board.id else { throw .keyReused }
            start = attempt.startedAt
        }
        var run = started(id, of: launch, at: start, board, only: name)
        if let limit, let attempt {
            let window = try interval(limit.window, at: start, on: board)
            run.attempt = UsedAttempt(number: attempt.number, limit: limit, endsAt: window.to)
        }
        if let window = board.rules.seedWindow, let key = board.seedKey {
            run.seed = Seed.digits(in: try interval(window, at: start, on: board).label, key: key)
        }
        return run
    }

    /// A launch that may start runs, and its game.
    func playable(_ launchToken: String, at now: Instant) throws(Refusal) -> (Launch, Game) {
        let launch = try reading { find throws(TokenError) in try keys.launch(launchToken, now: now, find) }
        try checkErasure(since: launch)
        let game = try playableGame(of: launch)
        guard !registry.isBanned(launch.player, from: game) else { throw .playerBanned }
        return (launch, game)
    }

    /// - Parameters:
    ///   - board: The board that the run is for; the game itself where it is for none.
    ///   - name: The board's name where the run may feed no other.
    func started(
        _ id: RunID,
        of launch: Launch,
        at start: Instant,
        _ board: Game,
        only name: String? = nil
    ) -> StartedRun {
        let run = Run(
            id: id,
            launch: launch,
            startedAt: start,
            lifetime: configuration.runLifetime,
            board: name
        )
        let access = BoardAccess(launch, expiresAt: run.expiresAt)
        return StartedRun(
            run: run,
            runToken: keys.token(for: run, of: board.tokenID),
            boardToken: keys.token(for: access, of: board.tokenID),
            game: board,
            playerName: names.name(of: launch.player, bot: launch.bot, game: board.root)
        )
    }

    private func interval(
        _ window: WindowKind,
        at start: Instant,
        on board: Game
    ) throws(Refusal) -> WindowInterval {
        guard window != .all else { return .always }
        guard let interval = try board.calendar(zone: board.rules.zone).interval(window, containing: start)
        else {
            throw .noSuchWindow("no season of this game has begun")
        }
        return interval
    }
}
