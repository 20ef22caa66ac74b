import ArgumentParser
import Leaderboards
import Postgres
import Scoring
import Storage
import Synchronization

/// The command `highscores import`.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take in scores, entries, players or games from CSV or NDJSON.",
        discussion: examples(
            "highscores import scores scores.csv --game tetris --dry-run",
            "what a file with the columns player,score,time would change",
            "highscores import scores records.ndjson --players ids.csv --game tetris",
            "records listed by Nakama, with the Telegram ids of their owners",
            "highscores export scores tetris | highscores import scores -",
            "from one database into another, by DATABASE_URL of each"
        ) + """


            A file can be taken in again: what is there already is not added twice. Lines
            that cannot be taken are told on standard error with their number and the
            reason, and the rest is done; the exit code is then 6.
            """,
        subcommands: [ScoresCommand.self, EntriesCommand.self, PlayersCommand.self, GamesCommand.self]
    )

    /// The command `highscores import scores`.
    struct ScoresCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "scores",
            abstract: "Take in single scores.",
            discussion: examples(
                "highscores import scores scores.csv --game tetris",
                "a file with the columns player,score,time, with or without a head",
                "highscores import scores scores.csv --deliver --reason 'from the old service'",
                "Telegram's own tables follow, within its limits"
            ) + """


                FIELDS
                  game          BOT/SHORT_NAME or SHORT_NAME; also leaderboard_id
                  player        Telegram id; also player_id, user_id, owner_id
                  score         0 to 2147483647
                  time          RFC 3339 or Unix time; also accepted_at, update_time
                  chat          the chat's chat_instance; also chat_instance
                  id            names the run; also run. Without it the run is named by what
                                the line says, and by how often the file says it
                  started_at, launched_at, metadata, counts, outcome, reasons, first_name,
                  last_name, name, username

                Imported runs count on all leaderboards of their time, as if they had been
                accepted before all that were played here. Names are taken for players of
                whom none is known.
                """
        )

        @OptionGroup var options: ImportScoreOptions
        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            try await options.carryOut(isOfEntries: false, change, output)
        }
    }

    /// The command `highscores import entries`.
    struct EntriesCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "entries",
            abstract: "Take in entries of leaderboards.",
            discussion: examples(
                "highscores import entries entries.csv --game tetris",
                "a leaderboard of which only the best scores are left",
                "highscores import entries nakama.ndjson --players ids.csv --dry-run",
                "Nakama's records, each as the score of its owner"
            ) + """


                Each entry becomes the run that it shows, once however many leaderboards show
                it; fields are those of 'import scores'. Games that add scores up have
                entries that are no scores: import their scores.
                """
        )

        @OptionGroup var options: ImportScoreOptions
        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            try await options.carryOut(isOfEntries: true, change, output)
        }
    }
}

/// Which file is taken in.
struct ImportFileOptions: ParsableArguments {
    @Argument(help: "The file; '-' is standard input.", completion: .file())
    var file: String

    @Option(help: ArgumentHelp("The file's form; found out by default.", valueName: "csv|ndjson"))
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

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The chat of lines that name none.", valueName: "chat-instance"),
        completion: .chats
    )
    var chat: ChatInstance?

    @Option(help: ArgumentHelp("The time of lines that have none.", valueName: "time"))
    var at: Instant?

    @Option(
        help: ArgumentHelp(
            "A CSV file with a head, of players that lines name otherwise: owner_id,player.",
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
        let intake = try FileIntake(
            input,
            columns: ["player", "score", "time"],
            activity: change.dryRun ? "trying" : "importing"
        )
        defer { intake.progress.end() }
        let (gameName, chat, time, isDelivered) = (game, chat, at, deliver)
        let (reason, isDryRun, source) = (change.reason, change.dryRun, input.file)
        let report = try await CommandContext().withAdministration { administration in
            var defaults = ImportDecoder.Defaults()
            if let gameName { defaults.game = try await administration.game(named: gameName) }
            (defaults.chat, defaults.time, defaults.players) = (chat, time, names)
            let decoder = ImportDecoder(
                games: try await administration.games(),
                isOfEntries: isOfEntries,
                defaults: defaults,
                now: .now
            )
            return try await administration.importScores(
                isDelivered: isDelivered,
                source: source,
                reason: reason,
                isDryRun: isDryRun,
                onStep: { intake.show($0) },
                feed: { take in
                    var decoder = decoder
                    try intake.read(
                        { fields in
                            do { return try decoder.score(line: fields.line, fields.field) } catch {
                                intake.reject(fields.line, "\(error)")
                                return nil
                            }
                        },
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
        let counts = Record([
            ("lines", .integer(Int64(report.lines + intake.rejected))),
            ("added", .integer(Int64(report.count.added))),
            ("repeated", .integer(Int64(report.count.repeated))),
            ("rejected", .integer(Int64(intake.rejected))),
            ("players", .integer(Int64(report.count.players))),
            ("new_chats", .integer(Int64(report.count.newChats))),
        ])
        try output.print(
            Record(
                counts.fields + effect.record.fields + [("deliveries", .integer(Int64(report.deliveries)))]
            )
        )
        let scores = counted(report.count.added, "score")
        StandardError.write(
            line: change.dryRun
                ? "highscores: dry run: \(scores) would be added" : "highscores: \(scores) added"
        )
        effect.tell(isDryRun: change.dryRun, isSampled: change.dryRun && !output.json)
        if !deliver, report.count.added > 0 {
            StandardError.write(
                line: "highscores: Telegram's tables stay as they are; '--deliver' has them follow"
            )
        }
        try intake.finish()
    }

    /// Reads whose names stand for which players.
    private static func readPlayers(_ path: String) throws -> [String: PlayerID] {
        let file = try InputFile(path)
        var players: [String: PlayerID] = [:]
        var failure: CommandFailure?
        try LineReader(format: .csv, plainColumns: []).read(
            { try file.read() },
            onProblem: { line, reason in
                failure = failure ?? CommandFailure(.usage, "\(path):\(line): \(reason)")
            },
            { fields in
                guard let name = fields.field("owner_id"), !name.isEmpty,
                    let player = fields.field("player").flatMap({ PlayerID(argument: $0) })
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
