import ArgumentParser
import Leaderboards
import Operations
import Storage

/// The settings of a board that a game's own has, too, as options.
struct RankingOptions: ParsableArguments {
    @Option(help: "Which score is better: higher (default) or lower.")
    var order: GameRules.Order?

    @Option(help: "Which runs make a player's entry: best (default), latest or sum.")
    var keep: GameRules.Keep?

    @Option(
        help: ArgumentHelp(
            "The windows that have leaderboards, all among them; by default all,day,week,month,season.",
            valueName: "window,…"
        )
    )
    var windows: WindowList?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The lowest score taken, or none.", valueName: "n|none")
    )
    var minScore: Bound<Int32>?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The highest score taken, or none.", valueName: "n|none")
    )
    var maxScore: Bound<Int32>?

    @Option(
        help: ArgumentHelp(
            "How pages write scores: as a number (default), or as a time of milliseconds or seconds.",
            valueName: "number|milliseconds|seconds"
        )
    )
    var scoreFormat: GameRules.ScoreFormat?

    @Option(help: ArgumentHelp("What pages write behind scores, such as m, or none.", valueName: "unit"))
    var scoreUnit: Bound<String>?

    /// What was asked for.
    var changes: GameChanges {
        var changes = GameChanges()
        changes.set(\.rules.order, to: order)
        changes.set(\.rules.keep, to: keep)
        changes.set(\.rules.windows, to: windows?.kinds)
        changes.set(\.rules.bounds.minimum, to: minScore.map(\.value))
        changes.set(\.rules.bounds.maximum, to: maxScore.map(\.value))
        changes.set(\.rules.scoreFormat, to: scoreFormat)
        changes.set(\.rules.scoreUnit, to: scoreUnit.map(\.value))
        return changes
    }
}

/// The settings of a board as options.
struct BoardOptions: ParsableArguments {
    @OptionGroup var ranking: RankingOptions

    @Option(
        help: ArgumentHelp(
            "How many runs a player may start in each window, such as 3/day, or none.",
            valueName: "n/window|none"
        )
    )
    var attempts: Bound<GameRules.AttemptLimit>?

    @Option(
        help: ArgumentHelp(
            "The window in which all runs have the same seed, or none.",
            valueName: "window|none"
        )
    )
    var seed: Bound<WindowKind>?

    var changes: GameChanges {
        var changes = ranking.changes
        changes.set(\.rules.attempts, to: attempts.map(\.value))
        changes.set(\.rules.seedWindow, to: seed.map(\.value))
        return changes
    }
}

/// Kinds of windows, separated by commas.
struct WindowList: ExpressibleByArgument {
    let kinds: Set<WindowKind>

    init?(argument: String) {
        let words = argument.split(separator: ",", omittingEmptySubsequences: false)
        let kinds = words.compactMap { WindowKind(rawValue: String($0)) }
        guard kinds.count == words.count else { return nil }
        self.kinds = Set(kinds)
    }
}

extension BoardCommand {
    struct AddCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "add",
            "Declare boards of a game: levels, modes, a daily challenge.",
            "highscores board add tetris hard expert --windows all,week",
            "two boards with leaderboards of all time and of weeks",
            "highscores board add tetris daily --attempts 3/day --seed day",
            "a daily challenge: the same seed for everybody, and three tries",
            "highscores board add tetris --file levels.txt --order lower",
            "a board for each line of a file"
        )

        @OptionGroup var game: GameArgument

        @Argument(help: "The names: a-z, 0-9, _ and -, beginning with a letter, up to 32 characters.")
        var names: [String] = []

        @Option(
            help: ArgumentHelp("A file with a name on each line; - is the standard input.", valueName: "file")
        )
        var file: String?

        @OptionGroup var settings: BoardOptions
        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard !names.isEmpty || file != nil else {
                throw ValidationError("Name at least one board, or a '--file' of them.")
            }
        }

        func run() async throws {
            let names = try self.names + (file.map { try InputFile($0).names() } ?? [])
            let (added, name) = try await CommandContext().withAdministration { administration in
                let game = try await self.game.find(administration)
                let boards = try await administration.addBoards(
                    names,
                    of: game,
                    settings.changes,
                    reason: change.reason,
                    isDryRun: change.dryRun
                )
                return (boards, game.name)
            }
            try output.print(added.map { Record(board: $0) }, columns: Self.columns)
            let what = "\(counted(added.count, "board")) of '\(name)'"
            remark(change.dryRun ? "dry run: \(what) would be declared" : "declared \(what)")
        }

        static let columns = [
            "board", "order", "keep", "windows", "min_score", "max_score", "attempts", "seed",
        ]
    }

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "list",
            "List the boards of a game.",
            "highscores board list tetris",
            "its own, and those that are declared for it",
            "highscores board list tetris --fields board,attempts",
            "their names and attempts"
        )

        @OptionGroup var game: GameArgument
        @OptionGroup var list: ListCut
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let boards = try await CommandContext().withAdministration { administration in
                let game = try await self.game.find(administration)
                return [game] + (try await administration.boards(of: game))
            }
            try list.print(
                boards.map { Record(board: $0) },
                columns: AddCommand.columns,
                orNone: "there are none",
                output
            )
        }
    }

    struct SetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "set",
            "Change settings of a board.",
            "highscores board set tetris hard --keep latest --dry-run",
            "what would change on its leaderboards",
            "highscores board set tetris main --windows all,week",
            "the game's own board, without days, months and seasons"
        )

        @OptionGroup var game: GameArgument

        @Argument(help: "The board; main is the game's own.")
        var board: String

        @OptionGroup var settings: BoardOptions
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await options.setGame(settings.changes, action: "board.set", output) { administration in
                try await administration.board(board, of: game.find(administration))
            }
        }
    }

    struct RemoveCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "remove",
            "Take a board away: nobody plays or sees it; 'audit undo' brings it back.",
            "highscores board remove tetris hard --dry-run",
            "what would change",
            "highscores board remove tetris hard --reason 'season is over'",
            "with a question first"
        )

        @OptionGroup var game: GameArgument

        @Argument(help: "The board.")
        var board: String

        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            guard board != Game.mainBoard else {
                throw CommandFailure(
                    .usage,
                    "every game has the board 'main'; 'game disable' switches a game off"
                )
            }
            var changes = GameChanges()
            changes.set(\.isRemoved, to: true)
            try await options.setGame(changes, action: "board.remove", output) { administration in
                try await administration.board(board, of: game.find(administration))
            }
        }
    }
}

extension Record {
    /// A board with its settings.
    fileprivate init(board game: Game) {
        let values = Dictionary(game.fields.map { ($0.name, $0.value) }) { first, _ in first }
        self.init(
            BoardCommand.AddCommand.columns.map { name in
                (name, name == "board" ? .text(game.board) : values[name] ?? .none)
            }
        )
    }
}

extension InputFile {
    /// How long a file of names may be, in bytes.
    private static let longestList = 1024 * 1024

    /// The lines that name something, in order; blank ones and those that begin with `#` are passed over.
    fileprivate func names() throws -> [String] {
        var (text, bytes) = (FileText(path: path), [UInt8]())
        while case let piece = try text.next({ try read() }), !piece.isEmpty {
            bytes += piece
            guard bytes.count <= Self.longestList else {
                throw CommandFailure(.usage, "'\(path)' is longer than a list of boards can be")
            }
        }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
            let name = line.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }
                .reversed()
            return name.isEmpty || name.first == "#" ? nil : String(name)
        }
    }
}
