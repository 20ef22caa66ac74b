import ArgumentParser
import Leaderboards
import Operations
import Storage

extension GameCommand {
    /// The command `highscores game add`.
    struct AddCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Add a game of a bot.",
            discussion: examples(
                "highscores game add my_bot/tetris --url https://play.example.com/tetris/",
                "the short name as it was given to BotFather",
                "highscores game add my_bot/sprint --url https://play.example.com/ \\\n    --order lower --telegram-score off",
                "a race, where the lower time is better"
            )
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

        mutating func run() async throws {
            let parts = game.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts.contains("") else {
                throw CommandFailure(.usage, "'\(game)' names no bot and game; write BOT/SHORT_NAME")
            }
            let context = try CommandContext()
            let changes = settings.changes(url: url)
            let (reason, isDryRun) = (change.reason, change.dryRun)
            let added = try await context.withAdministration { administration in
                let bot = try await BotFinder(context: context).bot(
                    named: parts[0],
                    among: administration.bots()
                )
                return try await administration.addGame(
                    parts[1],
                    of: bot,
                    changes,
                    reason: reason,
                    isDryRun: isDryRun
                )
            }
            try output.print(Record(added.after))
            let name = "'\(added.after.name)'"
            let remark = isDryRun ? "dry run: \(name) would be added" : "added \(name)"
            StandardError.write(line: "highscores: \(remark)")
        }
    }

    /// The command `highscores game set`.
    struct SetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Change settings of a game.",
            discussion: examples(
                "highscores game set tetris --keep sum --telegram-score same --dry-run",
                "what would change on leaderboards and in Telegram, with a sample",
                "highscores game set tetris \\\n    --season-start 2026-01-01T00:00:00Z --season-start 2026-04-01T00:00:00Z",
                "two seasons; runs that began in them are counted there at once",
                "highscores game set tetris --min-seconds none --reason 'too strict'",
                "a bound taken away"
            )
        )

        @Argument(
            help: "BOT/SHORT_NAME, or SHORT_NAME where only one bot has it.",
            completion: .games
        )
        var game: String

        @Option(help: "The page that players open.")
        var url: String?

        @OptionGroup var settings: GameOptions
        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            try await GameSetting(name: game, changes: settings.changes(url: url), action: "game.set")
                .carryOut(change, output)
        }
    }
}

/// A change of a game that exists.
struct GameSetting: Sendable {
    let name: String
    let changes: GameChanges
    /// What the audit calls it.
    let action: String

    /// Changes the game and shows what is different.
    func carryOut(_ options: ChangeOptions, _ output: OutputOptions) async throws {
        let (reason, isDryRun) = (options.reason, options.dryRun)
        let (change, use) = try await CommandContext().withAdministration { administration in
            let game = try await administration.game(named: name)
            let use = try await isDryRun ? administration.use(of: game) : nil
            let change = try await administration.setGame(
                game,
                changes,
                action: action,
                reason: reason,
                isDryRun: isDryRun
            )
            return (change, use)
        }
        let records = change.settings.map { setting in
            Record([
                ("setting", .text(setting.name)), ("before", .init(setting.before)),
                ("after", .init(setting.after)),
            ])
        }
        let effect = Effect(
            report: change.rebuild,
            orderBefore: change.before?.rules.order,
            deliveries: change.deliveries
        )
        try output.print(records, columns: ["setting", "before", "after"], with: effect)
        StandardError.write(line: "highscores: \(Self.remark(on: change, use))")
        effect.tell(isDryRun: isDryRun, isSampled: isDryRun && !output.json)
    }

    private static func remark(on change: GameChange, _ use: GameUse?) -> String {
        let name = "'\(change.after.name)'"
        let settings = counted(change.settings.count, "setting")
        guard !change.settings.isEmpty else { return "\(name) is like that already" }
        guard let use else { return "changed \(settings) of \(name)" }
        let remark =
            "dry run: \(settings) of \(name) would change, which has \(counted(use.players, "player")) with a score "
            + "and \(counted(use.chats, "leaderboard")) of chats"
        return change.rebuild.isEmpty && change.deliveries == 0
            ? remark + ", all of which stay as they are" : remark
    }
}
