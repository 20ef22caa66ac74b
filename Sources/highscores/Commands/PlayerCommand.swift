import ArgumentParser
import Leaderboards
import Postgres
import Operations
import Storage

/// The command `highscores player`.
struct PlayerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "player",
        abstract: "Look at players, ban them, hide their names, and forget them.",
        discussion: examples(
            "highscores player list --name zoe",
            "which id somebody has",
            "highscores player ban 5000000001 --game tetris --reason cheating",
            "off all leaderboards of one game, Telegram's tables included"
        ),
        subcommands: [
            ListCommand.self, GetCommand.self, BanCommand.self, UnbanCommand.self, ExportCommand.self,
            AnonymiseCommand.self, EraseCommand.self,
        ]
    )

    /// The command `highscores player list`.
    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List players.",
            discussion: examples(
                "highscores player list --name zoe",
                "by a part of a name or username",
                "highscores player list --banned",
                "who may not play what"
            )
        )

        @Option(help: ArgumentHelp("A part of the name or username.", valueName: "text"))
        var name: String?

        @Option(
            help: "Only who has an entry of this game: BOT/SHORT_NAME, or SHORT_NAME.",
            completion: .games
        )
        var game: String?

        @Option(help: "Only players of this bot, by username or id.")
        var bot: String?

        @Flag(help: "Only who may not play everything.")
        var banned = false

        @OptionGroup var list: ListLimit

        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let (name, game, bot, banned, limit) = (name, game, bot, banned, list.limit)
            let found = try await CommandContext().withAdministration { administration in
                var filter = PlayerFilter()
                filter.name = name
                filter.isBanned = banned
                if let bot { filter.bot = try await administration.bot(named: bot).id }
                if let game {
                    let game = try await administration.game(named: game)
                    (filter.game, filter.bot) = (game.id, game.bot)
                }
                return try await administration.players(filter, limit: limit)
            }
            try output.print(found.map { Record($0) }, columns: Record.playerColumns)
            list.remark(on: found.count)
        }
    }

    /// The command `highscores player get`.
    struct GetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get",
            abstract: "Show a player.",
            discussion: examples(
                "highscores player get 5000000001",
                "name, games and bans",
                "highscores player get 5000000001 --fields banned",
                "only what they may not play; * is all games of the bot"
            )
        )

        @OptionGroup var selection: PlayerSelection
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let (player, bot) = (selection.player, selection.bot)
            let found = try await CommandContext().withAdministration { administration in
                var filter = PlayerFilter()
                filter.player = player
                if let bot { filter.bot = try await administration.bot(named: bot).id }
                return try await administration.players(filter, limit: 1000)
            }
            guard let first = found.first else {
                throw CommandFailure(.notFound, "nothing is known of player \(player)")
            }
            guard found.count == 1 else {
                let bots = found.map { $0.bot.username ?? $0.bot.id.description }
                throw CommandFailure(
                    .usage,
                    "several bots know player \(player); add --bot \(bots.joined(separator: " or "))"
                )
            }
            try output.print(Record(first))
        }
    }

    /// The command `highscores player export`.
    struct ExportCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Print everything that is known of a player as one JSON document.",
            discussion: examples(
                "highscores player export 5000000001 > player.json",
                "for whoever asks what is stored about them",
                "highscores player export 5000000001 --bot my_bot",
                "only what one bot knows"
            )
        )

        @OptionGroup var selection: PlayerSelection

        mutating func run() async throws {
            let (player, bot) = (selection.player, selection.bot)
            let document = try await CommandContext().withAdministration { administration in
                try await administration.exportPlayer(player, of: administration.bot(ifNamed: bot))
            }
            try StandardOutput.write(document.text + "\n")
        }
    }
}

/// Which player a command is about.
struct PlayerSelection: ParsableArguments {
    @Argument(help: ArgumentHelp("The player, by Telegram's id.", valueName: "player-id"))
    var player: PlayerID

    @Option(help: "Only of this bot, by username or id.")
    var bot: String?
}

extension Administration {
    /// Finds the bot that was named, if one was.
    ///
    /// - Parameter name: Its username or id; nil is no bot.
    /// - Throws: ``AdministrationError`` where there is no such bot.
    func bot(ifNamed name: String?) async throws(AdministrationError) -> BotRecord? {
        guard let name else { return nil }
        return try await bot(named: name)
    }
}

extension Record {
    fileprivate static let playerColumns = [
        "player", "name", "username", "bot", "games", "banned", "anonymous",
    ]

    /// A player with what a bot knows of them.
    fileprivate init(_ player: PlayerRecord) {
        self.init([
            ("player", .text(player.player.description)), ("name", .optional(player.name)),
            ("username", .optional(player.username)),
            ("bot", .text(player.bot.username ?? player.bot.id.description)), ("games", .list(player.games)),
            ("banned", .list(player.bans)), ("anonymous", .flag(player.isAnonymous)),
        ])
    }
}
