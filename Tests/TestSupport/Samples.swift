package import Leaderboards

extension Game {
    /// A game of which only what the test names matters.
    package static func sample(
        _ shortName: String = "tetris",
        id: Int64 = 1,
        tokenID: Int64? = nil,
        bot: Int64 = 7,
        botUsername: String = "arcade_bot",
        title: String? = nil,
        url: String = "https://games.example/",
        rules: GameRules = GameRules(),
        isPublic: Bool = false,
        root: GameID? = nil,
        board: String = Game.mainBoard
    ) -> Game {
        Game(
            id: GameID(rawValue: id),
            root: root,
            board: board,
            tokenID: GameTokenID(rawValue: tokenID ?? id),
            bot: BotID(rawValue: bot),
            botUsername: botUsername,
            shortName: shortName,
            title: title ?? shortName.capitalized,
            url: url,
            rules: rules,
            isEnabled: true,
            isPublic: isPublic,
            showsIdentity: false
        )
    }
}

extension PlayerProfile {
    /// A player of whom only what the test names matters.
    package static func sample(
        _ id: Int64,
        _ firstName: String = "Player",
        lastName: String? = nil,
        username: String? = nil
    ) -> PlayerProfile {
        PlayerProfile(
            id: PlayerID(rawValue: id),
            firstName: firstName,
            lastName: lastName,
            username: username
        )
    }
}

extension String {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
