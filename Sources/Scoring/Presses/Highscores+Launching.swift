package import Leaderboards
import Storage

/// A launch that did not begin with a press which Telegram told us of.
package struct OpenedLaunch: Sendable {
    /// The launch token.
    package let launch: String
    /// The address to open, with the token.
    package let url: String
    package let expiresAt: Instant
    /// What an event stream may be opened with; read-only.
    package let boardToken: String

    /// Describes a launch.
    ///
    /// - Parameters:
    ///   - expiresAt: Until when the launch may be used.
    ///   - boardToken: What an event stream may be opened with.
    package init(launch: String, url: String, expiresAt: Instant, boardToken: String) {
        self.launch = launch
        self.url = url
        self.expiresAt = expiresAt
        self.boardToken = boardToken
    }
}

extension Highscores {
    /// A new launch, which may be used as long as if the button had been pressed now.
    func launch(
        of game: Game,
        player: PlayerID,
        chat: ChatInstance?,
        target: Target,
        isReported: Bool = false,
        age: Duration = .zero
    ) -> Launch {
        var generator = SystemRandomNumberGenerator()
        return Launch(
            id: LaunchID(Identifier128(using: &generator)),
            bot: game.bot,
            game: game.id,
            player: player,
            chatInstance: chat,
            target: target,
            isReported: isReported,
            launchedAt: clock() - age,
            lifetime: configuration.launchLifetime + age
        )
    }

    /// Writes what a launch tells of player, chat and message, waiting no longer than a press may.
    ///
    /// Best effort: a full queue or a slow database drops the write, never the answer. The submission's own transaction
    /// creates whatever is missing by then.
    func note(_ player: PlayerProfile, _ launch: Launch, in chat: ChatSighting?) async {
        names.note(player.displayName, of: player.id, bot: launch.bot)
        guard let instance = launch.chatInstance else {
            let sighting = ProfileSighting(profile: player, seenAt: launch.launchedAt)
            try? await profiles.submit(sighting, for: launch.bot)
            return
        }
        let fact = PressFact(
            game: launch.game,
            player: player,
            alias: ChatAlias(instance: instance, address: chat?.id),
            title: chat?.title,
            target: launch.target.stored,
            pressedAt: launch.launchedAt
        )
        try? await presses.submit(fact, for: launch.bot)
    }

    /// Makes sure that somebody may play a game.
    func checkAdmission(of player: PlayerID, to game: Game) throws(Refusal) {
        guard game.isEnabled else { throw .gameDisabled }
        guard !registry.isBanned(player, from: game) else { throw .playerBanned }
    }

    /// A launch with its tokens.
    func opened(_ launch: Launch, of game: Game) -> OpenedLaunch {
        let token = keys.token(for: launch, of: game.tokenID)
        let access = BoardAccess(
            bot: launch.bot,
            game: launch.game,
            player: launch.player,
            chatInstance: launch.chatInstance,
            expiresAt: launch.expiresAt
        )
        return OpenedLaunch(
            launch: token,
            url: LaunchURL.adding(token: token, to: game.url),
            expiresAt: launch.expiresAt,
            boardToken: keys.token(for: access, of: game.tokenID)
        )
    }
}
