import ArgumentParser
import Leaderboards
import Operations
import Storage

extension GameCommand {
    struct AddCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "add",
            "Add a game of a bot.",
            "highscores game add my_bot/tetris --url https://play.example.com/tetris/",
            "the short name as it was given to BotFather",
            "highscores game add my_bot/sprint --url https://play.example.com/ \\\n    --order lower --telegram-score off",
            "a race, where the lower time is better"
        )

        @Argument(
            help: ArgumentHelp(
                "The bot, known already or one of TELEGRAM_BOT_TOKEN, and the game's short name.",
                valueName: "bot/short-name"
            )
        )
        var game: String

        @Option(help: "The page that players open.")
        var url: String

        @OptionGroup var settings: GameOptions
        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let parts = game.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts.contains("") else {
                throw CommandFailure(.usage, "'\(game)' names no bot and game; write BOT/SHORT_NAME")
            }
            let context = try CommandContext()
            let changes = settings.changes(url: url)
            let added = try await context.withAdministration { administration in
                try await administration.addGame(
                    parts[1],
                    of: context.bot(named: parts[0], among: administration.bots()),
                    changes,
                    reason: change.reason,
                    isDryRun: change.dryRun
                )
            }
            try output.print(Record(added))
            let name = "'\(added.name)'"
            remark(change.dryRun ? "dry run: \(name) would be added" : "added \(name)")
        }
    }

    struct SetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "set",
            "Change settings of a game.",
            "highscores game set tetris --keep sum --telegram-score same --dry-run",
            "what would change on leaderboards and in Telegram, with a sample",
            "highscores game set tetris \\\n    --season-start 2026-01-01T00:00:00Z --season-start 2026-04-01T00:00:00Z",
            "two seasons; runs that began in them are counted there at once",
            "highscores game set tetris --min-seconds none --reason 'too strict'",
            "a bound taken away",
            "highscores game set tetris --telegram-board daily --dry-run",
            "what Telegram's own tables would show of the daily challenge"
        )

        @OptionGroup var game: GameArgument

        @Option(help: "The page that players open.")
        var url: String?

        @Option(
            help: ArgumentHelp("The board that Telegram's own tables show; main at first.", valueName: "name")
        )
        var telegramBoard: String?

        @OptionGroup var settings: GameOptions
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            var changes = settings.changes(url: url)
            changes.set(\.rules.telegramBoard, to: telegramBoard)
            try await options.setGame(changes, action: "game.set", output) { try await game.find($0) }
        }
    }
}

extension Administration {
    /// How many entries of the whole board over all time are outside of bounds that a change sets.
    fileprivate func entriesOutside(of change: OperationChange) async throws(OperationError) -> Int {
        // Sums are of many runs, each within the bounds.
        guard let (before, now) = change.games, now.rules.keep != .sum else { return 0 }
        let (old, new) = (before.rules.bounds, now.rules.bounds)
        guard (old.minimum, old.maximum) != (new.minimum, new.maximum) else { return 0 }
        return try await use(of: now, outside: new).outside
    }
}

extension GuardedChangeOptions {
    /// Changes a game that exists, after a question where more changes than settings, and shows what is different.
    ///
    /// - Parameter action: What the audit calls it.
    func setGame(
        _ changes: GameChanges,
        action: String,
        _ output: OutputOptions,
        find: @Sendable (Administration) async throws -> Game
    ) async throws {
        let (change, name, use, outside) = try await CommandContext().withAdministration { administration in
            let game = try await find(administration)
            let use = isDryRun ? try await administration.use(of: game) : nil
            let change = try await make(
                askingFor: game.isMain ? game.shortName : game.board,
                to: "change '\(game.name)'",
                administration,
                unless: { !$0.isSweeping }
            ) { try await administration.setGame(game, changes, action: action, terms: $0) }
            return (change, game.name, use, try await administration.entriesOutside(of: change))
        }
        try output.print(settings: change, self, Self.text(of: change, name, use))
        if outside > 0 {
            remark(
                "\(counted(outside, "player")) of '\(name)' had scores outside of these bounds before; they stay"
            )
        }
    }

    private static func text(of change: OperationChange, _ name: String, _ use: GameUse?) -> String {
        let name = "'\(name)'"
        let settings = counted(change.settings.count, "setting")
        guard !change.settings.isEmpty else { return "\(name) is like that already" }
        guard let use else { return "changed \(settings) of \(name)" }
        let text =
            "dry run: \(settings) of \(name) would change, which has \(counted(use.players, "player")) with a score "
            + "and \(counted(use.chats, "leaderboard")) of chats"
        return change.rebuild.isEmpty && change.deliveries == 0
            ? text + ", all of which stay as they are" : text
    }
}
