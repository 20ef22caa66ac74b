package import Leaderboards
import Postgres
import Storage
import Tokens

extension Highscores {
    /// How far a server's clock may be ahead of ours.
    private static let maximumLead: Duration = .seconds(60)

    /// Judges an API key, without the database.
    ///
    /// - Returns: The game, enabled or not.
    /// - Throws: ``Refusal/tokenInvalid`` for everything but an accepted key of this very game.
    package func authorize(key: String, bot: String, shortName: String) throws(Refusal) -> Game {
        guard registry.isLoaded else { throw .databaseUnavailable }
        guard let accepted = registry.key(APIKeyHash(of: key)), let game = registry.game(accepted.game),
            game.shortName == shortName, game.belongs(toBotNamed: bot)
        else { throw .tokenInvalid }
        keyUses.note(accepted.id)
        return game
    }

    /// Lets somebody play whose press a studio's own bot was told of.
    ///
    /// - Throws: ``Refusal/gameDisabled``, ``Refusal/playerBanned`` or, where that is known in time,
    ///   ``Refusal/chatConflict``.
    package func open(_ press: ServerPress, of game: Game) async throws(Refusal) -> OpenedLaunch {
        let launch = try await open(
            game,
            for: press.player,
            in: press.chatInstance,
            target: press.target,
            isReported: true
        ) { launch throws(Refusal) in
            let report = PressReport(
                game: game.id,
                bot: game.bot,
                player: press.player,
                profile: press.profile,
                chatInstance: press.chatInstance,
                target: press.target.stored,
                reportedAt: launch.launchedAt
            )
            do throws(Refusal) { try await reports.submit(report, for: game.id) } catch {
                // Like a press, it is answered whatever becomes of the write; a submission asks again.
                guard error != .chatConflict else { throw error }
            }
            guard let name = press.profile?.displayName else { return }
            names.note(name, reportedOf: press.player, bot: game.bot, game: game.id)
        }
        return opened(launch, of: game)
    }

    /// Submits scores of a studio's server; those that succeed are on disk when this returns.
    ///
    /// The runs of one player are taken in the order given. What the service's rate allows a player does not bind the
    /// server, what the rules of the game allow does.
    ///
    /// - Throws: ``Refusal/overloaded`` or ``Refusal/databaseUnavailable`` when none was taken.
    package func submit(
        _ scores: [ServerScore],
        of game: Game
    ) async throws(Refusal) -> [Result<Receipt, Refusal>] {
        guard submissions.hasRoom(for: scores.count) else { throw .overloaded }
        let (now, begin) = (clock(), ContinuousClock.now)
        var answers = scores.map { score in
            Result { () throws(Refusal) in try start(of: score, game, now: now) }
        }
        let starts = try await recordStarts(of: scores, answers, of: game, now: now)
        var runs: [FinishedRun] = []
        var places: [Int] = []
        for (index, score) in scores.enumerated() {
            guard case .success = answers[index] else { continue }
            guard let start = starts[TokenKeys.run(named: score.id, in: game.id)] else {
                answers[index] = .failure(.unknownParameterValue(Self.tooEarly))
                continue
            }
            do throws(Refusal) {
                runs.append(try resolved(finished(score, of: game, startedAt: start)))
                places.append(index)
            } catch { answers[index] = .failure(error) }
        }
        let receipts = await submissions.submit(runs, of: game, since: begin)
        var results = answers.map { answer -> Result<Receipt, Refusal> in
            answer.flatMap { _ in .failure(.databaseUnavailable) }
        }
        var names: [PressReport] = []
        for (index, receipt) in zip(places, receipts) {
            results[index] = receipt
            guard let receipt = try? receipt.get() else { continue }
            report(receipt, of: game.id, metadata: scores[index].metadata)
            if let name = scores[index].name(in: game, now: now) { names.append(name) }
        }
        // Names are no part of what is promised: the same list again brings them along.
        _ = await reports.submit(all: names, for: game.id)
        return results
    }

    private static let tooEarly =
        "'started_at' is longer ago than a run lasts; 'highscores import' takes scores of the past"

    /// When a run began, as far as its server says.
    private func start(of score: ServerScore, _ game: Game, now: Instant) throws(Refusal) -> Instant {
        guard let start = score.startedAt else {
            guard !game.rules.bounds.needsDuration else { throw .runRequired }
            return now
        }
        guard start <= now + Self.maximumLead else {
            throw .unknownParameterValue("'started_at' is in the future")
        }
        return min(start, now)
    }

    /// Notes when the runs began.
    private func recordStarts(
        of scores: [ServerScore],
        _ starts: [Result<Instant, Refusal>],
        of game: Game,
        now: Instant
    ) async throws(Refusal) -> [RunID: Instant] {
        var runs: [RunID: Instant] = [:]
        for (score, start) in zip(scores, starts) {
            guard case .success(let start) = start else { continue }
            // Of the same run twice the first counts.
            if runs[TokenKeys.run(named: score.id, in: game.id)] == nil {
                runs[TokenKeys.run(named: score.id, in: game.id)] = start
            }
        }
        guard !runs.isEmpty else { return [:] }
        let (starts, limit) = (runs, now + (.zero - configuration.runLifetime))
        return try await refusing { () throws(PostgresError) in
            try await pool.transaction { session throws(PostgresError) in
                try session.serverRunsResolve(starts, notBefore: limit, game: game.id)
            }
        }
    }

    private func finished(_ score: ServerScore, of game: Game, startedAt: Instant) -> FinishedRun {
        // The log finds a run by its launch, which for servers is its start.
        let launch = Launch(
            id: LaunchID(Identifier128(high: 0, low: 0)),
            bot: game.bot,
            game: game.id,
            player: score.player,
            chatInstance: score.chatInstance,
            target: .none,
            launchedAt: startedAt,
            lifetime: configuration.launchLifetime
        )
        let run = Run(
            id: TokenKeys.run(named: score.id, in: game.id),
            launch: launch,
            startedAt: startedAt,
            lifetime: configuration.runLifetime
        )
        return FinishedRun(run, scores: score.scores, isNamed: false, metadata: score.metadata)
    }
}

extension ServerScore {
    /// What the score tells of its player's name; nil where it tells none.
    fileprivate func name(in game: Game, now: Instant) -> PressReport? {
        playerName.map { name in
            PressReport(
                game: game.id,
                bot: game.bot,
                player: player,
                profile: PlayerProfile(id: player, firstName: name, lastName: nil, username: nil),
                chatInstance: nil,
                target: nil,
                reportedAt: now
            )
        }
    }
}
