package import Leaderboards
package import Postgres
package import Storage

/// How the bots' deliveries stand.
package struct DeliveryStatus: Sendable {
    package let backlogs: [Backlog]
    package let bots: [DeliveryBotRecord]
    /// The time by the database's clock.
    package let now: Instant

    package init(backlogs: [Backlog], bots: [DeliveryBotRecord], now: Instant) {
        self.backlogs = backlogs
        self.bots = bots
        self.now = now
    }

    /// Counts what Telegram does not hold yet, by bot and cause; from what may be many rows.
    package static func read(from pool: PostgresPool) async throws(PostgresError) -> DeliveryStatus {
        try await pool.transaction(TransactionOptions(statementTimeout: .seconds(60))) {
            session throws(PostgresError) in
            try session.planForManyRows(memory: 32)
            return DeliveryStatus(
                backlogs: try session.deliveryBacklogs(),
                bots: try session.deliveryBots(),
                now: try session.run(.timeGet())
            )
        }
    }

    /// What an operator should know of it beside the numbers.
    package var remarks: [DeliveryRemark] {
        bots.flatMap { bot in [closedChats(of: bot), wrongClock(of: bot)].compactMap(\.self) }
    }

    private func closedChats(of bot: DeliveryBotRecord) -> DeliveryRemark? {
        guard let reason = bot.closedReason else { return nil }
        let waiting = backlogs.first { $0.bot == bot.bot && $0.cause == .forbidden }
        // Times that are over, or that a wrong clock wrote, have it tried at the chat's next turn.
        let retryAt = waiting?.retryAt.map { $0.credible(at: now, within: ClockSkew.longTolerance) }
        let next = retryAt.map { $0 > now ? "at \($0), or at once by 'highscores delivery retry'" : "now" }
        return DeliveryRemark(
            bot: bot.bot,
            code: .chatsClosed,
            text: "Telegram refuses what bot \(bot.bot) writes in \(bot.closedChats) of its chats "
                + "(the last said: \(reason)); "
                + (waiting.map { "\($0.count) deliveries wait there" } ?? "nothing waits there")
                + (next.map { ". The next chat is tried again \($0)" } ?? ""),
            isDegraded: waiting != nil
        )
    }

    private func wrongClock(of bot: DeliveryBotRecord) -> DeliveryRemark? {
        let written =
            backlogs.filter { $0.bot == bot.bot }.compactMap(\.writtenAt) + [bot.writtenAt].compactMap(\.self)
        guard let latest = written.max(), !latest.isCredible(at: now) else { return nil }
        return DeliveryRemark(
            bot: bot.bot,
            code: .clockSkew,
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
    /// For programs.
    package enum Code: String, Sendable {
        case chatsClosed = "chats_closed"
        case clockSkew = "clock_skew"
    }

    package let bot: BotID
    package let code: Code
    /// What it is and what to do, as a sentence without its full stop.
    package let text: String
    /// Whether something does not reach Telegram for it, or may not.
    package let isDegraded: Bool
}
