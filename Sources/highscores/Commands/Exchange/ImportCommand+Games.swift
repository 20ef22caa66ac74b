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
                Fields are those of 'game get', and 'board': a line with one declares or sets
                a board of the game. What a line does not have stays as it is. Each game and
                board is added or set by itself, as by 'game add', 'game set', 'board add'
                and 'board set'. Where entries or Telegram's tables change, or play stops, it
                asks first, once for the whole file.
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
    let board: String
    /// The bot's id, where the file of another database tells it, so that Telegram need not be asked.
    let bot: BotID?
    let changes: GameChanges
    /// What Telegram shows, where that is not the game's own board: set once that is there.
    let shown: (board: String, changes: GameChanges)?

    init(_ fields: LineFields) throws(OperationError) {
        guard let name = fields.field("game"), name.split(separator: "/").count == 2 else {
            throw .invalid("there is no game BOT/SHORT_NAME")
        }
        (line, self.name, board) = (fields.line, name, fields.field("board") ?? Game.mainBoard)
        bot = fields.field("bot").flatMap { Int64($0) }.map { BotID(rawValue: $0) }
        var (changes, showing) = (GameChanges(), GameChanges())
        let other = board == Game.mainBoard ? fields.field("telegram_board") : nil
        let shown = other.flatMap { $0 == Game.mainBoard ? nil : $0 }
        for setting in GameSetting.all {
            guard let text = fields.field(setting.key) else { continue }
            let isOfShown = shown != nil && ["telegram_board", "telegram_score"].contains(setting.key)
            let isTaken = isOfShown ? showing.set(setting, to: text) : changes.set(setting, to: text)
            guard isTaken else { throw .invalid("'\(text)' is no \(setting.key)") }
        }
        self.changes = changes
        self.shown = shown.map { ($0, showing) }
    }
}

/// Games on their way into the database, each by itself and all on the same terms.
private struct GamesTaking {
    let context: CommandContext
    private let games: [GameLine]
    private let intake: FileIntake
    private var rejected: Set<Int> = []
    private var plans: [Int: PlanToken] = [:]
    /// The games that were added, or would be, by their names and those of their new boards.
    private var added: [String: Game] = [:]
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
        (taken, added) = ([], [:])
        for line in games {
            try await attempt(line, line.line, reason, isDryRun) { taking, terms in
                try await taking.take(line, terms, administration, &whole)
            }
        }
        // Boards are there by now that Telegram is to show.
        for line in games where line.shown != nil {
            try await attempt(line, -line.line, reason, isDryRun) { taking, terms in
                try await taking.show(line, terms, administration, &whole)
            }
        }
        return whole
    }

    /// Does what a line says, or tells why not and passes the line over from then on.
    ///
    /// - Parameter step: By what its plan is known.
    private mutating func attempt(
        _ line: GameLine,
        _ step: Int,
        _ reason: String?,
        _ isDryRun: Bool,
        _ body: (inout GamesTaking, ChangeTerms) async throws -> Void
    ) async throws {
        guard !rejected.contains(line.line) else { return }
        let terms = ChangeTerms(reason: reason, isDryRun: isDryRun, plan: isDryRun ? nil : plans[step])
        do {
            try await body(&self, terms)
        } catch OperationError.database(let error) {
            throw OperationError.database(error)
        } catch let error as OperationError {
            reject(line, error.description)
        } catch let error as CommandFailure {
            reject(line, error.description)
        }
    }

    private mutating func reject(_ game: GameLine, _ reason: String) {
        rejected.insert(game.line)
        intake.reject(game.line, reason)
    }

    /// Adds the game or board of a line, or sets what differs.
    private mutating func take(
        _ line: GameLine,
        _ terms: ChangeTerms,
        _ administration: Administration,
        _ whole: inout OperationChange
    ) async throws {
        let name = line.name.lowercased()
        let root = try await administration.games().first { $0.name.lowercased() == name }
        guard line.board == Game.mainBoard else {
            guard let root = root ?? added[name] else {
                throw OperationError.notFound("there is no game '\(line.name)' that the board could be of")
            }
            return try await takeBoard(line, of: root, terms, administration, &whole)
        }
        if let game = root {
            return try await set(game, line.changes, line.line, terms, administration, &whole)
        }
        let parts = line.name.split(separator: "/").map(String.init)
        let known = try await administration.bots()
        let owner: BotRecord
        if let bot = line.bot, !known.contains(where: { $0.id == bot && $0.username != nil }) {
            owner = BotRecord(id: bot, username: parts[0])
        } else {
            owner = try await context.bot(named: parts[0], among: known)
        }
        var changes = line.changes
        // Nothing is said yet of what Telegram shows.
        if line.shown != nil { changes.set(\.rules.telegramScore, to: .off) }
        let game = try await administration.addGame(
            parts[1],
            of: owner,
            changes,
            reason: terms.reason,
            isDryRun: terms.isDryRun
        )
        added[name] = game
        note(game.name, Game.fieldNames, &whole)
    }

    private mutating func takeBoard(
        _ line: GameLine,
        of root: Game,
        _ terms: ChangeTerms,
        _ administration: Administration,
        _ whole: inout OperationChange
    ) async throws {
        if let board = try await administration.boards(of: root).first(where: { $0.board == line.board }) {
            return try await set(board, line.changes, line.line, terms, administration, &whole)
        }
        if terms.isDryRun, added[root.name.lowercased()] != nil {
            // The game itself was only rehearsed.
            try Administration.checkBoard(line.board, of: root, line.changes)
        } else {
            _ = try await administration.addBoards(
                [line.board],
                of: root,
                line.changes,
                reason: terms.reason,
                isDryRun: terms.isDryRun
            )
        }
        let name = "\(root.name):\(line.board)"
        added[name.lowercased()] = root
        note(name, Game.boardFieldNames, &whole)
    }

    /// Has Telegram show the board that a line names.
    private mutating func show(
        _ line: GameLine,
        _ terms: ChangeTerms,
        _ administration: Administration,
        _ whole: inout OperationChange
    ) async throws {
        guard let shown = line.shown else { return }
        let name = line.name.lowercased()
        let root = try await administration.games().first { $0.name.lowercased() == name }
        if terms.isDryRun, added[name] != nil || added["\(name):\(shown.board)"] != nil {
            // What is only rehearsed is not there to be shown.
            isSweeping = isSweeping || root != nil
            return
        }
        guard let root else { return }
        try await set(root, shown.changes, -line.line, terms, administration, &whole)
    }

    private mutating func set(
        _ game: Game,
        _ changes: GameChanges,
        _ step: Int,
        _ terms: ChangeTerms,
        _ administration: Administration,
        _ whole: inout OperationChange
    ) async throws {
        let change = try await administration.setGame(game, changes, terms: terms)
        guard !change.settings.isEmpty else { return }
        whole.add(change, of: game)
        plans[step] = change.plan
        isSweeping = isSweeping || change.isSweeping
        taken.append([
            "game": game.name, "action": "set", "settings": change.settings.map(\.name),
            "audit": terms.isDryRun ? nil : change.audit,
        ])
    }

    private mutating func note(_ name: String, _ settings: [String], _ whole: inout OperationChange) {
        whole.add(newGame: name)
        taken.append(["game": name, "action": "added", "settings": settings, "audit": nil])
    }
}
