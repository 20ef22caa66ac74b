import ArgumentParser
import CSV
import JSON
import Leaderboards
import Postgres
import Operations
import Storage
import Synchronization

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "export",
        "Write scores, entries, players or games as CSV or NDJSON.",
        "highscores export scores tetris > scores.csv",
        "the score log of a game, which 'import scores' takes in again",
        "highscores export entries tetris --window all --format ndjson",
        "the leaderboards of all chats and of the whole game",
        "highscores export games --format ndjson > games.ndjson",
        "all games with their settings",
        more: """
            What is written is one moment's, however long it takes, and goes to standard
            output. A table is never kept in memory.
            """,
        subcommands: [ScoresCommand.self, EntriesCommand.self, PlayersCommand.self, GamesCommand.self]
    )

    struct ScoresCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "scores",
            "Write the score log of a game.",
            "highscores export scores tetris > scores.csv",
            "all runs in the order of acceptance, corrections applied",
            "highscores export scores tetris --chat -3788475317572404878 --format ndjson",
            "those of one chat",
            "highscores export scores tetris --board daily",
            "those of one board; without it of all boards of the game",
            more: """
                Runs that do not count have 'counts' false: those that were removed or refused
                stay so when they are taken in elsewhere, those that are held wait for a
                review there.
                """
        )

        @OptionGroup var boards: ExportedBoards
        @OptionGroup var form: ExportOptions

        func run() async throws {
            let writer = LineWriter(form.format, .scores)
            try await writer.writing {
                try await CommandContext().withAdministration { administration in
                    let (boards, chat) = try await boards.find(administration)
                    try await administration.exportScores(of: boards, chat: chat?.id) { scores, board in
                        try writer.write(scores.map { Record($0, of: board) })
                    }
                }
            }
        }
    }

    struct EntriesCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "entries",
            "Write the entries of a game's leaderboards.",
            "highscores export entries tetris --window all > entries.csv",
            "the leaderboards over all time, of each chat and of the whole game",
            "highscores export entries tetris --chat -3788475317572404878",
            "all leaderboards of one chat, past windows included"
        )

        @OptionGroup var boards: ExportedBoards

        @Option(help: "Only leaderboards of this kind: all, day, week, month or season.")
        var window: WindowKind?

        @OptionGroup var form: ExportOptions

        func run() async throws {
            let writer = LineWriter(form.format, .entries)
            try await writer.writing {
                try await CommandContext().withAdministration { administration in
                    let (boards, chat) = try await boards.find(administration)
                    try await administration.exportEntries(of: boards, chat: chat?.id, window: window) {
                        entries,
                        board in
                        try writer.write(entries.map { Record($0, of: board) })
                    }
                }
            }
        }
    }

    struct PlayersCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "players",
            "Write the players with their names.",
            "highscores export players > players.csv",
            "those of all bots",
            "highscores export players --bot my_bot --format ndjson",
            "those of one bot"
        )

        @Option(help: "Only players of this bot, by username or id.")
        var bot: String?

        @OptionGroup var form: ExportOptions

        func run() async throws {
            let writer = LineWriter(form.format, .players)
            let context = try CommandContext()
            try await writer.writing {
                try await context.withAdministration { administration in
                    var owner: BotID?
                    if let bot { owner = try await context.bot(named: bot, among: administration.bots()).id }
                    try await administration.exportPlayers(of: owner) { players in
                        try writer.write(players.map { Record($0) })
                    }
                }
            }
        }
    }

    struct GamesCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "games",
            "Write the games with their settings, and the boards that are declared for them.",
            "highscores export games > games.csv",
            "as CSV",
            "highscores export games --format ndjson",
            "one JSON object a line"
        )

        @OptionGroup var form: ExportOptions

        func run() async throws {
            let writer = LineWriter(form.format, .games)
            try await writer.writing {
                let games = try await CommandContext().withAdministration { try await $0.gamesWithBoards() }
                _ = try writer.write(games.map { Record(exported: $0) })
            }
        }
    }
}

/// What of a game's boards is exported.
struct ExportedBoards: ParsableArguments {
    @OptionGroup var game: GameArgument

    @Option(help: ArgumentHelp("Only this board of the game; all by default.", valueName: "name"))
    var board: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only this chat: chat_instance, chat id or title.", valueName: "chat")
    )
    var chat: NamedChat?

    func find(_ administration: Administration) async throws -> (boards: [Game], chat: ChatRecord?) {
        let boards = try await administration.boards(named: game.game, board)
        return (boards, try await administration.find(boards[0].name, chat).chat)
    }
}

extension Administration {
    /// Finds a board of a game or, where none is named, the game with all of its boards.
    func boards(named game: String, _ board: String?) async throws(OperationError) -> [Game] {
        let found = try await self.game(named: board.map { "\(game):\($0)" } ?? game)
        guard board == nil, found.isMain else { return [found] }
        return try await [found] + boards(of: found)
    }
}

/// In which form something is exported.
struct ExportOptions: ParsableArguments {
    @Option(help: "csv (default) or ndjson.")
    var format: LineFormat = .csv
}

/// Writes records as lines of one form to standard output.
private final class LineWriter: Sendable {
    private let format: LineFormat
    private let columns: ExportColumns
    private let progress: Progress
    /// How many lines were written; nil before the head.
    private let lines = Mutex<Int?>(nil)

    init(_ format: LineFormat, _ columns: ExportColumns) {
        self.format = format
        self.columns = columns
        // On one terminal with the data it would only get between them.
        progress = Progress(
            "exporting",
            of: nil,
            "\(columns)",
            isShown: StandardError.takesStatus && !StandardOutput.isTerminal
        )
    }

    /// Writes some records.
    func write(_ records: [Record]) throws(CommandFailure) -> Bool {
        var text = ""
        switch format {
        case .csv:
            if lines.withLock({ $0 == nil }) { text += CSVText.line(columns.names) }
            for record in records { text += CSVText.line(record.fields.map(\.value.exported)) }
        case .ndjson:
            for record in records {
                var writer = JSONWriter()
                record.write(to: &writer)
                text += writer.text + "\n"
            }
        }
        let written = lines.withLock { lines in
            lines = (lines ?? 0) + records.count
            return lines ?? 0
        }
        guard !text.isEmpty else { return true }
        guard try StandardOutput.write(text) else { return false }
        progress.show(written)
        return true
    }

    /// Runs an export and tells how much it wrote.
    func writing(_ body: () async throws -> Void) async throws {
        defer { progress.end() }
        try await body()
        _ = try write([])
        progress.end()
        let (lines, unit) = (lines.withLock { $0 ?? 0 }, "\(columns)")
        remark("\(lines) \(lines == 1 ? String(unit.dropLast()) : unit) exported")
    }
}

extension FieldValue {
    /// The value as CSV has it, which 'import' reads again.
    fileprivate var exported: String {
        switch self {
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number): "\(number)"
        default: plain
        }
    }
}
