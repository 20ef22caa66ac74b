package import Leaderboards
import Storage
import Tokens

/// A launch that did not begin with a press which Telegram told us of.
package struct OpenedLaunch: Sendable {
    /// The launch token.
    package let launch: String
    /// The address to open, with the token.
    package let url: String
    package let expiresAt: Instant
    /// What an event stream may be opened with; read-only.
    package let boardToken: String
}

extension Highscores {
    /// The launcher behind a press, a Mini App and a studio's server: checks who plays, and makes the launch.
    ///
    /// - Parameters:
    ///   - isReported: Whether a studio's server tells of the press, and not Telegram.
    ///   - age: How long ago the game was opened; the launch may be used as long as if that were now.
    ///   - note: Has written what is known of player, chat and message.
    /// - Throws: ``Refusal/gameDisabled``, ``Refusal/playerBanned``, ``Refusal/launchErased``, or what `note` throws.
    func open(
        _ game: Game,
        for player: PlayerID,
        in chat: ChatInstance?,
        target: Target = .none,
        isReported: Bool = false,
        age: Duration = .zero,
        note: (Launch) async throws(Refusal) -> Void
    ) async throws(Refusal) -> Launch {
        do throws(Refusal) {
            let launch = try launch(game, player, chat, target, isReported, age)
            try await note(launch)
            onPlay(.launch(game.id, .opened))
            return launch
        } catch {
            onPlay(.launch(game.id, PlayEvent.Opened(error)))
            throw error
        }
    }

    private func launch(
        _ game: Game,
        _ player: PlayerID,
        _ chat: ChatInstance?,
        _ target: Target,
        _ isReported: Bool,
        _ age: Duration
    ) throws(Refusal) -> Launch {
        guard game.isEnabled else { throw .gameDisabled }
        guard !registry.isBanned(player, from: game) else { throw .playerBanned }
        var generator = SystemRandomNumberGenerator()
        let launch = Launch(
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
        if age > .zero { try checkErasure(since: launch) }
        return launch
    }

    /// A launch with its address and tokens.
    func opened(_ launch: Launch, of game: Game) -> OpenedLaunch {
        let token = keys.token(for: launch, of: game.tokenID)
        let access = BoardAccess(launch, expiresAt: launch.expiresAt)
        return OpenedLaunch(
            launch: token,
            url: LaunchURL.adding(token: token, to: game.url),
            expiresAt: launch.expiresAt,
            boardToken: keys.token(for: access, of: game.tokenID)
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
}

extension BoardAccess {
    /// The right to watch that a launch gives.
    init(_ launch: Launch, expiresAt: Instant) {
        self.init(
            bot: launch.bot,
            game: launch.game,
            player: launch.player,
            chatInstance: launch.chatInstance,
            expiresAt: expiresAt
        )
    }
}
