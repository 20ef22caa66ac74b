import ArgumentParser
import Leaderboards
import Operations
import Storage

struct ReviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "review",
        "Look at runs that rules of a game hold back, and decide about them.",
        "highscores review list --game tetris",
        "what waits, and why",
        "highscores review accept 2f1c7b0e-5d0a-4e61-9a37-0c5f2b8f1d11",
        "it counts, where and when it was played",
        "highscores review refuse --game tetris --code too_fast --dry-run",
        "all that were too fast; first what would change",
        "highscores review list --game tetris --shadow",
        "what the rules of a game in shadow would have done",
        more: """
            REASONS
              below_min_score, above_max_score  the score is out of bounds
              too_short                         the run took less than --min-seconds
              too_fast                          more than --max-score-per-second
              too_often                         more than --max-per-hour of one player

            Rules are known by these codes and by the names of their options everywhere.
            """,
        subcommands: [ListCommand.self, AcceptCommand.self, RefuseCommand.self]
    )

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "list",
            "List runs that wait for a decision, the oldest first.",
            "highscores review list --player 5000000001 --state held --state refused",
            "those of one player, decided ones included",
            "highscores review list --game tetris --shadow --ndjson",
            "what rules in shadow would have held or refused, for a program",
            "highscores review list --game tetris --board daily",
            "what waits of one board; without it of all boards of the game"
        )

        @OptionGroup var selection: ReviewSelection

        @Option(
            help: ArgumentHelp(
                "held (default), accepted, refused or removed; may be given several times.",
                valueName: "state"
            )
        )
        var state: [ReviewFilter.State] = []

        @Flag(help: "Those of rules in shadow instead, which count all the same.")
        var shadow = false

        @OptionGroup var list: ListLimit

        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard state.isEmpty || !shadow else {
                throw ValidationError("'--state' and '--shadow' exclude each other.")
            }
        }

        func run() async throws {
            let found = try await CommandContext().withAdministration { administration in
                var filter = try await selection.filter(administration).filter
                filter.states = shadow ? [] : state.isEmpty ? [.held] : state
                filter.isShadow = shadow
                return try await administration.reviews(filter, limit: list.limit)
            }
            try list.print(found.map { Record($0) }, columns: Record.reviewColumns, output)
        }
    }

    struct AcceptCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "accept",
            "Let held runs count, in the windows in which they were played.",
            "highscores review accept --game tetris --player 5000000001 --dry-run",
            "what would change on leaderboards and in Telegram, with a sample",
            "highscores review accept 2f1c7b0e-5d0a-4e61-9a37-0c5f2b8f1d11 \\\n    --reason 'seen the recording'",
            "one run; also one that was refused before"
        )

        @OptionGroup var runs: ReviewedRuns
        @OptionGroup var selection: ReviewSelection
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func validate() throws { try runs.check(selection) }

        func run() async throws {
            try await selection.decide(.accept, runs.run, "accept", "accepted", options, output)
        }
    }

    struct RefuseCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "refuse",
            "Never let held runs count.",
            "highscores review refuse 2f1c7b0e-5d0a-4e61-9a37-0c5f2b8f1d11",
            "one run; one that was accepted is taken off again",
            "highscores review refuse --game tetris --code too_fast --yes",
            "all that were too fast, without being asked"
        )

        @OptionGroup var runs: ReviewedRuns
        @OptionGroup var selection: ReviewSelection
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func validate() throws { try runs.check(selection) }

        func run() async throws {
            try await selection.decide(.refuse, runs.run, "refuse", "refused", options, output)
        }
    }
}

/// The runs that a decision names.
struct ReviewedRuns: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The runs, as 'review list' shows them, or the beginnings of their ids.",
            valueName: "run"
        )
    )
    var run: [NamedRun] = []

    /// Makes sure that runs are named, or chosen by what they have in common.
    func check(_ selection: ReviewSelection) throws {
        guard run.isEmpty == selection.isSomething else {
            throw ValidationError(
                "Name runs, or choose them by --game, --chat, --player, --code, --since or --until."
            )
        }
    }
}

/// Which held runs a command is about.
struct ReviewSelection: ParsableArguments {
    @OptionGroup var place: PlaceSelection

    @Option(help: ArgumentHelp("Only this board of the game; all by default.", valueName: "name"))
    var board: String?

    @Option(help: ArgumentHelp("A reason, for example too_fast.", valueName: "code"))
    var code: PlausibilityRule?

    @OptionGroup var time: TimeRange

    var isSomething: Bool { !place.isOpen || code != nil || !time.isOpen }

    /// What was chosen, how it is typed again, and what people call it.
    func filter(
        _ administration: Administration
    ) async throws -> (filter: ReviewFilter, name: String, words: String) {
        let found = try await place.find(administration, board: board)
        var filter = ReviewFilter()
        (filter.chat, filter.player) = (found.chat?.id, found.player)
        if let game = found.game {
            filter.games =
                board == nil ? try await administration.boards(named: game.name, nil).map(\.id) : [game.id]
        }
        (filter.reason, filter.since, filter.until) = (code?.code, time.since, time.until)
        return (filter, found.name, found.words)
    }
}

extension PlausibilityRule: ExpressibleByArgument {
    /// The codes, as pages are told them.
    static var allValueStrings: [String] { allCases.map(\.code) }

    init?(argument: String) { self.init(spelled: argument) }
}
