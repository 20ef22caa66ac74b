import ArgumentParser
import Leaderboards
import Operations
import Scoring
import Storage

extension ScoreCommand {
    /// The command `highscores score submit`.
    struct SubmitCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "submit",
            abstract: "Submit a score for a player; it counts like any other.",
            discussion: examples(
                "highscores score submit tetris --player 5000000001 --score 1234 \\\n    --chat -3788475317572404878 --reason 'lost in an outage'",
                "in one chat and on the global leaderboards",
                "highscores score submit tetris --player 5000000001 --score 1234 \\\n    --started-at 2026-11-15T12:00:00Z --dry-run",
                "in the windows of that moment; without a chat"
            )
        )

        @Argument(help: "BOT/SHORT_NAME, or SHORT_NAME where only one bot has it.", completion: .games)
        var game: String

        @Option(help: ArgumentHelp("The player, by Telegram's id.", valueName: "player-id"))
        var player: PlayerID

        @Option(help: "The score: 0 to 2147483647.")
        var score: Score

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("The chat in which it was played.", valueName: "chat-instance")
        )
        var chat: ChatInstance?

        @Option(help: ArgumentHelp("When the run began, instead of now.", valueName: "time"))
        var startedAt: Instant?

        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let (name, player, score, instance, start) = (game, player, score, chat, startedAt)
            let terms = ChangeTerms(reason: change.reason, isDryRun: change.dryRun)
            let (game, change) = try await CommandContext().withAdministration { administration in
                let game = try await administration.game(named: name)
                var chat: ChatRecord?
                if let instance {
                    chat = try await administration.chat(named: instance, of: game.bot.description)
                }
                let change = try await administration.submitScore(
                    score,
                    of: player,
                    in: chat,
                    game: game,
                    startedAt: start,
                    terms: terms
                )
                return (game, change)
            }
            guard let receipt = change.receipt else { throw CommandFailure(.failed, "there is no receipt") }
            try output.print(Record(receipt, audit: change.audit, isDryRun: terms.isDryRun))
            StandardError.write(
                line: terms.isDryRun
                    ? "highscores: dry run: \(score.value) of player \(player) would be submitted to '\(game.name)'"
                    : "highscores: submitted \(score.value) of player \(player) to '\(game.name)'"
            )
        }
    }

    /// The command `highscores score set`.
    struct SetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Let a run count as another score.",
            discussion: examples(
                "highscores score set 0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00 1200",
                "what was submitted stays on record",
                "highscores score set 0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00 1200 --dry-run",
                "which entries and tables would change"
            )
        )

        @Argument(help: ArgumentHelp("The run.", valueName: "run-id"))
        var run: RunID

        @Argument(help: "The score: 0 to 2147483647.")
        var score: Score

        @Option(help: "Its game, which spares looking through the others.")
        var game: String?

        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let choice = RunChoice(runs: [run], game: game, filter: nil)
            try await correct(choice, .set(score), options.guarded, output, verbs: ("set", "set"))
        }
    }

    /// The command `highscores score remove`.
    struct RemoveCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Take runs off all leaderboards; the best of what remains takes their places.",
            discussion: examples(
                "highscores score remove --game tetris --chat -3788475317572404878 \\\n    --player 5000000001 --reason cheating",
                "all scores of one player in one chat",
                "highscores score remove --game tetris --since 2026-11-20T00:00:00Z \\\n    --score-over 9000 --dry-run",
                "what a wave of cheating left, shown first",
                "highscores score remove 0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00",
                "one run; 'score list' shows ids"
            )
        )

        @OptionGroup var selection: RunSelectionOptions
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            try await correct(
                selection.choice,
                .remove,
                options.guarded,
                output,
                verbs: ("remove", "removed")
            )
        }
    }

    /// The command `highscores score restore`.
    struct RestoreCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "restore",
            abstract: "Let runs count again that were removed.",
            discussion: examples(
                "highscores score restore 0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00",
                "one run",
                "highscores score restore --game tetris --player 5000000001 --dry-run",
                "all removed runs of one player, shown first"
            )
        )

        @OptionGroup var selection: RunSelectionOptions
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            // Nothing is lost by it, so nobody is asked.
            let guarded = GuardedChange(terms: options.guarded.terms, isSure: true)
            try await correct(selection.choice, .restore, guarded, output, verbs: ("restore", "restored"))
        }
    }
}

/// Corrects runs and shows what changed.
private func correct(
    _ choice: RunChoice,
    _ correction: Correction,
    _ guarded: GuardedChange,
    _ output: OutputOptions,
    verbs: (would: String, did: String)
) async throws {
    let (change, game) = try await CommandContext().withAdministration { administration in
        let target = try await choice.target(administration)
        let change = try await guarded.make(
            askingFor: target.name,
            to: "\(verbs.would) \(target.description) of '\(target.game.name)'",
            administration
        ) {
            try await administration.correct(target.selection, of: target.game, correction, terms: $0)
        }
        return (change, target.game)
    }
    let runs = counted(change.runs.count, "run")
    let verb = guarded.isDryRun ? verbs.would : verbs.did
    try output.print(change, isDryRun: guarded.isDryRun, "\(verb) \(runs) of '\(game.name)'")
}

/// Which runs are to be corrected.
struct RunSelectionOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("Runs, by their ids; or choose them by options.", valueName: "run-id"))
    var runs: [RunID] = []

    @OptionGroup var filter: RunFilterOptions

    mutating func validate() throws {
        guard runs.isEmpty else {
            guard filter.isOpen else {
                throw ValidationError("Give either ids of runs or options that choose them.")
            }
            return
        }
        guard filter.game != nil, !filter.isOpen else {
            throw ValidationError(
                "Give ids of runs, or '--game' with '--chat', '--player', '--since' or '--score-over'."
            )
        }
    }

    /// The same as a plain value.
    var choice: RunChoice { RunChoice(runs: runs, game: filter.game, filter: filter.choice) }
}

/// Runs as they were chosen.
private struct RunTarget: Sendable {
    let game: Game
    let selection: RunSelection
    /// What is to be typed: the player, the chat or the game.
    let name: String
    /// What people call the runs.
    let description: String
}

/// Which runs are to be corrected, as a plain value.
struct RunChoice: Sendable {
    let runs: [RunID]
    let game: String?
    let filter: RunFilterOptions.Choice?

    /// Finds what was named.
    fileprivate func target(_ administration: Administration) async throws -> RunTarget {
        if let run = runs.first {
            var game: Game?
            if let name = self.game { game = try await administration.game(named: name) }
            let found = try await administration.run(run, of: game)
            return RunTarget(
                game: found.game,
                selection: .runs(runs),
                name: found.run.state.player.description,
                description: runs.count == 1
                    ? "a run of player \(found.run.state.player)" : counted(runs.count, "run")
            )
        }
        guard let filter else { throw CommandFailure(.usage, "no run was named") }
        let (matching, games) = try await filter.filter(administration)
        guard let game = games.first else { throw CommandFailure(.notFound, "there is no such game") }
        let player = filter.player.map { "player \($0)" }
        let chat = filter.chat.map { "chat \($0)" }
        let names = [player, chat].compactMap(\.self)
        return RunTarget(
            game: game,
            selection: .matching(matching),
            name: filter.player?.description ?? filter.chat?.description ?? game.shortName,
            description: names.isEmpty ? "the runs" : "the runs of \(names.joined(separator: " in "))"
        )
    }
}

extension Record {
    /// What became of a submitted score.
    fileprivate init(_ receipt: Receipt, audit: AuditID?, isDryRun: Bool) {
        let number = { (value: Int64?) in value.map { Cell.integer($0) } ?? .none }
        let place = receipt.places.first
        self.init([
            // A rehearsal leaves neither behind.
            ("run", .optional(isDryRun ? nil : receipt.run.description)),
            ("outcome", .text(receipt.outcome.rawValue)),
            ("score", .integer(receipt.score)), ("best", number(receipt.best)),
            ("previous_best", number(receipt.previousBest)),
            ("scope", .optional(place?.board.scope.rawValue)), ("rank", number(place?.rank.map(Int64.init))),
            ("previous_rank", number(place?.previousRank.map(Int64.init))),
            ("entries", number(place.map { Int64($0.entries) })), ("reasons", .list(receipt.reasons)),
            ("audit", .optional(isDryRun ? nil : audit?.description)),
        ])
    }
}
