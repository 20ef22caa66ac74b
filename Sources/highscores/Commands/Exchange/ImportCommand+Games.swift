import ArgumentParser
import Leaderboards
import Operations
import Postgres
import Storage
import Tokens

extension ImportCommand {
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
                Each game is added or set by itself, as by 'game add' and 'game set'. Where
                entries or Telegram's tables change, or play stops, it asks first, once for
                the whole file.
                """
        )

        @OptionGroup var input: ImportFileOptions
        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let intake = try FileIntake.open(input, .games, activity: "importing")
            defer { intake.progress.end() }
            var games: [GameLine] = []
            try intake.read({ line throws(OperationError) in try GameLine(line) }, take: { games.append($0) })
            intake.progress.end()
            var taking = GamesTaking(games, try CommandContext(), intake)
            let change = try await taking.context.withAdministration { administration in
                try await options.make(
                    askingFor: games.count == 1 ? games[0].name : "\(games.count) games",
                    to: "take in '\(input.file)'",
                    administration,
                    unless: { _ in !taking.isSweeping }
                ) { try await taking.carryOut($0, administration) }
            }
            try output.print(taking.taken, columns: ["game", "action", "settings", "audit"])
            guard intake.hasLines else { return try intake.finish() }
            let number = counted(taking.taken.count, "game")
            let isDryRun = options.isDryRun
            remark(isDryRun ? "dry run: \(number) would be added or changed" : "\(number) added or changed")
            Effect(change).tell(isDryRun: isDryRun, isSampled: isDryRun && !output.json)
            if isDryRun {
                change.tellWayBack(isDryRun: true)
            } else if taking.taken.contains(where: { $0["action"] == .text("set") }) {
                remark("'highscores audit undo ID' takes one of these back, by its number in 'audit'")
            }
            try intake.finish()
        }
    }
}

/// What a line of a file says of a game.
private struct GameLine {
    let line: Int
    let name: String
    /// The bot's id, where the file of another database tells it, so that Telegram need not be asked.
    let bot: BotID?
    let changes: GameChanges

    init(_ fields: LineFields) throws(OperationError) {
        guard let name = fields.field("game"), name.split(separator: "/").count == 2 else {
            throw .invalid("there is no game BOT/SHORT_NAME")
        }
        (line, self.name) = (fields.line, name)
        bot = fields.field("bot").flatMap { Int64($0) }.map { BotID(rawValue: $0) }
        var changes = GameChanges()
        for setting in GameSetting.all {
            guard let text = fields.field(setting.key) else { continue }
            guard changes.set(setting, to: text) else { throw .invalid("'\(text)' is no \(setting.key)") }
        }
        self.changes = changes
    }
}

/// Games on their way into the database, each by itself and all on the same terms.
private struct GamesTaking {
    let context: CommandContext
    private let games: [GameLine]
    private let intake: FileIntake
    private var rejected: Set<Int> = []
    private var plans: [Int: PlanToken] = [:]
    /// What was done, or would be, a game each.
    private(set) var taken: [Record] = []
    /// Whether more than settings changes.
    private(set) var isSweeping = false

    init(_ games: [GameLine], _ context: CommandContext, _ intake: FileIntake) {
        (self.games, self.context, self.intake) = (games, context, intake)
    }

    /// Rehearses everything, and does it where that was not all and the terms are met.
    mutating func carryOut(
        _ terms: ChangeTerms,
        _ administration: Administration
    ) async throws -> OperationChange {
        let rehearsal = try await takeAll(reason: terms.reason, isDryRun: true, administration)
        if let objection = terms.objection(to: rehearsal) { throw objection }
        guard !terms.isDryRun else { return rehearsal }
        return try await takeAll(reason: terms.reason, isDryRun: false, administration)
    }

    private mutating func takeAll(
        reason: String?,
        isDryRun: Bool,
        _ administration: Administration
    ) async throws -> OperationChange {
        var whole = OperationChange()
        taken = []
        for game in games where !rejected.contains(game.line) {
            let terms = ChangeTerms(
                reason: reason,
                isDryRun: isDryRun,
                plan: isDryRun ? nil : plans[game.line]
            )
            do {
                try await take(game, terms, administration, &whole)
            } catch OperationError.database(let error) {
                throw OperationError.database(error)
            } catch let error as OperationError {
                reject(game, error.description)
            } catch let error as CommandFailure {
                reject(game, error.description)
            }
        }
        return whole
    }

    private mutating func reject(_ game: GameLine, _ reason: String) {
        rejected.insert(game.line)
        intake.reject(game.line, reason)
    }

    /// Adds the game of a line, or sets what differs.
    private mutating func take(
        _ line: GameLine,
        _ terms: ChangeTerms,
        _ administration: Administration,
        _ whole: inout OperationChange
    ) async throws {
        let name = line.name.lowercased()
        if let game = try await administration.games().first(where: { $0.name.lowercased() == name }) {
            let change = try await administration.setGame(game, line.changes, terms: terms)
            guard !change.settings.isEmpty else { return }
            whole.add(change, of: game)
            plans[line.line] = change.plan
            isSweeping = isSweeping || change.isSweeping
            taken.append([
                "game": game.name, "action": "set", "settings": change.settings.map(\.name),
                "audit": terms.isDryRun ? nil : change.audit,
            ])
            return
        }
        let parts = line.name.split(separator: "/").map(String.init)
        let known = try await administration.bots()
        let owner: BotRecord
        if let bot = line.bot, !known.contains(where: { $0.id == bot && $0.username != nil }) {
            owner = BotRecord(id: bot, username: parts[0])
        } else {
            owner = try await context.bot(named: parts[0], among: known)
        }
        let game = try await administration.addGame(
            parts[1],
            of: owner,
            line.changes,
            reason: terms.reason,
            isDryRun: terms.isDryRun
        )
        whole.add(game)
        taken.append(["game": game.name, "action": "added", "settings": Game.fieldNames, "audit": nil])
    }
}
