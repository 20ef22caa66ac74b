import JSON
import Leaderboards

extension Highscores {
    /// How old the data of a Mini App may be.
    private static let maximumAge: Duration = .seconds(3600)
    /// How far Telegram's clock may be ahead of ours.
    private static let maximumLead: Duration = .seconds(60)

    /// Lets somebody play who opened a game as a Mini App.
    ///
    /// The launch has no message, so that Telegram shows its scores only where a message of the game was pressed in the
    /// same chat; and a chat only where Telegram named one.
    ///
    /// - Parameters:
    ///   - text: What Telegram gave the app, `initData`.
    ///   - name: The game, as `BOT/SHORT_NAME` or, where the bot that made the data has a game of that name, `SHORT_NAME`.
    /// - Returns: The launch.
    /// - Throws: ``Refusal``; ``Refusal/tokenInvalid`` for data that no bot of this service made for a player,
    ///   ``Refusal/tokenExpired`` for data that is older than an hour.
    package func openMiniApp(initData text: String, game name: String) async throws(Refusal) -> OpenedLaunch {
        let games = try games(named: name)
        guard let data = MiniAppData(text), let authenticatedAt = data.authenticatedAt,
            let game = games.first(where: { miniApps[$0.bot]?.accepts(data) ?? false })
        else { throw .tokenInvalid }
        let age = clock() - authenticatedAt
        guard age <= Self.maximumAge else { throw .tokenExpired }
        guard age >= .zero - Self.maximumLead, let player = PlayerProfile(miniApp: data) else {
            throw .tokenInvalid
        }
        try checkAdmission(of: player.id, to: game)
        let launch = launch(
            of: game,
            player: player.id,
            chat: data["chat_instance"].flatMap { ChatInstance($0) },
            target: .none
        )
        await note(player, launch, in: nil)
        return opened(launch, of: game)
    }

    private func games(named name: String) throws(Refusal) -> [Game] {
        guard registry.isLoaded else { throw .databaseUnavailable }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let games =
            parts.count == 2
            ? [registry.game(botUsername: parts[0], shortName: parts[1])].compactMap(\.self)
            : registry.games(named: name)
        guard !games.isEmpty else { throw .notFound("there is no such game") }
        return games
    }
}

extension PlayerProfile {
    /// The person that a Mini App's data names; nil where it names none, or a bot.
    fileprivate init?(miniApp data: MiniAppData) {
        guard let text = data["user"], let user = try? JSON.parse(Array(text.utf8)),
            let id = user["id"]?.int64, id > 0, user["is_bot"]?.bool != true
        else { return nil }
        self.init(
            id: PlayerID(rawValue: id),
            firstName: user["first_name"]?.string ?? "",
            lastName: user["last_name"]?.string,
            username: user["username"]?.string
        )
    }
}
