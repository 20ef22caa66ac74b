import ArgumentParser
import Leaderboards
import Operations
import Storage

extension PlayerCommand {
    /// The command `highscores player ban`.
    struct BanCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ban",
            abstract: "Keep a player from playing, and take their entries off all leaderboards.",
            discussion: examples(
                "highscores player ban 5000000001 --game tetris --reason cheating",
                "from one game",
                "highscores player ban 5000000001 --dry-run",
                "what a ban from all games of all bots would change"
            )
        )

        @OptionGroup var selection: BanSelection
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let (selection, guarded) = (selection.choice, options.guarded)
            let player = selection.player
            let (change, place) = try await CommandContext().withAdministration { administration in
                let (scope, place) = try await selection.scope(administration)
                let change = try await guarded.make(
                    askingFor: player.description,
                    to: "ban player \(player) from \(place)",
                    administration
                ) { try await administration.ban(player, from: scope, terms: $0) }
                return (change, place)
            }
            let verb = guarded.isDryRun ? "ban" : "banned"
            try output.print(change, isDryRun: guarded.isDryRun, "\(verb) player \(player) from \(place)")
        }
    }

    /// The command `highscores player unban`.
    struct UnbanCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unban",
            abstract: "Let a player play again, and give everything back that the ban hid.",
            discussion: examples(
                "highscores player unban 5000000001",
                "takes all bans of the player back",
                "highscores player unban 5000000001 --game tetris --dry-run",
                "what that from one game would give back"
            )
        )

        @OptionGroup var selection: BanSelection
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let (selection, guarded) = (selection.choice, options.guarded)
            let player = selection.player
            let (change, place) = try await CommandContext().withAdministration { administration in
                let (scope, place) = try await selection.scope(administration)
                // Nothing is lost by it, so nobody is asked.
                return (try await administration.unban(player, from: scope, terms: guarded.terms), place)
            }
            try output.print(change, isDryRun: guarded.isDryRun, "let player \(player) play \(place) again")
        }
    }

    /// The command `highscores player anonymise`.
    struct AnonymiseCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "anonymise",
            abstract: "Hide a player's name for good; places and scores stay.",
            discussion: examples(
                "highscores player anonymise 5000000001 --reason 'asked for it'",
                "no later launch brings the name back",
                "highscores player anonymise 5000000001 --bot my_bot --dry-run",
                "whether one bot has a name to hide"
            ) + """


                This cannot be undone. Telegram's own tables name people by themselves:
                'player erase' takes somebody off them.
                """
        )

        @OptionGroup var selection: PlayerSelection
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let (player, bot, guarded) = (selection.player, selection.bot, options.guarded)
            let change = try await CommandContext().withAdministration { administration in
                let owner = try await administration.bot(ifNamed: bot)
                return try await guarded.make(
                    askingFor: player.description,
                    to: "hide the name of player \(player) for good",
                    administration
                ) { try await administration.anonymise(player, of: owner, terms: $0) }
            }
            let verb = guarded.isDryRun ? "hide" : "hid"
            try output.print(
                change,
                isDryRun: guarded.isDryRun,
                "\(verb) the name of player \(player) for good"
            )
        }
    }

    /// The command `highscores player erase`.
    struct EraseCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "erase",
            abstract: "Remove everything personal of a player, and print a receipt.",
            discussion: examples(
                "highscores player export 5000000001 > player.json",
                "what there is, before it goes",
                "highscores player erase 5000000001 --json",
                "the receipt: how much was removed, and under which audit entry"
            ) + """


                This cannot be undone. Profile, runs, entries and every mention in the
                audit go at once; the player is taken off Telegram's tables, and what has
                to be kept until then goes within an hour after that. Bans stay, by a hash
                of the player; 'player unban' takes them back. Pages that are open must be
                opened again.
                """
        )

        @OptionGroup var selection: PlayerSelection
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let (player, bot, guarded) = (selection.player, selection.bot, options.guarded)
            let change = try await CommandContext().withAdministration { administration in
                let owner = try await administration.bot(ifNamed: bot)
                return try await guarded.make(
                    askingFor: player.description,
                    to: "erase player \(player) for good",
                    administration
                ) { try await administration.erase(player, of: owner, terms: $0) }
            }
            let verb = guarded.isDryRun ? "erase" : "erased"
            try output.print(change, isDryRun: guarded.isDryRun, "\(verb) everything personal of the player")
        }
    }
}

/// Who is banned from what.
struct BanSelection: ParsableArguments {
    @Argument(help: ArgumentHelp("The player, by Telegram's id.", valueName: "player-id"))
    var player: PlayerID

    @Option(
        help: "Only this game: BOT/SHORT_NAME, or SHORT_NAME where only one bot has it.",
        completion: .games
    )
    var game: String?

    @Option(help: "All games of this bot, by username or id; without it and --game, of all bots.")
    var bot: String?

    mutating func validate() throws {
        guard game == nil || bot == nil else {
            throw ValidationError("'--game' and '--bot' exclude each other.")
        }
    }

    /// The same as a plain value.
    var choice: Choice { Choice(player: player, game: game, bot: bot) }

    /// What was chosen.
    struct Choice: Sendable {
        let player: PlayerID
        let game: String?
        let bot: String?

        /// Finds what was named.
        ///
        /// - Returns: From what, and what people call that.
        func scope(_ administration: Administration) async throws -> (BanScope, String) {
            if let game {
                let game = try await administration.game(named: game)
                return (.game(game), "'\(game.name)'")
            }
            guard let bot else { return (.everywhere, "all games of all bots") }
            let record = try await administration.bot(named: bot)
            return (.bot(record), "all games of \(record.username ?? record.id.description)")
        }
    }
}
