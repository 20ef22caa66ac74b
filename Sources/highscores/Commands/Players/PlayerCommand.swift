import ArgumentParser
import Leaderboards
import Postgres
import Operations
import Storage

struct PlayerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "player",
        "Look at players, ban them, hide their names, and forget them.",
        "highscores player list --name zoe",
        "which id somebody has",
        "highscores player ban 5000000001 --game tetris --reason cheating",
        "off all leaderboards of one game, Telegram's tables included",
        subcommands: [
            ListCommand.self, GetCommand.self, BanCommand.self, UnbanCommand.self, ExportCommand.self,
            AnonymiseCommand.self, EraseCommand.self,
        ]
    )

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "list",
            "List players.",
            "highscores player list --game tetris",
            "who has played it, with the best score of each",
            "highscores player list --name zoe",
            "by a part of a name or username",
            "highscores player list --banned",
            "who may not play what"
        )

        @Option(help: ArgumentHelp("A part of the name or username.", valueName: "text"))
        var name: String?

        @Option(
            help: "Only who has an entry of this game: BOT/SHORT_NAME, or SHORT_NAME.",
            completion: .games
        )
        var game: String?

        @OptionGroup var board: BoardOption

        @Option(help: "Only players of this bot, by username or id.")
        var bot: String?

        @Flag(help: "Only who may not play everything.")
        var banned = false

        @OptionGroup var list: ListLimit

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let found = try await CommandContext().withAdministration { administration in
                var filter = PlayerFilter()
                filter.name = name
                filter.isBanned = banned
                filter.bot = try await administration.bot(ifNamed: bot)?.id
                if let name = try board.name(of: game) {
                    let game = try await administration.game(named: name)
                    (filter.game, filter.bot) = (game.id, game.bot)
                }
                return try await administration.players(filter, limit: list.limit)
            }
            try list.print(found.map { Record($0) }, columns: Record.playerColumns, output)
        }
    }

    struct GetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "get",
            "Show a player.",
            "highscores player get 5000000001",
            "name, games and bans",
            "highscores player get 5000000001 --fields banned",
            "only what they may not play; * is all games of the bot"
        )

        @OptionGroup var selection: PlayerSelection
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let (found, player) = try await CommandContext().withAdministration { administration in
                let (player, bot) = try await selection.find(administration)
                var filter = PlayerFilter()
                (filter.player, filter.bot) = (player.id, bot?.id)
                return (try await administration.players(filter, limit: 1000), player)
            }
            guard let first = found.first else {
                throw CommandFailure(.notFound, "nothing is known of player \(player.id)")
            }
            guard found.count == 1 else {
                let bots = found.map(\.bot.name).joined(separator: " or ")
                throw CommandFailure(.usage, "several bots know player \(player.words); add --bot \(bots)")
            }
            try output.print(Record(first))
        }
    }

    struct ExportCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "export",
            "Print everything that is known of a player as one JSON document.",
            "highscores player export 5000000001 > player.json",
            "for whoever asks what is stored about them",
            "highscores player export 5000000001 --bot my_bot",
            "only what one bot knows"
        )

        @OptionGroup var selection: PlayerSelection

        func run() async throws {
            let document = try await CommandContext().withAdministration { administration in
                let (player, bot) = try await selection.find(administration)
                return try await administration.exportPlayer(player.id, of: bot)
            }
            try StandardOutput.write(document.text + "\n")
        }
    }
}

/// Which player a command is about.
struct PlayerSelection: ParsableArguments {
    @Argument(help: "The player: Telegram's id or @username.")
    var player: NamedPlayer

    @Option(help: "Only of this bot, by username or id.")
    var bot: String?

    /// Finds the player, and the bot, if one was named.
    func find(
        _ administration: Administration
    ) async throws(OperationError) -> (player: PlayerProfile, bot: BotRecord?) {
        (try await player.find(administration), try await administration.bot(ifNamed: bot))
    }
}

extension Record {
    fileprivate static let playerColumns = [
        "player", "name", "username", "bot", "games", "banned", "anonymous", "best",
    ]

    /// A player with what a bot knows of them.
    fileprivate init(_ player: PlayerRecord) {
        self.init([
            "player": player.player, "name": player.name, "username": player.username, "bot": player.bot.name,
            "games": player.games, "banned": player.bans, "anonymous": player.isAnonymous,
            "best": player.best,
        ])
    }
}
