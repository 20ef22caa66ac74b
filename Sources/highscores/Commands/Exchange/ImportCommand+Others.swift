import ArgumentParser
import Leaderboards
import Operations
import Storage

extension ImportCommand {
    struct PlayersCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "players",
            "Take in players' names.",
            "highscores import players players.csv --bot my_bot",
            "a file with the columns player,first_name,last_name,username",
            "highscores export players | highscores import players - --dry-run",
            "how many names differ from those of another database",
            more: """
                Names replace those that are known, until Telegram tells newer ones.
                """
        )

        @OptionGroup var input: ImportFileOptions

        @Option(help: "The bot of all lines, by username or id.")
        var bot: String?

        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let intake = try FileIntake.open(input, .players, activity: "importing")
            defer { intake.progress.end() }
            let (lines, written) = try await CommandContext().withAdministration { administration in
                let bots = try await administration.bots()
                let owner = try await administration.bot(ifNamed: bot)
                return try await administration.importPlayers(
                    source: input.file,
                    reason: change.reason,
                    isDryRun: change.dryRun,
                    feed: { take in
                        try intake.read(
                            { line throws(OperationError) in try ImportedPlayer(line, of: owner, bots) },
                            take: take
                        )
                    }
                )
            }
            intake.progress.end()
            try output.print([
                "lines": lines + intake.rejected, "written": written, "rejected": intake.rejected,
            ])
            guard intake.hasLines else { return try intake.finish() }
            let players = counted(written, "player")
            remark(change.dryRun ? "dry run: \(players) would be written" : "\(players) written")
            try intake.finish()
        }
    }

    struct GamesCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "games",
            "Take in games: missing ones are added, others set.",
            "highscores export games --format ndjson > games.ndjson",
            "all games with their settings",
            "highscores import games games.ndjson --dry-run",
            "which would be added, and which settings would change",
            more: """
                Fields are those of 'game get'; what a line does not have stays as it is.
                Each game is added or set by itself, as by 'game add' and 'game set'.
                """
        )

        @OptionGroup var input: ImportFileOptions
        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let intake = try FileIntake.open(input, .games, activity: "importing")
            defer { intake.progress.end() }
            var games: [(line: Int, name: String, bot: BotID?, changes: GameChanges)] = []
            try intake.read(
                { line throws(OperationError) in
                    guard let name = line.field("game"), name.split(separator: "/").count == 2 else {
                        throw OperationError.invalid("there is no game BOT/SHORT_NAME")
                    }
                    let bot = line.field("bot").flatMap { Int64($0) }.map { BotID(rawValue: $0) }
                    return (line.line, name, bot, try GameChanges(line))
                },
                take: { games.append($0) }
            )
            let context = try CommandContext()
            let records = try await context.withAdministration { administration in
                var records: [Record] = []
                for (line, name, bot, changes) in games {
                    do {
                        let record = try await administration.take(name, bot: bot, changes, context, change)
                        if let record { records.append(record) }
                    } catch OperationError.database(let error) {
                        throw OperationError.database(error)
                    } catch let error as OperationError {
                        intake.reject(line, error.description)
                    } catch let error as CommandFailure {
                        intake.reject(line, error.description)
                    }
                }
                return records
            }
            try output.print(records, columns: ["game", "action", "settings"])
            guard intake.hasLines else { return try intake.finish() }
            let number = counted(records.count, "game")
            remark(
                change.dryRun
                    ? "dry run: \(number) would be added or changed"
                    : "\(number) added or changed"
            )
            try intake.finish()
        }
    }
}

extension ImportedPlayer {
    /// Makes a player of a line.
    ///
    /// - Parameters:
    ///   - owner: The bot of all lines; nil where each names its own.
    ///   - bots: Those that there are.
    fileprivate init(_ line: LineFields, of owner: BotRecord?, _ bots: [BotRecord]) throws(OperationError) {
        let name = line.field("bot")
        guard
            let bot = owner
                ?? (name.map { name in bots.first { $0.isNamed(name) } } ?? (bots.count == 1 ? bots[0] : nil))
        else {
            throw OperationError.invalid(
                name.map { "there is no bot '\($0)'; 'highscores bot list' shows those there are" }
                    ?? "there is no bot; '--bot' names one for all lines"
            )
        }
        guard let player = line.field("player").flatMap(PlayerID.init(imported:)) else {
            throw OperationError.invalid("the player is no Telegram id")
        }
        self.init(
            line: line.line,
            bot: bot.id,
            profile: PlayerProfile(
                id: player,
                firstName: line.field("first_name") ?? "",
                lastName: line.field("last_name"),
                username: line.field("username")
            )
        )
    }
}

extension GameChanges {
    /// What a line of a file says of a game.
    fileprivate init(_ line: LineFields) throws(OperationError) {
        self.init()
        for setting in GameSetting.all {
            guard let text = line.field(setting.key) else { continue }
            guard set(setting, to: text) else {
                throw OperationError.invalid("'\(text)' is no \(setting.key)")
            }
        }
    }
}

extension Administration {
    /// Adds the game of a line, or sets what differs.
    ///
    /// - Parameter bot: The bot's id, where the file of another database tells it, so that Telegram need not be asked.
    /// - Returns: What was done; nil when nothing differs.
    fileprivate func take(
        _ name: String,
        bot: BotID?,
        _ changes: GameChanges,
        _ context: CommandContext,
        _ options: ChangeOptions
    ) async throws -> Record? {
        if let game = try await games().first(where: { $0.name.lowercased() == name.lowercased() }) {
            let settings = try await setGame(game, changes, terms: options.terms).settings.map(\.name)
            return settings.isEmpty ? nil : ["game": game.name, "action": "set", "settings": settings]
        }
        let parts = name.split(separator: "/").map(String.init)
        let known = try await bots()
        let owner: BotRecord
        if let bot, !known.contains(where: { $0.id == bot && $0.username != nil }) {
            owner = BotRecord(id: bot, username: parts[0])
        } else {
            owner = try await context.bot(named: parts[0], among: known)
        }
        let game = try await addGame(
            parts[1],
            of: owner,
            changes,
            reason: options.reason,
            isDryRun: options.dryRun
        )
        return ["game": game.name, "action": "added", "settings": Game.fieldNames]
    }
}
