import BotAPI
import Leaderboards
import Storage
import Synchronization

extension DeliveryWorker {
    /// Calls Telegram for a claim and settles what it answered.
    func carryOut(_ claim: DeliveryClaim) async {
        defer {
            state.withLock { $0.calls -= 1 }
            wake()
        }
        guard let answer = await answer(to: claim) else { return }
        do {
            guard let settlement = try await effects.settle(claim, answer) else {
                return report(.leaseLost(bot: bot))
            }
            if settlement.isChatForbidden { report(.chatRefused(bot: bot, reason: settlement.error ?? "-")) }
            if settlement.next == .dead { report(.dead(bot: bot, reason: settlement.error ?? "-")) }
        } catch {
            report(.settleFailed(bot: bot, reason: "\(error)"))
        }
    }

    /// What Telegram answered; nil when the call was cut off by the shutdown, so that only its lease returns it.
    private func answer(to claim: DeliveryClaim) async -> DeliveryAnswer? {
        guard let target = MessageTarget(claim.target.target) else {
            return .targetGone("the message id is beyond what Telegram uses")
        }
        guard !Task.isCancelled, effects.start(claim) else {
            report(.slotMissed(bot: bot))
            return .notCalled
        }
        let start = ContinuousClock.now
        let (answer, outcome) = await client.answer(to: claim, at: target)
        // A call that was cut off by the shutdown may have arrived.
        guard !Task.isCancelled else { return nil }
        let duration = ContinuousClock.now - start
        report(.called(bot: bot, step: claim.call.step, code: answer.code, duration: duration))
        if case .migrated(let new) = answer, let old = claim.target.target.chat {
            await effects.recordMigration(from: old, to: TelegramChatID(rawValue: new))
        }
        note(outcome)
        return outcome
    }

    /// Remembers that Telegram refused the token, and forgets that when it takes it again.
    private func note(_ answer: DeliveryAnswer) {
        let refusal: String?
        if case .botRefused(let reason) = answer { refusal = reason } else { refusal = nil }
        guard refusal != nil || answer.isOfAcceptedToken else { return }
        let before = state.withLock { state in
            defer { state.refusal = refusal }
            return state.refusal
        }
        if let refusal, before == nil { report(.paused(bot: bot, reason: refusal)) }
        if refusal == nil, before != nil { report(.resumed(bot: bot)) }
    }
}

extension BotClient {
    /// Makes the call of a claim, and says what its answer means for the delivery.
    fileprivate func answer(
        to claim: DeliveryClaim,
        at target: MessageTarget
    ) async -> (BotAnswer, DeliveryAnswer) {
        let player = claim.key.player.rawValue
        guard claim.call.step == .read else {
            let answer = await answer(
                to: SetGameScore(
                    userID: player,
                    score: claim.call.value,
                    target: target,
                    force: claim.call.step == .force,
                    disableEditMessage: claim.keepsMessage
                )
            )
            return (answer, DeliveryAnswer(answer))
        }
        let answer = await answer(to: GetGameHighScores(userID: player, target: target))
        guard case .done(let result) = answer else { return (answer, DeliveryAnswer(answer)) }
        guard let rows = GetGameHighScores.output(from: result) else {
            return (answer, .temporary("unexpected result", mayHaveTakenEffect: false))
        }
        // The player's own row is always among them, if there is one.
        let score = rows.first { $0.user.id == player }.map { Int32(clamping: $0.score) }
        return (answer, .table(score == 0 ? nil : score))
    }
}
