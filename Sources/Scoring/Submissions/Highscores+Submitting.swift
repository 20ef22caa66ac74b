import Leaderboards

extension Highscores {
    /// Submits the score of a run; when this returns, the score is on disk.
    ///
    /// - Throws: ``Refusal``; after ``Refusal/databaseUnavailable`` the outcome is unknown and repeating the same run
    ///   tells.
    package func submit(_ run: FinishedRun) async throws(Refusal) -> Receipt {
        let now = clock()
        let run = try resolved(run)
        try rates.admit(run.player, bot: run.launch.bot, now: now)
        let reservation: PlayerQuotas.Reservation?
        do { reservation = try await quotas.reserve(for: run, now: now) } catch {
            // The answer to the last run that fitted may have been lost.
            guard case .quotaExceeded = error, let receipt = try await quotas.replay(of: run) else {
                throw error
            }
            return receipt
        }
        do {
            let receipt = try await submissions.submit(run, rules: registry.game(run.launch.game)?.rules)
            if receipt.isReplay { quotas.giveBack(reservation) }
            report(receipt, of: run.launch.game, metadata: run.metadata)
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
