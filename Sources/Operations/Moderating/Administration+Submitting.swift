package import Leaderboards
import Postgres
import Scoring
package import Storage

extension Administration {
    /// Submits a score for a player, who need not have pressed anything; it counts like any other.
    ///
    /// - Parameters:
    ///   - chat: Where it was played; nil counts for the whole game only.
    ///   - start: When the run began; nil is now.
    /// - Throws: ``AdministrationError``; a conflict where nobody could have submitted it.
    package func submitScore(
        _ score: Score,
        of player: PlayerID,
        in chat: ChatRecord?,
        game: Game,
        startedAt start: Instant? = nil,
        terms: ChangeTerms = ChangeTerms()
    ) async throws(AdministrationError) -> ModerationChange {
        if let chat, chat.instances.isEmpty {
            throw .conflict("nobody has pressed a button in the chat yet, so nothing can be played there")
        }
        var generator = SystemRandomNumberGenerator()
        let (launchID, runID) = (
            LaunchID(Identifier128(using: &generator)), RunID(Identifier128(using: &generator))
        )
        let now = try await reading { session throws(PostgresError) in
            let now = try session.time()
            let start = start ?? now
            try session.makeScorePartitions(from: start, through: start)
            return now
        }
        let startedAt = start ?? now
        guard startedAt <= now else { throw .invalid("\(startedAt) has not come yet") }
        let launch = Launch(
            id: launchID,
            bot: game.bot,
            game: game.id,
            player: player,
            chatInstance: chat?.instances.first,
            target: .none,
            launchedAt: startedAt,
            lifetime: .seconds(60)
        )
        let run = Run(id: runID, launch: launch, startedAt: startedAt, lifetime: .seconds(60))
        let finished = FinishedRun(run: run, score: score, metadata: nil, boards: [.globalAll])
        return try await guarded(terms) { session throws(PostgresError) in
            // Whatever forbids it is looked for before anything is written: the batch commits by itself.
            let (_, current, barred) = try session.run(
                .keepGame(game.id),
                .game(game.id),
                .barred(among: [player], from: game.id, of: game.bot)
            )
            var earlier = 0
            if current?.rules.bounds.maximumPerHour != nil {
                let counts = try session.run(
                    .loggedRuns(of: [player], since: now + .seconds(-3600), game: game.id)
                )
                earlier = counts[player] ?? 0
            }
            if let obstacle = obstacle(
                to: finished,
                of: current,
                barred: barred,
                now: now,
                earlier: earlier
            ) {
                return .failure(obstacle)
            }
            var change = ModerationChange()
            let state = RunState(
                key: finished.key,
                player: player,
                chat: chat?.id,
                startedAt: startedAt,
                acceptedAt: now,
                outcome: .notBetter,
                counts: true,
                score: score,
                correction: nil
            )
            change.audit = try session.writeAudit(
                note("score.submit", terms).entry(
                    on: "\(game.name) player \(player)",
                    before: nil,
                    after: ModerationDocument.text(of: [state], game: game.id)
                )
            )
            let batch = RunBatch(game: game.id, bot: game.bot, runs: [finished], now: now)
            let answers = try batch.count(in: session)
            guard case .success(let receipt)? = answers.first else {
                return .failure(.conflict("the score was not taken; try again"))
            }
            change.receipt = receipt
            return .success(change)
        }
    }

    private func obstacle(
        to run: FinishedRun,
        of game: Game?,
        barred: BarredPlayers,
        now: Instant,
        earlier: Int
    ) -> AdministrationError? {
        guard let game else { return .notFound("the game is no longer there") }
        if !game.isEnabled {
            return .conflict("'\(game.name)' is switched off; 'game enable' switches it on")
        }
        if game.isStale { return .conflict("the leaderboards of '\(game.name)' must be made anew first") }
        switch barred.refusal(of: run.run.launch) {
        case nil: break
        case .launchErased?: return .conflict("the player was erased after \(run.run.startedAt)")
        default: return .conflict("player \(run.run.launch.player) is banned from '\(game.name)'")
        }
        let verdict = game.rules.bounds.judge(
            score: run.score,
            duration: now - run.run.startedAt,
            earlier: earlier
        )
        guard verdict.counts else {
            return .conflict(
                "the rules of '\(game.name)' \(verdict.outcome.rawValue) it: \(verdict.reasons.joined(separator: ", "))"
            )
        }
        return nil
    }
}
