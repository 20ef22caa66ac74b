import ArgumentParser
import Leaderboards
import Operations
import Scoring
import Storage

extension ScoreCommand {
    struct SubmitCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "submit",
            "Submit a score for a player; it counts like any other.",
            "highscores score submit tetris --player 5000000001 --score 1234 \\\n    --chat -3788475317572404878 --reason 'lost in an outage'",
            "in one chat and on the global leaderboards",
            "highscores score submit tetris --player 5000000001 --score 1234 \\\n    --started-at 2026-11-15T12:00:00Z --dry-run",
            "in the windows of that moment; without a chat"
        )

        @OptionGroup var game: BoardArgument

        @Option(help: ArgumentHelp("The player: Telegram's id or @username.", valueName: "player"))
        var player: NamedPlayer

        @Option(help: "The score: 0 to 2147483647.")
        var score: Score

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "The chat in which it was played: chat_instance, chat id or title.",
                valueName: "chat"
            )
        )
        var chat: NamedChat?

        @Option(help: ArgumentHelp("When the run began, instead of now.", valueName: "time"))
        var startedAt: Instant?

        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let isDryRun = change.dryRun
            let terms = change.terms
            let (game, player, change) = try await CommandContext().withAdministration { administration in
                let game = try await self.game.find(administration)
                let player = try await self.player.find(administration)
                let change = try await administration.submitScore(
                    score,
                    of: player.id,
                    in: administration.find(game.name, chat).chat,
                    game: game,
                    startedAt: startedAt,
                    terms: terms
                )
                return (game, player, change)
            }
            guard let receipt = change.receipt else { throw CommandFailure(.failed, "there is no receipt") }
            try output.print(Record(receipt, audit: change.audit, isDryRun: isDryRun))
            let what = "\(score.value) of player \(player.words)"
            remark(
                isDryRun
                    ? "dry run: \(what) would be submitted to '\(game.name)'"
                    : "submitted \(what) to '\(game.name)'"
            )
        }
    }

    struct SetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "set",
            "Let a run count as another score.",
            "highscores score set 0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00 1200",
            "what was submitted stays on record",
            "highscores score set 0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00 1200 --dry-run",
            "which entries and tables would change"
        )

        @Argument(help: ArgumentHelp("The run: its id, or the beginning of it.", valueName: "run-id"))
        var run: NamedRun

        @Argument(help: "The score: 0 to 2147483647.")
        var score: Score

        @Option(help: "Its game, which spares looking through the others.")
        var game: String?

        @OptionGroup var board: BoardOption
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await options.correct(.set(score), "set", "set", output) { administration in
                try await RunTarget([run], of: game, board, administration)
            }
        }
    }

    struct RemoveCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "remove",
            "Take runs off all leaderboards; the best of what remains takes their places.",
            "highscores score remove --game tetris --chat -3788475317572404878 \\\n    --player 5000000001 --reason cheating",
            "all scores of one player in one chat",
            "highscores score remove --game tetris --since 2026-11-20T00:00:00Z \\\n    --score-over 9000 --dry-run",
            "what a wave of cheating left, shown first",
            "highscores score remove 0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00",
            "one run; 'score list' shows ids"
        )

        @OptionGroup var selection: RunSelectionOptions
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await options.correct(.remove, "remove", "removed", output, selection.target)
        }
    }

    struct RestoreCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "restore",
            "Let runs count again that were removed.",
            "highscores score restore 0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00",
            "one run",
            "highscores score restore --game tetris --player 5000000001 --dry-run",
            "all removed runs of one player, shown first"
        )

        @OptionGroup var selection: RunSelectionOptions
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            // Nothing is lost by it, so nobody is asked.
            var options = options
            options.change.yes = true
            try await options.correct(.restore, "restore", "restored", output, selection.target)
        }
    }
}

extension GuardedChangeOptions {
    /// Corrects runs and shows what changed.
    fileprivate func correct(
        _ correction: Correction,
        _ would: String,
        _ did: String,
        _ output: OutputOptions,
        _ find: (Administration) async throws -> RunTarget
    ) async throws {
        let (change, game) = try await CommandContext().withAdministration { administration in
            let target = try await find(administration)
            let change = try await make(
                askingFor: target.name,
                to: "\(would) \(target.description) of '\(target.game.name)'",
                administration
            ) {
                try await administration.correct(target.selection, of: target.game, correction, terms: $0)
            }
            return (change, target.game)
        }
        try output.print(
            change,
            self,
            would,
            did,
            "\(counted(change.runs.count, "run")) of '\(game.name)'"
        )
    }
}

/// Which runs are to be corrected.
struct RunSelectionOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("Runs, by their ids; or choose them by options.", valueName: "run-id"))
    var runs: [NamedRun] = []

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
                "Give ids of runs, or '--game' with '--chat', '--player', '--since', '--until' or '--score-over'."
            )
        }
    }

    /// Finds what was named.
    fileprivate func target(_ administration: Administration) async throws -> RunTarget {
        guard runs.isEmpty else {
            return try await RunTarget(runs, of: filter.game, filter.board, administration)
        }
        let (matching, games, chat, player) = try await filter.find(administration)
        guard let game = games.first else { throw CommandFailure(.notFound, "there is no such game") }
        let names = [player.map { "player \($0.words)" }, chat.map { "chat \($0.words)" }].compactMap(\.self)
        return RunTarget(
            game: game,
            selection: .matching(matching),
            name: (player?.id).map { "\($0)" } ?? chat?.typed ?? game.shortName,
            description: names.isEmpty ? "the runs" : "the runs of \(names.joined(separator: " in "))"
        )
    }
}

/// Runs that are to be corrected.
private struct RunTarget {
    let game: Game
    let selection: RunSelection
    /// What is to be typed: the player, the chat or the game.
    let name: String
    /// What people call the runs.
    let description: String
}

extension RunTarget {
    /// Finds runs by their ids; the first decides of which board they are, unless that is named.
    init(
        _ named: [NamedRun],
        of game: String?,
        _ board: BoardOption,
        _ administration: Administration
    ) async throws {
        var runs: [RunID] = []
        for run in named { runs.append(try await run.find(administration)) }
        let place = game == nil ? nil : try await administration.find(board.name(of: game), nil).game
        let boards = try await administration.run(runs[0], of: place, board: board.board)
        let found = boards[0]
        guard boards.count == 1 else {
            throw CommandFailure(
                .usage,
                "the run \(runs[0]) feeds several boards of '\(found.game.gameName)'; '--board' names one: "
                    + boards.map(\.game.board).joined(separator: ", ")
            )
        }
        let player = try await administration.player(called: found.run.state.player.description)
        self.init(
            game: found.game,
            selection: .runs(runs),
            name: player.id.description,
            description: runs.count == 1 ? "a run of player \(player.words)" : counted(runs.count, "run")
        )
    }
}

extension Record {
    /// What became of a submitted score.
    fileprivate init(_ receipt: Receipt, audit: AuditID?, isDryRun: Bool) {
        let place = receipt.places.first
        self.init([
            // A rehearsal leaves neither behind.
            "run": isDryRun ? nil : receipt.run.description, "outcome": receipt.outcome.rawValue,
            "score": receipt.score, "best": receipt.best, "previous_best": receipt.previousBest,
            "scope": place?.board.scope.rawValue, "rank": place?.rank, "previous_rank": place?.previousRank,
            "entries": place?.entries, "reasons": receipt.reasons,
            "audit": isDryRun ? nil : audit?.description,
        ])
    }
}
