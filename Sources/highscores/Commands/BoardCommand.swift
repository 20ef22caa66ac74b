import Application
import ArgumentParser
import Leaderboards
import Postgres
import Operations
import Scoring

/// The command `highscores board`.
struct BoardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "board",
        abstract: "Look at leaderboards.",
        discussion: examples(
            "highscores board show tetris",
            "the global leaderboard",
            "highscores board show tetris --chat -3788475317572404878 --window week",
            "this week's of a chat, by its chat_instance",
            "highscores board around tetris 5000000001",
            "a player with those around",
            "highscores board windows tetris",
            "the days, weeks, months and seasons that have scores"
        ),
        subcommands: [ShowCommand.self, AroundCommand.self, WindowsCommand.self]
    )
}

/// Whose leaderboards are looked at.
struct BoardOwner: ParsableArguments {
    @Argument(
        help: "BOT/SHORT_NAME, or SHORT_NAME where only one bot has it.",
        completion: .games
    )
    var game: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The chat, by its chat_instance; without it the whole game.",
            valueName: "chat-instance"
        ),
        completion: .chats
    )
    var chat: ChatInstance?
}

/// Which window of a leaderboard is looked at.
struct BoardWindowOptions: ParsableArguments {
    @Option(help: "The time over which runs count: all, day, week, month or season.")
    var window: WindowKind = .all

    @Option(
        help: ArgumentHelp(
            "A time in the window that is meant, such as 2026-03-01T12:00:00Z; now by default.",
            valueName: "time"
        )
    )
    var at: Instant?
}

extension CommandContext {
    /// Looks at leaderboards of a game with an operator's rights.
    ///
    /// - Parameter owner: The game, and the chat if it is about one.
    /// - Throws: When there is no such game or chat, and what the body throws.
    func lookingAt<Value: Sendable>(
        _ owner: BoardOwner,
        _ body: @Sendable (Highscores, Game) async throws -> Value
    ) async throws -> Value {
        let keys = try boardKeys()
        let (name, chat) = (owner.game, owner.chat)
        return try await withPool { pool in
            let administration = Administration(pool: pool, actor: "")
            let game = try await administration.game(named: name)
            // A name that was typed wrong is no chat in which nobody has played.
            if let chat { _ = try await administration.chat(named: chat, of: game.bot.description) }
            var configuration = ScoringConfiguration()
            configuration.runLifetime = settings.runTTL
            let service = Highscores(
                pool: pool,
                keys: keys,
                configuration: configuration,
                logger: logger,
                clock: { Instant.now }
            )
            return try await body(service, game)
        }
    }

    /// The keys that sign the cursors of a page.
    ///
    /// An operator may read without the service's secret; nobody can then go on from the cursors.
    private func boardKeys() throws -> TokenKeys {
        if settings.secrets == nil, settings.databaseURL != nil {
            var generator = SystemRandomNumberGenerator()
            let secret = (0..<4).map { _ in String(generator.next(), radix: 36) }.joined()
            return TokenKeys(secrets: [secret])
        }
        return TokenKeys(secrets: try settings.requireSecrets())
    }
}
