package import Leaderboards
package import Storage

/// How the bots' deliveries stand.
package struct DeliveryStatus: Sendable {
    package let backlogs: [Backlog]
    package let bots: [DeliveryBotRecord]
    /// The time by the database's clock.
    package let now: Instant

    /// States it.
    ///
    /// - Parameters:
    ///   - backlogs: What Telegram does not hold yet.
    ///   - bots: How each bot's deliveries are made.
    ///   - now: The time by the database's clock.
    package init(backlogs: [Backlog], bots: [DeliveryBotRecord], now: Instant) {
        self.backlogs = backlogs
        self.bots = bots
        self.now = now
    }

    /// What an operator should know of it beside the numbers.
    package var remarks: [DeliveryRemark] {
        bots.flatMap { bot in [closedChats(of: bot), wrongClock(of: bot)].compactMap(\.self) }
    }

    private func closedChats(of bot: DeliveryBotRecord) -> DeliveryRemark? {
        guard let closed = bot.closed else { return nil }
        let waiting = backlogs.first { $0.bot == bot.bot && $0.cause == .forbidden }?.count ?? 0
        return DeliveryRemark(
            bot: bot.bot,
            code: "chats_closed",
            text: "Telegram refuses what bot \(bot.bot) writes in \(closed.chats) of its chats "
                + "(the last said: \(closed.reason)); \(waiting) deliveries wait there. The next chat is tried again "
                + "at \(closed.retryAt), or at once by 'highscores delivery retry'",
            isDegraded: waiting > 0
        )
    }

    private func wrongClock(of bot: DeliveryBotRecord) -> DeliveryRemark? {
        let written =
            backlogs.filter { $0.bot == bot.bot }.compactMap(\.writtenAt) + [bot.writtenAt].compactMap(\.self)
        guard let latest = written.max(), !latest.isCredible(at: now) else { return nil }
        return DeliveryRemark(
            bot: bot.bot,
            code: "clock_skew",
            text:
                "deliveries of bot \(bot.bot) were recorded up to \((latest - now).components.seconds) s ahead of the "
                + "database's clock, so the clock of an instance is or was wrong; such times count as now. "
                + "Have all clocks set by NTP",
            isDegraded: true
        )
    }
}

/// Something that an operator should know of a bot's deliveries.
package struct DeliveryRemark: Hashable, Sendable {
    package let bot: BotID
    /// For programs.
    package let code: String
    /// What it is and what to do, as a sentence without its full stop.
    package let text: String
    /// Whether something does not reach Telegram for it, or may not.
    package let isDegraded: Bool
}
