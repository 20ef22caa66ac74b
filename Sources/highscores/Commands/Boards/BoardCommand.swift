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
        "Look at leaderboards, and declare the boards of a game.",
        "highscores board show tetris",
        "the global leaderboard",
        "highscores board show tetris --chat -3788475317572404878 --window week",
        "this week's of a chat, by its chat_instance",
        "highscores board show tetris --chat 'Friday Arcade'",
        "the same by its title",
        "highscores board around tetris 5000000001",
        "a player with those around",
        "highscores board windows tetris",
        "the days, weeks, months and seasons that have scores",
        "highscores board watch tetris",
        "the global leaderboard, drawn anew as it changes",
        "highscores board add tetris hard --windows all,week",
        "another board of the game, for which runs may bring scores, too",
        subcommands: [
            ShowCommand.self, AroundCommand.self, WindowsCommand.self, WatchCommand.self, AddCommand.self,
            SetCommand.self, RemoveCommand.self, ListCommand.self,
        ]
    )
}

/// Whose leaderboards are looked at.
struct BoardOwner: ParsableArguments {
    @OptionGroup var game: BoardArgument

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The chat: chat_instance, chat id or title; without it the whole game.",
            valueName: "chat"
        )
    )
    var chat: NamedChat?

    /// Finds what was named; a chat that was typed wrong is no chat in which nobody has played.
    func find(_ administration: Administration) async throws -> (game: Game, chat: ChatRecord?) {
        let game = try await self.game.find(administration)
        return (game, try await administration.find(game.name, chat).chat)
    }
}

extension CommandContext {
    /// Looks at leaderboards with an operator's rights.
    func withBoards<Value: Sendable>(
        _ body: (Highscores, Administration) async throws -> Value
    ) async throws -> Value {
        let keys = try boardKeys()
        return try await withPool { pool in
            var configuration = ScoringConfiguration()
            configuration.runLifetime = settings.runTTL
            let service = Highscores(
                pool: pool,
                keys: keys,
                configuration: configuration,
                logger: logger,
                clock: { Instant.now }
            )
            return try await body(service, Administration(pool: pool, actor: ""))
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
