import Application
import ArgumentParser
import Leaderboards
import Postgres
import Operations
import Scoring
import Storage
import Tokens

struct BoardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "board",
        "Look at leaderboards.",
        "highscores board show tetris",
        "the global leaderboard",
        "highscores board show tetris --chat -3788475317572404878 --window week",
        "this week's of a chat, by its chat_instance",
        "highscores board around tetris 5000000001",
        "a player with those around",
        "highscores board windows tetris",
        "the days, weeks, months and seasons that have scores",
        subcommands: [ShowCommand.self, AroundCommand.self, WindowsCommand.self]
    )
}

/// Whose leaderboards are looked at.
struct BoardOwner: ParsableArguments {
    @OptionGroup var game: GameArgument

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The chat, by its chat_instance; without it the whole game.",
            valueName: "chat-instance"
        ),
        completion: .chats
    )
    var chat: ChatInstance?

    /// Finds what was named; a chat that was typed wrong is no chat in which nobody has played.
    func find(_ administration: Administration) async throws -> (game: Game, chat: ChatRecord?) {
        let game = try await self.game.find(administration)
        return (game, try await administration.find(game.name, chat).chat)
    }
}

extension CommandContext {
    /// Looks at leaderboards of a game with an operator's rights.
    func withBoards<Value: Sendable>(
        _ owner: BoardOwner,
        _ body: (Highscores, Game) async throws -> Value
    ) async throws -> Value {
        let keys = try boardKeys()
        return try await withPool { pool in
            let (game, _) = try await owner.find(Administration(pool: pool, actor: ""))
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
