import ArgumentParser
import Leaderboards
import Operations

/// The command `highscores game`.
struct GameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "game",
        abstract: "Add, look at and change games.",
        discussion: examples(
            "highscores game add my_bot/tetris --url https://play.example.com/tetris/",
            "a new game",
            "highscores game list",
            "all games"
        ),
        subcommands: [
            AddCommand.self, ListCommand.self, GetCommand.self, SetCommand.self, DisableCommand.self,
            EnableCommand.self, RebuildCommand.self, PruneCommand.self,
        ]
    )

    /// The command `highscores game list`.
    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the games.",
            discussion: examples(
                "highscores game list",
                "all games",
                "highscores game list --fields game,url",
                "their names and addresses"
            )
        )

        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let games = try await CommandContext().withAdministration { try await $0.games() }
            let columns = [
                "game", "title", "url", "order", "keep", "zone", "telegram_score", "enabled", "public",
            ]
            let records = games.map { Record($0).selecting(columns) }
            try output.print(records, columns: columns)
            if games.isEmpty {
                StandardError.write(line: "highscores: there are no games yet; 'game add' adds one")
            }
        }
    }

    /// The command `highscores game get`.
    struct GetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get",
            abstract: "Show all settings of a game.",
            discussion: examples(
                "highscores game get tetris",
                "where only one bot has a game of that name",
                "highscores game get my_bot/tetris --fields url",
                "its address alone"
            )
        )

        @Argument(
            help: "BOT/SHORT_NAME, or SHORT_NAME where only one bot has it.",
            completion: .games
        )
        var game: String

        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let name = game
            let found = try await CommandContext().withAdministration { try await $0.game(named: name) }
            try output.print(Record(found))
        }
    }

    /// The command `highscores game disable`.
    struct DisableCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable",
            abstract: "Switch a game off: its button answers that it is closed, and no score is taken.",
            discussion: examples(
                "highscores game disable tetris --reason 'cheating wave'",
                "its boards stay readable",
                "highscores game disable tetris --dry-run",
                "what would change"
            )
        )

        @Argument(
            help: "BOT/SHORT_NAME, or SHORT_NAME where only one bot has it.",
            completion: .games
        )
        var game: String

        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            try await switchGame(game, on: false, change, output)
        }
    }

    /// The command `highscores game enable`.
    struct EnableCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable",
            abstract: "Switch a game on again.",
            discussion: examples(
                "highscores game enable tetris",
                "from the next press on",
                "highscores game enable tetris --dry-run",
                "what would change"
            )
        )

        @Argument(
            help: "BOT/SHORT_NAME, or SHORT_NAME where only one bot has it.",
            completion: .games
        )
        var game: String

        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            try await switchGame(game, on: true, change, output)
        }
    }
}

/// Switches a game on or off.
private func switchGame(_ name: String, on: Bool, _ change: ChangeOptions, _ output: OutputOptions)
    async throws
{
    var changes = GameChanges()
    changes.isEnabled = on
    try await GameSetting(name: name, changes: changes, action: on ? "game.enable" : "game.disable")
        .carryOut(change, output)
}
