import ArgumentParser
import Leaderboards
import Operations
import Storage

struct GameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "game",
        "Add, look at and change games.",
        "highscores game add my_bot/tetris --url https://play.example.com/tetris/",
        "a new game",
        "highscores game list",
        "all games",
        subcommands: [
            AddCommand.self, ListCommand.self, GetCommand.self, SetCommand.self, DisableCommand.self,
            EnableCommand.self, StatsCommand.self, RebuildCommand.self, PruneCommand.self,
        ]
    )

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "list",
            "List the games.",
            "highscores game list",
            "all games",
            "highscores game list --fields game,url",
            "their names and addresses"
        )

        @Option(help: "Only games of this bot, by username or id.")
        var bot: String?

        @OptionGroup var list: ListCut
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let games = try await CommandContext().withAdministration { administration in
                let owner = try await administration.bot(ifNamed: bot)?.id
                return try await administration.games().filter { owner == nil || $0.bot == owner }
            }
            let columns = [
                "game", "title", "url", "order", "keep", "zone", "telegram_score", "enabled", "public",
            ]
            try list.print(
                games.map { Record($0).selecting(columns) },
                columns: columns,
                orNone: "there are no games yet; 'game add' adds one",
                output
            )
        }
    }

    struct GetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "get",
            "Show all settings of a game.",
            "highscores game get tetris",
            "where only one bot has a game of that name",
            "highscores game get my_bot/tetris --fields url",
            "its address alone"
        )

        @OptionGroup var game: BoardArgument

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let found = try await CommandContext().withAdministration { try await game.find($0) }
            try output.print(Record(found))
        }
    }

    struct DisableCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "disable",
            "Switch a game off: its button answers that it is closed, and no score is taken.",
            "highscores game disable tetris --reason 'cheating wave'",
            "its boards stay readable",
            "highscores game disable tetris --dry-run",
            "what would change"
        )

        @OptionGroup var game: GameArgument

        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await options.setGame(.switching(on: false), action: "game.disable", output) {
                try await game.find($0)
            }
        }
    }

    struct EnableCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "enable",
            "Switch a game on again.",
            "highscores game enable tetris",
            "from the next press on",
            "highscores game enable tetris --dry-run",
            "what would change"
        )

        @OptionGroup var game: GameArgument

        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await options.setGame(.switching(on: true), action: "game.enable", output) {
                try await game.find($0)
            }
        }
    }
}

extension GameChanges {
    fileprivate static func switching(on isEnabled: Bool) -> GameChanges {
        var changes = GameChanges()
        changes.set(\.isEnabled, to: isEnabled)
        return changes
    }
}
