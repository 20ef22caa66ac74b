extension BotAnswer {
    /// What to do when Telegram refuses a game because it is none of the bot's, as @BotFather knows them; nil for any
    /// other answer.
    ///
    /// There is no method that asks which games a bot has: only posting one tells.
    ///
    /// - Parameter shortName: The game that was to be posted; nil where there were several.
    /// - Returns: The remedy, as a sentence without its full stop.
    package func remedy(forGame shortName: String?) -> String? {
        guard case .invalidRequest(let detail) = self else { return nil }
        let text = detail.lowercased()
        guard Self.gameRefusals.contains(where: text.contains) else { return nil }
        guard let shortName else {
            return "@BotFather does not know all of this bot's games; "
                + "'highscores bot send-game GAME --chat ID' shows which"
        }
        return
            "@BotFather knows no game '\(shortName)' of this bot: make it there with /newgame under just this "
            + "short name, or add it here under the short name that it has there ('highscores game add')"
    }

    private static let gameRefusals = ["wrong game short name", "game_bot_invalid"]
}
