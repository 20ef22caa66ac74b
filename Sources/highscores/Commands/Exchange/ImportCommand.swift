import ArgumentParser
import Leaderboards
import Postgres
import Operations
import Scoring
import Storage
import Synchronization

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "import",
        "Take in scores, entries, players or games from CSV or JSON.",
        "highscores import scores scores.csv --game tetris --dry-run",
        "what a file with the columns player,score,time would change",
        "highscores import scores records.ndjson --players ids.csv --game tetris",
        "records listed by Nakama, with the Telegram ids of their owners",
        "highscores export scores tetris | highscores import scores -",
        "from one database into another, by DATABASE_URL of each",
        more: """
            Files are taken as spreadsheets, databases and other services write them:
            delimiters, line ends, UTF-8 or UTF-16 and gzip are found out; JSON may be
            lines, lists, or pages of a listing. Columns go by their usual names in any
            case and order, others are passed over.

            A file can be taken in again: what is there already is not added twice. Lines
            that cannot be taken are told on standard error with their number and the
            reason, the first eight one by one, and the rest is done; the exit code is then
            6, or 1 where nothing could be taken, also because there are no lines: only what
            'export' writes of nothing (a head alone, an empty file of --format ndjson)
            and the list [] are code 0. A head without a column that is needed is code 2.
            """,
        subcommands: [ScoresCommand.self, EntriesCommand.self, PlayersCommand.self, GamesCommand.self]
    )

    struct ScoresCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "scores",
            "Take in single scores.",
            "highscores import scores scores.csv --game tetris",
            "a file with the columns player,score,time, with or without a head",
            "highscores import scores scores.csv --deliver --reason 'from the old service'",
            "Telegram's own tables follow, within its limits",
            more: """
                FIELDS
                  player        Telegram id; also player_id, user_id, telegram_id, user
                  owner_id      id of another service, which --players knows; also
                                playfab_id, steam_id, member_id, account_id
                  score         0 to 2147483647; also points, value, stat_value,
                                high_score, best_score
                  time          RFC 3339 or Unix time; also accepted_at, timestamp,
                                update_time, updated_at, created_at, date, when, played_at
                  game          BOT/SHORT_NAME or SHORT_NAME; also leaderboard_id
                  board         a board that is declared for the game; main without it
                  chat          the chat's chat_instance; also chat_instance
                  id            names the run; also run. Without it the run is named by what
                                the line says, and by how often the file says it
                  name          also first_name, display_name, player_name, nickname
                  last_name, username, started_at, launched_at, metadata, counts, outcome,
                  reasons

                'Player ID' and 'playerId' are player_id. Without a head, which is where the
                first field is a number, columns are player,score,time. An owner's score
                that Nakama leaves out is 0.

                Imported runs count on all leaderboards of their time, as if they had been
                accepted before all that were played here. Names are taken for players of
                whom none is known.
                """
        )

        @OptionGroup var options: ImportScoreOptions
        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await options.carryOut(isOfEntries: false, change, output)
        }
    }

    struct EntriesCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "entries",
            "Take in entries of leaderboards.",
            "highscores import entries entries.csv --game tetris",
            "a leaderboard of which only the best scores are left",
            "highscores import entries nakama.ndjson --players ids.csv --dry-run",
            "Nakama's records, each as the score of its owner",
            more: """
                Each entry becomes the run that it shows, once however many leaderboards show
                it; fields are those of 'import scores'. Games that add scores up have
                entries that are no scores: import their scores.
                """
        )

        @OptionGroup var options: ImportScoreOptions
        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await options.carryOut(isOfEntries: true, change, output)
        }
    }
}

/// Which file is taken in.
struct ImportFileOptions: ParsableArguments {
    @Argument(help: "The file; '-' is standard input.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp(
            "The file's form, found out by default; ndjson is JSON of any layout.",
            valueName: "csv|ndjson"
        )
    )
    var format: LineFormat?
}

/// How scores are taken in.
struct ImportScoreOptions: ParsableArguments {
    @OptionGroup var input: ImportFileOptions

    @Option(
        help: "The game of all lines, whatever they say: BOT/SHORT_NAME or SHORT_NAME.",
        completion: .games
    )
    var game: String?

    @OptionGroup var board: BoardOption

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The chat of lines that name none: chat_instance, or the title.",
            valueName: "chat"
        )
    )
    var chat: NamedChat?

    @Option(help: ArgumentHelp("The time of lines that have none.", valueName: "time"))
    var at: Instant?

    @Option(
        help: ArgumentHelp(
            "A file of players whom lines name otherwise, with a head: owner_id,player.",
            valueName: "file"
        ),
        completion: .file()
    )
    var players: String?

    @Flag(help: "Have Telegram's tables follow; without it they keep what they have.")
    var deliver = false

    /// Takes the file in and tells what changed.
    func carryOut(isOfEntries: Bool, _ change: ChangeOptions, _ output: OutputOptions) async throws {
        let names = try players.map(Self.readPlayers) ?? [:]
        let intake = try FileIntake.open(
            input,
            .scores,
            activity: change.dryRun ? "trying" : "importing"
        )
        defer { intake.progress.end() }
        let report = try await CommandContext().withAdministration { administration in
            var decoder = ImportDecoder(
                games: try await administration.gamesWithBoards(),
                isOfEntries: isOfEntries,
                now: .now
            )
            decoder.gameOfAll = try await administration.find(board.name(of: game), nil).game
            decoder.isOfOneBoard = board.board != nil || decoder.gameOfAll?.isMain == false
            (decoder.defaultTime, decoder.players) = (at, names)
            if let chat {
                // A chat of which nothing is known yet comes to be with its scores.
                decoder.defaultChat = ChatInstance(chat.text)
                if decoder.defaultChat == nil {
                    let bot = decoder.gameOfAll?.bot.description
                    decoder.defaultChat = try await chat.find(administration, of: bot).instances.first
                }
            }
            return try await administration.importScores(
                isDelivered: deliver,
                source: input.file,
                reason: change.reason,
                isDryRun: change.dryRun,
                onStep: { intake.show($0) },
                feed: { [decoder] take in
                    var decoder = decoder
                    try intake.read(
                        { line throws(OperationError) in try decoder.score(line: line.line, line.field) },
                        take: take
                    )
                }
            )
        }
        intake.progress.end()
        try tell(report, intake, change, output)
    }

    private func tell(
        _ report: ImportReport,
        _ intake: FileIntake,
        _ change: ChangeOptions,
        _ output: OutputOptions
    ) throws {
        let effect = Effect(report: report.rebuild, deliveries: deliver ? report.deliveries : nil)
        let counts: Record = [
            "lines": report.lines + intake.rejected, "added": report.count.added,
            "repeated": report.count.repeated, "rejected": intake.rejected,
            "players": report.count.players, "new_chats": report.count.newChats,
        ]
        try output.print(counts + effect.record + ["deliveries": report.deliveries])
        guard intake.hasLines else { return try intake.finish() }
        let scores = counted(report.count.added, "score")
        remark(
            change.dryRun
                ? "dry run: \(scores) would be added" : "\(scores) added"
        )
        effect.tell(isDryRun: change.dryRun, isSampled: change.dryRun && !output.json && intake.rejected == 0)
        if !deliver, report.count.added > 0 {
            remark("Telegram's tables stay as they are; '--deliver' has them follow")
        }
        try intake.finish()
    }

    /// Reads whose names stand for which players.
    private static func readPlayers(_ path: String) throws -> [String: PlayerID] {
        let file = try InputFile(path)
        var players: [String: PlayerID] = [:]
        var failure: CommandFailure?
        try LineReader(path: path, format: nil, vocabulary: .owners).read(
            { try file.read() },
            onProblem: { line, reason in
                failure = failure ?? CommandFailure(.usage, "\(path):\(line): \(reason)")
            },
            { fields in
                guard let name = fields.field("owner_id"),
                    let player = fields.field("player").flatMap(PlayerID.init(imported:))
                else {
                    throw CommandFailure(.usage, "\(path):\(fields.line): there is no owner_id and player")
                }
                players[name] = player
            }
        )
        if let failure { throw failure }
        return players
    }
}

extension LineFormat: ExpressibleByArgument {}
