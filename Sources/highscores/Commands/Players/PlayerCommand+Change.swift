import ArgumentParser
import Leaderboards
import Operations
import Storage

extension PlayerCommand {
    struct BanCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "ban",
            "Keep a player from playing, and take their entries off all leaderboards.",
            "highscores player ban 5000000001 --game tetris --reason cheating",
            "from one game",
            "highscores player ban 5000000001 --dry-run",
            "what a ban from all games of all bots would change"
        )

        @OptionGroup var selection: BanSelection
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let (change, player, place) = try await CommandContext().withAdministration { administration in
                let (player, scope, place) = try await selection.find(administration)
                let change = try await options.make(
                    askingFor: player.id.description,
                    to: "ban player \(player.words) from \(place)",
                    administration
                ) { try await administration.ban(player.id, from: scope, terms: $0) }
                return (change, player, place)
            }
            try output.print(change, options, "ban", "banned", "player \(player.words) from \(place)")
        }
    }

    struct UnbanCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "unban",
            "Let a player play again, and give everything back that the ban hid.",
            "highscores player unban 5000000001",
            "takes all bans of the player back",
            "highscores player unban 5000000001 --game tetris --dry-run",
            "what that from one game would give back"
        )

        @OptionGroup var selection: BanSelection
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let (change, player, place) = try await CommandContext().withAdministration { administration in
                let (player, scope, place) = try await selection.find(administration)
                // Nothing is lost by it, so nobody is asked.
                let change = try await administration.unban(player.id, from: scope, terms: options.terms)
                return (change, player, place)
            }
            try output.print(change, options, "let", "let", "player \(player.words) play \(place) again")
        }
    }

    struct AnonymiseCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "anonymise",
            "Hide a player's name for good; places and scores stay.",
            "highscores player anonymise 5000000001 --reason 'asked for it'",
            "no later launch brings the name back",
            "highscores player anonymise 5000000001 --bot my_bot --dry-run",
            "whether one bot has a name to hide",
            more: """
                This cannot be undone. Telegram's own tables name people by themselves:
                'player erase' takes somebody off them.
                """
        )

        @OptionGroup var selection: PlayerSelection
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let (change, player) = try await selection.change(
                options,
                { "hide the name of player \($0) for good" }
            ) { try await $0.anonymise($1, of: $2, terms: $3) }
            try output.print(change, options, "hide", "hid", "the name of player \(player) for good")
        }
    }

    struct EraseCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "erase",
            "Remove everything personal of a player, and print a receipt.",
            "highscores player export 5000000001 > player.json",
            "what there is, before it goes",
            "highscores player erase 5000000001 --json",
            "the receipt: how much was removed, and under which audit entry",
            more: """
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

        func run() async throws {
            let (change, _) = try await selection.change(options, { "erase player \($0) for good" }) {
                try await $0.erase($1, of: $2, terms: $3)
            }
            try output.print(change, options, "erase", "erased", "everything personal of the player")
        }
    }
}

extension PlayerSelection {
    /// Changes what is known of the player, after a question in words; returns the player's id, too.
    fileprivate func change(
        _ options: GuardedChangeOptions,
        _ question: (_ player: String) -> String,
        _ body: (Administration, PlayerID, BotRecord?, ChangeTerms) async throws -> OperationChange
    ) async throws -> (OperationChange, PlayerID) {
        try await CommandContext().withAdministration { administration in
            let (player, bot) = try await find(administration)
            let change = try await options.make(
                askingFor: player.id.description,
                to: question(player.words),
                administration
            ) { try await body(administration, player.id, bot, $0) }
            return (change, player.id)
        }
    }
}

/// Who is banned from what.
struct BanSelection: ParsableArguments {
    @Argument(help: "The player: Telegram's id or @username.")
    var player: NamedPlayer

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

    /// Who, from what, and what people call that.
    func find(
        _ administration: Administration
    ) async throws -> (player: PlayerProfile, scope: BanScope, place: String) {
        let player = try await self.player.find(administration)
        if let game {
            let game = try await administration.wholeGame(named: game)
            return (player, .game(game), "'\(game.name)'")
        }
        guard let bot else { return (player, .everywhere, "all games of all bots") }
        let record = try await administration.bot(named: bot)
        return (player, .bot(record), "all games of \(record.name)")
    }
}
