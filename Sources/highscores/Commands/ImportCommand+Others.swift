import ArgumentParser
import Leaderboards
import Operations
import Storage

extension ImportCommand {
    /// The command `highscores import players`.
    struct PlayersCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "players",
            abstract: "Take in players' names.",
            discussion: examples(
                "highscores import players players.csv --bot my_bot",
                "a file with the columns player,first_name,last_name,username",
                "highscores export players | highscores import players - --dry-run",
                "how many names differ from those of another database"
            ) + """


                Names replace those that are known, until Telegram tells newer ones.
                """
        )

        @OptionGroup var input: ImportFileOptions

        @Option(help: "The bot of all lines, by username or id.")
        var bot: String?

        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let intake = try FileIntake.open(input, .players, activity: "importing")
            defer { intake.progress.end() }
            let (name, reason, isDryRun, source) = (bot, change.reason, change.dryRun, input.file)
            let (lines, written) = try await CommandContext().withAdministration { administration in
                let bots = try await administration.bots()
                let lines = PlayerLines(bots: bots, bot: try name.map { try PlayerLines.bot($0, of: bots) })
                return try await administration.importPlayers(
                    source: source,
                    reason: reason,
                    isDryRun: isDryRun,
                    feed: { take in
                        try intake.read(
                            { fields in
                                do throws(CommandFailure) { return try lines.player(fields) } catch {
                                    intake.reject(fields.line, error.description)
                                    return nil
                                }
                            },
                            take: take
                        )
                    }
                )
            }
            intake.progress.end()
            try output.print(
                Record([
                    ("lines", .integer(Int64(lines + intake.rejected))),
                    ("written", .integer(Int64(written))),
                    ("rejected", .integer(Int64(intake.rejected))),
                ])
            )
            guard intake.hasLines else { return try intake.finish() }
            let players = counted(written, "player")
            StandardError.write(
                line: change.dryRun
                    ? "highscores: dry run: \(players) would be written" : "highscores: \(players) written"
            )
            try intake.finish()
        }
    }

    /// The command `highscores import games`.
    struct GamesCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "games",
            abstract: "Take in games: missing ones are added, others set.",
            discussion: examples(
                "highscores export games --format ndjson > games.ndjson",
                "all games with their settings",
                "highscores import games games.ndjson --dry-run",
                "which would be added, and which settings would change"
            ) + """


                Fields are those of 'game get'; what a line does not have stays as it is.
                Each game is added or set by itself, as by 'game add' and 'game set'.
                """
        )

        @OptionGroup var input: ImportFileOptions
        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let intake = try FileIntake.open(input, .games, activity: "importing")
            defer { intake.progress.end() }
            var lines: [GameLine] = []
            try intake.read(
                { fields in
                    do throws(CommandFailure) { return try GameLine(fields) } catch {
                        intake.reject(fields.line, error.description)
                        return nil
                    }
                },
                take: { lines.append($0) }
            )
            let (found, reason, isDryRun) = (lines, change.reason, change.dryRun)
            let context = try CommandContext()
            let records = try await context.withAdministration { administration in
                var records: [Record] = []
                for line in found {
                    do {
                        let (action, change) = try await line.carryOut(
                            administration,
                            context,
                            reason,
                            isDryRun
                        )
                        records += change.map { [line.record(action, $0)] } ?? []
                    } catch let error as AdministrationError {
                        if case .database = error { throw error }
                        intake.reject(line.line, error.description)
                    } catch let error as CommandFailure {
                        intake.reject(line.line, error.description)
                    }
                }
                return records
            }
            try output.print(records, columns: ["game", "action", "settings"])
            guard intake.hasLines else { return try intake.finish() }
            let games = counted(records.count, "game")
            StandardError.write(
                line: isDryRun
                    ? "highscores: dry run: \(games) would be added or changed"
                    : "highscores: \(games) added or changed"
            )
            try intake.finish()
        }
    }
}

/// Makes players of lines.
private struct PlayerLines: Sendable {
    let bots: [BotRecord]
    /// The bot of all lines; nil where each names its own.
    let bot: BotRecord?

    static func bot(_ name: String, of bots: [BotRecord]) throws(CommandFailure) -> BotRecord {
        let plain = (name.hasPrefix("@") ? name.dropFirst() : name[...]).lowercased()
        guard
            let bot = bots.first(where: { $0.username?.lowercased() == plain || $0.id.description == plain })
        else {
            throw CommandFailure(
                .notFound,
                "there is no bot '\(name)'; 'highscores bot list' shows those there are"
            )
        }
        return bot
    }

    private func bot(of fields: LineFields) throws(CommandFailure) -> BotRecord {
        if let bot { return bot }
        if let name = fields.field("bot") { return try Self.bot(name, of: bots) }
        guard bots.count == 1 else {
            throw CommandFailure(.usage, "there is no bot; '--bot' names one for all lines")
        }
        return bots[0]
    }

    func player(_ fields: LineFields) throws(CommandFailure) -> ImportedPlayer {
        let bot = try bot(of: fields)
        guard let player = fields.field("player").flatMap(ImportNumber.player) else {
            throw CommandFailure(.usage, "the player is no Telegram id")
        }
        return ImportedPlayer(
            line: fields.line,
            bot: bot.id,
            profile: PlayerProfile(
                id: player,
                firstName: fields.field("first_name") ?? "",
                lastName: fields.field("last_name"),
                username: fields.field("username")
            )
        )
    }
}

/// One game of a file.
private struct GameLine: Sendable {
    let line: Int
    let name: String
    let bot: BotID?
    let changes: GameChanges

    init(_ fields: LineFields) throws(CommandFailure) {
        line = fields.line
        guard let name = fields.field("game"), name.split(separator: "/").count == 2 else {
            throw CommandFailure(.usage, "there is no game BOT/SHORT_NAME")
        }
        self.name = name
        bot = fields.field("bot").flatMap { Int64($0) }.map { BotID(rawValue: $0) }
        var changes = GameChanges()
        func value<Value>(_ field: String, _ read: (String) -> Value?) throws(CommandFailure) -> Value? {
            guard let text = fields.field(field) else { return nil }
            guard let value = read(text) else {
                throw CommandFailure(.usage, "'\(text)' is no \(field)")
            }
            return value
        }
        func flag(_ text: String) -> Bool? {
            ["true": true, "yes": true, "false": false, "no": false][text]
        }
        changes.url = try value("url") { $0 }
        changes.title = try value("title") { $0 }
        changes.order = try value("order") { GameRules.Order(rawValue: $0) }
        changes.keep = try value("keep") { GameRules.Keep(rawValue: $0) }
        changes.zone = try value("zone") { $0 }
        changes.seasons = try value("seasons") { text in
            let seasons = text.split(separator: " ").map { Instant(rfc3339: String($0)) }
            return seasons.contains(nil) ? nil : seasons.compactMap { $0 }
        }
        changes.telegramScore = try value("telegram_score") { TelegramScore($0) }
        changes.messageEdits = try value("edit_message") { MessageEdits($0) }
        changes.minimumScore = try value("min_score") { Int32($0).map { .at($0) } }
        changes.maximumScore = try value("max_score") { Int32($0).map { .at($0) } }
        changes.maximumScorePerSecond = try value("max_score_per_second") { Double($0).map { .at($0) } }
        changes.minimumSeconds = try value("min_seconds") { Double($0).map { .at($0) } }
        changes.maximumPerHour = try value("max_per_hour") { Int32($0).map { .at($0) } }
        changes.outcomes =
            try value("outcomes") { text in
                let settings = text.split(separator: " ").map { RuleSetting(argument: String($0)) }
                guard !settings.contains(where: { $0 == nil }) else { return nil }
                return Dictionary(settings.compactMap { $0.map { ($0.rule, $0.outcome) } }) { _, last in last
                }
            } ?? [:]
        changes.isShadow = try value("shadow", flag)
        changes.retention = try value("retention") { GameRules.Retention(rawValue: $0) }
        changes.isEnabled = try value("enabled", flag)
        changes.isPublic = try value("public", flag)
        changes.showsIdentity = try value("show_identity", flag)
        self.changes = changes
    }

    /// Adds the game, or sets what differs.
    ///
    /// - Returns: What was done, and the change; nil when nothing differs.
    func carryOut(
        _ administration: Administration,
        _ context: CommandContext,
        _ reason: String?,
        _ isDryRun: Bool
    ) async throws -> (String, GameChange?) {
        let games = try await administration.games()
        if let game = games.first(where: { $0.name.lowercased() == name.lowercased() }) {
            let change = try await administration.setGame(game, changes, reason: reason, isDryRun: isDryRun)
            return (change.settings.isEmpty ? "none" : "set", change.settings.isEmpty ? nil : change)
        }
        let parts = name.split(separator: "/").map(String.init)
        let known = try await administration.bots()
        // The file of another database tells the bot's id, so Telegram need not be asked.
        let record: BotRecord
        if let bot, !known.contains(where: { $0.id == bot && $0.username != nil }) {
            record = BotRecord(id: bot, username: parts[0])
        } else {
            record = try await BotFinder(context: context).bot(named: parts[0], among: known)
        }
        let change = try await administration.addGame(
            parts[1],
            of: record,
            changes,
            reason: reason,
            isDryRun: isDryRun
        )
        return ("added", change)
    }

    func record(_ action: String, _ change: GameChange) -> Record {
        Record([
            ("game", .text(change.after.name)), ("action", .text(action)),
            ("settings", .list(change.settings.map(\.name))),
        ])
    }
}
