package import Leaderboards
import Postgres
import Scoring
package import Storage

extension Administration {
    /// Submits a score for a player, who need not have pressed anything; it counts like any other.
    package func submitScore(
        _ score: Score,
        of player: PlayerID,
        in chat: ChatRecord?,
        game: Game,
        startedAt start: Instant? = nil,
        terms: ChangeTerms = ChangeTerms()
    ) async throws(OperationError) -> OperationChange {
        if let chat, chat.instances.isEmpty {
            throw .conflict("nobody has pressed a button in the chat yet, so nothing can be played there")
        }
        var generator = SystemRandomNumberGenerator()
        let (launchID, runID) = (
            LaunchID(Identifier128(using: &generator)), RunID(Identifier128(using: &generator))
        )
        let now = try await reading { session throws(PostgresError) in
            let now = try session.run(.timeGet())
            let start = start ?? now
            try session.execute(.scorePartitionsMake(from: start, through: start))
            return now
        }
        let startedAt = start ?? now
        guard startedAt <= now else { throw .invalid("\(startedAt) has not come yet") }
        let launch = Launch(
            id: launchID,
            bot: game.bot,
            game: game.root,
            player: player,
            chatInstance: chat?.instances.first,
            target: .none,
            launchedAt: startedAt,
            lifetime: .seconds(60)
        )
        let run = Run(
            id: runID,
            launch: launch,
            startedAt: startedAt,
            lifetime: .seconds(60),
            // It takes the place of a run that was started for the board, and uses none of its attempts.
            board: game.isMain ? nil : game.board
        )
        let finished = FinishedRun(run, of: score, on: game, asked: [AskedBoard(.globalAll)])
        let note = note("score.submit", terms.reason)
        return try await guarded(terms) { session in
            let batch = RunBatch(game: game.root, bot: game.bot, runs: [finished], now: now)
            let receipt: Receipt
            switch try session.run(try batch.write(in: session)).first {
            case .success(let written?)?: receipt = written
            case .failure(let refusal)?: throw Self.conflict(refusal, of: finished, in: game)
            case .success(nil)?, nil: throw OperationError.conflict("the score was not taken; try again")
            }
            if receipt.outcome == .held || receipt.outcome == .refused {
                let outcome = receipt.outcome == .held ? RuleOutcome.hold : .refuse
                throw OperationError.conflict(
                    "the rules of '\(game.name)' \(outcome.rawValue) it: \(receipt.reasons.joined(separator: ", "))"
                )
            }
            var change = OperationChange()
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
            change.audit = try session.run(
                .auditInsert(
                    note.entry(
                        on: "\(game.name) player \(player)",
                        before: nil,
                        after: ModerationDocument.text(of: [state], game: game.id)
                    )
                )
            )
            change.receipt = receipt
            return change
        }
    }

    /// Why a batch did not take a run, in the terms of an operator.
    private static func conflict(_ refusal: Refusal, of run: FinishedRun, in game: Game) -> OperationError {
        switch refusal {
        case .notFound: .notFound("the game is no longer there")
        case .gameDisabled: .conflict("'\(game.name)' is switched off; 'game enable' switches it on")
        case .databaseUnavailable: .conflict("the leaderboards of '\(game.name)' must be made anew first")
        case .launchErased: .conflict("the player was erased after \(run.startedAt)")
        case .playerBanned: .conflict("player \(run.player) is banned from '\(game.name)'")
        default: .conflict("the score was not taken: \(refusal)")
        }
    }
}
