import JSON
import Leaderboards
import Tokens

extension Highscores {
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
    /// - Throws: ``Refusal``; ``Refusal/initDataRefused(_:)`` for data that Telegram did not make within the last hour, for
    ///   the bot of such a game and for a player.
    package func openMiniApp(initData text: String, game name: String) async throws(Refusal) -> OpenedLaunch {
        let games = try games(named: name)
        guard let data = MiniAppData(text), let authenticatedAt = data.authenticatedAt else {
            throw .initDataRefused(.form)
        }
        guard let game = games.first(where: { miniApps[$0.bot]?.accepts(data) ?? false }) else {
            let isServed = games.contains { miniApps[$0.bot] != nil }
            let isOthers = miniApps.values.contains { $0.accepts(data) }
            throw .initDataRefused(isOthers ? .otherBot : isServed ? .hash : .unservedBot)
        }
        let age = clock() - authenticatedAt
        guard age <= ScoringConfiguration.maximumAppAge else { throw .initDataRefused(.age) }
        guard age >= .zero - Self.maximumLead else { throw .initDataRefused(.future) }
        guard let player = PlayerProfile(miniApp: data) else { throw .initDataRefused(.player) }
        let launch = try await open(
            game,
            for: player.id,
            in: data.sharesChat ? data["chat_instance"].flatMap { ChatInstance($0) } : nil,
            // The app was opened when the data were made.
            age: max(age, .zero)
        ) { await note(player, $0, in: nil) }
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
