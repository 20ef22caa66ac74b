package import BotAPI
import Leaderboards
import Scoring

/// Carries out what an update asks for, whichever way it came.
///
/// Every step may be repeated: presses are answered again, facts are recorded again without a change, and what
/// makes the bot send is remembered.
package struct UpdateHandler: Sendable {
    private let effects: UpdateEffects
    private let report: @Sendable (UpdateEvent) -> Void

    /// How long Telegram is asked to wait when the database cannot take what an update tells.
    static let postponement = Duration.seconds(3)

    package init(effects: UpdateEffects, report: @escaping @Sendable (UpdateEvent) -> Void) {
        self.effects = effects
        self.report = report
    }

    /// Handles the body of a webhook delivery.
    ///
    /// - Parameters:
    ///   - body: The body; one that is no update is accepted, so that Telegram does not repeat it.
    ///   - bot: The bot that the delivery is for.
    package func handle(webhook body: [UInt8], bot: Bot) async -> UpdateOutcome {
        guard let update = Update.decode(body) else {
            report(.unreadable(bot: bot.id))
            return .accepted(reply: nil)
        }
        return await handle(update, bot: bot, source: .webhook)
    }

    /// Handles one update.
    ///
    /// - Parameter bot: The bot that received it.
    package func handle(_ update: Update, bot: Bot, source: UpdateEvent.Source) async -> UpdateOutcome {
        let start = ContinuousClock.now
        let plan = UpdatePlan(
            update.event,
            bot: bot.id,
            // Before `getMe` has succeeded, stored games know the name from an earlier run.
            botUsername: bot.identity?.username ?? effects.games(bot.id).first?.botUsername
        )
        let outcome: UpdateOutcome
        let result: UpdateEvent.Result
        var reason: String?
        do {
            let reply = try await carryOut(plan, updateID: update.updateID, bot: bot)
            outcome = .accepted(reply: reply)
            result = reply == nil ? .accepted : .answered
        } catch {
            reason = "\(error)"
            if let wait = error.postponement {
                outcome = .postponed(wait)
                result = .postponed
            } else {
                // A repetition would meet the same state, and hold up what comes after it.
                outcome = .accepted(reply: nil)
                result = .failed
            }
        }
        report(
            .handled(
                bot: bot.id,
                source: source,
                kind: plan.kind,
                result: result,
                duration: ContinuousClock.now - start,
                reason: reason
            )
        )
        return outcome
    }

    private func carryOut(
        _ plan: UpdatePlan,
        updateID: Int64,
        bot: Bot
    ) async throws(Refusal) -> (any BotMethod)? {
        switch plan {
        case .answer(let query):
            guard let user = query.from else { return AnswerCallbackQuery(toAnonymous: query) }
            let opening = await effects.open(Press(query, from: user, bot: bot.id))
            return AnswerCallbackQuery(to: query, opening)
        case .invite(let message, let payload):
            // Without the games, "no games" would be a wrong answer, and one that is remembered.
            guard effects.isLoaded() else { throw .databaseUnavailable }
            let address = TelegramChatID(rawValue: message.chat.id)
            guard try await effects.admitMessage(.game, updateID, address, bot.id) else { return nil }
            return GameReplies.invitation(to: message, payload: payload, games: effects.games(bot.id))
        case .show(let message, let words):
            guard effects.isLoaded() else { throw .databaseUnavailable }
            let address = TelegramChatID(rawValue: message.chat.id)
            guard try await effects.admitMessage(.board, updateID, address, bot.id) else { return nil }
            return try await BoardReply.message(answering: message, words, of: bot.id, by: effects.board)
        case .announce(let message, let word):
            let address = TelegramChatID(rawValue: message.chat.id)
            guard try await effects.admitMessage(.board, updateID, address, bot.id) else { return nil }
            return try await AnnounceReply.message(answering: message, word, of: bot, by: effects.announce)
        case .offer(let query):
            return GameReplies.offer(to: query, games: effects.games(bot.id))
        case .answerGuest(let mention):
            return GameReplies.answer(to: mention, games: effects.games(bot.id))
        case .record(let facts):
            for fact in facts { try await effects.record(fact, bot.id) }
            return nil
        case .ignore:
            return nil
        }
    }
}

extension Refusal {
    /// How long to wait before the same update may be recorded; nil when waiting would not help.
    fileprivate var postponement: Duration? {
        switch self {
        case .overloaded, .databaseUnavailable: UpdateHandler.postponement
        case .rateLimited(let retryAfter): max(retryAfter, .seconds(1))
        default: nil
        }
    }
}
