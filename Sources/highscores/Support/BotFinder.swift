import BotAPI
import Leaderboards
import Logging
import Scoring
import Storage

/// Finds bots by the names that people use, among those that the database knows and those whose tokens are set.
struct BotFinder {
    let context: CommandContext

    /// Finds a bot.
    ///
    /// - Parameters:
    ///   - name: Its username, in any case and with or without `@`, or its id.
    ///   - known: The bots of the database.
    /// - Returns: The bot; its username is nil only when it has never been asked and does not answer now.
    /// - Throws: ``CommandFailure`` when there is none, `BotCallError` when Telegram would have to be asked and cannot.
    func bot(named name: String, among known: [BotRecord]) async throws -> BotRecord {
        if let bot = known.first(where: { $0.isNamed(name) && $0.username != nil }) { return bot }
        return try await context.withClients { clients in
            var failure: BotCallError?
            for client in clients {
                let id = BotID(rawValue: client.token.botID)
                guard id.description == name || !known.contains(where: { $0.id == id && $0.username != nil })
                else {
                    continue
                }
                do throws(BotCallError) {
                    let bot = BotRecord(id: id, username: try await client.call(GetMe()).username)
                    if bot.isNamed(name) { return bot }
                } catch {
                    let bot = BotRecord(id: id, username: nil)
                    guard !bot.isNamed(name) else {
                        context.logger.warning("bot \(id) did not tell its username: \(error)")
                        return bot
                    }
                    failure = error
                }
            }
            if let bot = known.first(where: { $0.isNamed(name) }) { return bot }
            if let failure { throw failure }
            throw CommandFailure(
                .notFound,
                "there is no bot '\(name)' among those known ('highscores bot list') and those in TELEGRAM_BOT_TOKEN"
            )
        }
    }

    /// The client of a bot whose token is set.
    ///
    /// - Throws: ``CommandFailure`` when it is not.
    static func client(of bot: BotID, named name: String, among clients: [BotClient]) throws(CommandFailure)
        -> BotClient
    {
        guard let client = clients.first(where: { $0.token.botID == bot.rawValue }) else {
            throw CommandFailure(.usage, "TELEGRAM_BOT_TOKEN holds no token of bot \(bot) (\(name))")
        }
        return client
    }
}

extension BotRecord {
    /// Whether the bot goes by a name.
    fileprivate func isNamed(_ name: String) -> Bool {
        let plain = name.hasPrefix("@") ? name.dropFirst() : name[...]
        return username?.lowercased() == plain.lowercased() || id.description == plain
    }
}
