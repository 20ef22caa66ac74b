import BotAPI
import Leaderboards
import Logging
import Operations
import Storage

extension CommandContext {
    /// Finds a bot by the name that people use, among those that the database knows and those whose tokens are set.
    ///
    /// - Returns: The bot; its username is nil only when it has never been asked and does not answer now.
    func bot(named name: String, among known: [BotRecord]) async throws -> BotRecord {
        if let bot = known.first(where: { $0.isNamed(name) && $0.username != nil }) { return bot }
        return try await withClients { clients in
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
                        logger.warning(
                            "bot.identity_failed",
                            metadata: ["detail": "bot \(id) did not tell its username: \(error)"]
                        )
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
}

extension [BotClient] {
    /// The client of a game's bot, whose token must be set.
    func client(of game: Game) throws(CommandFailure) -> BotClient {
        guard let client = first(where: { $0.token.botID == game.bot.rawValue }) else {
            throw CommandFailure(
                .usage,
                "TELEGRAM_BOT_TOKEN holds no token of bot \(game.bot) (\(game.botUsername))"
            )
        }
        return client
    }
}
