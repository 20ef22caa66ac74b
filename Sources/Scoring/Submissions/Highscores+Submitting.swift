import Leaderboards

extension Highscores {
    /// Submits a score; when this returns, the score is on disk.
    ///
    /// - Parameter submission: The score with its credential.
    /// - Throws: ``Refusal``; after ``Refusal/databaseUnavailable`` the outcome is unknown and repeating the same run
    ///   tells.
    package func submit(_ submission: ScoreSubmission) async throws(Refusal) -> Receipt {
        let now = clock()
        let run = try run(of: submission, now: now)
        try checkBoards(submission.boards, of: run)
        try rates.admit(run.launch.player, bot: run.launch.bot, now: now)
        let finished = FinishedRun(
            run,
            score: submission.score,
            metadata: submission.metadata,
            boards: submission.boards
        )
        let reservation: PlayerQuotas.Reservation?
        do { reservation = try await quotas.reserve(for: finished, now: now) } catch {
            // The answer to the last run that fitted may have been lost.
            guard case .quotaExceeded = error, let receipt = try await quotas.replay(of: finished) else {
                throw error
            }
            return receipt
        }
        do {
            let receipt = try await submissions.submit(finished, rules: registry.game(run.launch.game)?.rules)
            if receipt.isReplay { quotas.giveBack(reservation) }
            report(receipt, metadata: submission.metadata)
            return receipt
        } catch {
            if error == .databaseUnavailable {
                quotas.doubt(reservation)
            } else {
                quotas.giveBack(reservation)
            }
            throw error
        }
    }
}
