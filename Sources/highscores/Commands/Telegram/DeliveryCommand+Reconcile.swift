import Application
import ArgumentParser
import BotAPI
import Outbox
import Foundation
import JSON
import Leaderboards
import Operations
import Scoring
import Storage
import Synchronization

extension DeliveryCommand {
    struct ReconcileCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "reconcile",
            "Compare Telegram's tables with what they are to hold.",
            "highscores delivery reconcile tetris --check",
            "every table of a game; ends with 7 if one differs",
            "highscores delivery reconcile --sample 500 --check",
            "500 players drawn from all tables, and who stands beside them",
            "highscores delivery reconcile tetris --repair",
            "what is missing or too low is delivered again",
            "highscores delivery reconcile tetris --repair --force --reason cheats",
            "what is too high is lowered, and who is unknown is taken off",
            more: """
                KINDS OF DRIFT
                  missing            Telegram has no score of the player
                  telegram_lower     Telegram's score is too low
                  telegram_higher    Telegram's score is too high
                  not_wanted         Telegram has a score of a player who is to have none
                  unexpected_player  Telegram has a score of somebody unknown in the chat

                A score whose delivery is under way or was given up is no drift; 'delivery
                list' shows it. Telegram shows a table in portions of about five players,
                each a call: half of HIGHSCORES_TELEGRAM_RATE is used, the rest is left to
                scores. Interrupted, it says from where to go on. Repairs are carried out by
                'highscores serve'.
                """
        )

        @Argument(
            help: "BOT/SHORT_NAME, or SHORT_NAME where only one bot has it; all games without it.",
            completion: .games
        )
        var game: String?

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("Only this chat: chat_instance, chat id or title.", valueName: "chat")
        )
        var chat: NamedChat?

        @Option(help: ArgumentHelp("Ask about so many players, drawn at random.", valueName: "number"))
        var sample: Int?

        @Option(help: ArgumentHelp("Go on behind a table, as an interrupted run said.", valueName: "table"))
        var after: TableKey?

        @Flag(help: "Only report, and end with 7 if there is drift.")
        var check = false

        @Flag(help: "Have what is missing or too low delivered again.")
        var `repair` = false

        @Flag(help: "With --repair: lower what is too high, too. Needs a GAME.")
        var force = false

        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard !(check && `repair`) else {
                throw ValidationError("'--check' only reports; leave it out to '--repair'.")
            }
            guard !force || (`repair` && game != nil) else {
                throw ValidationError("'--force' needs '--repair' and a GAME.")
            }
            guard sample.map({ $0 > 0 }) ?? true else {
                throw ValidationError("'--sample' takes a number above 0, for example 500.")
            }
            guard sample == nil || after == nil else {
                throw ValidationError("'--sample' draws anew each time; '--after' has no meaning there.")
            }
        }

        func run() async throws {
            let context = try CommandContext()
            _ = try context.settings.requireBotTokens()
            let outcome = Mutex(ReconcileReport())
            let progress = Progress("comparing", of: nil, "tables")
            defer { progress.end() }
            do {
                try await context.withPool { pool in
                    let administration = Administration(pool: pool, actor: CommandContext.userName())
                    let scope = try await scope(administration, context)
                    if force, !change.yes, !change.dryRun {
                        let name = scope.games.first?.gameName ?? ""
                        try Confirmation.ask(
                            "Scores in Telegram's tables of '\(name)' that are higher than in the database "
                                + "'\(administration.databaseName)' will be lowered.",
                            for: name
                        )
                    }
                    let rate = context.settings.scoringConfiguration.callLimits
                    let report = try await context.withClients { clients in
                        let reconciler = Reconciler(
                            pool: pool,
                            limits: rate,
                            clients: clients,
                            actor: CommandContext.userName(),
                            reason: change.reason,
                            now: { .now }
                        )
                        return try await reconciler.run(scope) { found in
                            outcome.withLock { $0 = found }
                            progress.show(found.tables, note: counted(found.drift.count, "difference"))
                        }
                    }
                    outcome.withLock { $0 = report }
                }
            } catch {
                // What was found before is true all the same.
                let report = outcome.withLock { $0 }
                progress.end()
                if report.finished != nil { try print(report) }
                tellResumption(report)
                throw error
            }
            let report = outcome.withLock { $0 }
            progress.end()
            try print(report)
            try finish(report)
        }

        // MARK: - Preparing

        /// What is covered: games whose scores Telegram shows, of bots whose tokens are set.
        private func scope(
            _ administration: Administration,
            _ context: CommandContext
        ) async throws -> ReconcileScope {
            let bots = Set(context.settings.botTokens.map { BotID(rawValue: $0.botID) })
            var games: [Game]
            if let game {
                games = [try await administration.shownBoard(of: administration.game(named: game))]
                guard games.allSatisfy({ bots.contains($0.bot) }) else {
                    throw CommandFailure(
                        .usage,
                        "TELEGRAM_BOT_TOKEN holds no token of the bot of '\(games[0].name)'"
                    )
                }
            } else {
                games = try await administration.shownBoards()
                let others = games.filter { !bots.contains($0.bot) }
                for other in others {
                    remark("left out '\(other.gameName)': TELEGRAM_BOT_TOKEN holds no token of its bot")
                }
                games.removeAll { !bots.contains($0.bot) }
            }
            games.removeAll { $0.telegramScore == .off }
            if let name = game, games.isEmpty {
                throw CommandFailure(.conflict, "Telegram is not shown the scores of '\(name)'")
            }
            let owner = games.count == 1 ? games[0].bot.description : nil
            let chat = try await chat?.find(administration, of: owner).id
            return ReconcileScope(
                games: games,
                chat: chat,
                extent: sample.map { .sample($0) } ?? .all(after: after),
                repairs: !`repair` || change.dryRun ? .none : force ? .forced : .ordinary
            )
        }

        // MARK: - Telling

        private func tellResumption(_ report: ReconcileReport) {
            guard let place = report.finished else { return }
            remark(
                "\(counted(report.drift.count, "difference")) in \(report.tables) tables so far; "
                    + "go on with '--after \(place.argument)'"
            )
        }

        private func print(_ report: ReconcileReport) throws {
            let columns = ["game", "chat", "player", "drift", "wanted", "held", "repaired"]
            let records = report.drift.map { Record($0).selecting(columns) }
            if output.json {
                let names = try output.names(of: columns)
                var writer = JSONWriter()
                writer.object { writer in
                    writer.member("schema", documentSchema)
                    Self.numbers(report).writeFields(to: &writer)
                    writer.key("after")
                    if let place = report.finished {
                        writer.value(place.argument)
                    } else {
                        writer.null()
                    }
                    writer.key("kinds")
                    writer.object { writer in
                        for (drift, count) in report.counts {
                            writer.key(escaping: drift.rawValue)
                            writer.value(count)
                        }
                    }
                    writer.key("drift")
                    writer.array { for record in records { record.selecting(names).write(to: &$0) } }
                }
                try StandardOutput.write(writer.text + "\n")
            } else {
                try output.print(records, columns: columns)
            }
            tellSummary(report)
        }

        private static func numbers(_ report: ReconcileReport) -> Record {
            [
                "tables": report.tables, "players": report.players, "calls": report.calls,
                "on_their_way": report.onTheirWay, "given_up": report.givenUp,
                "without_message": report.withoutMessage, "unreadable": report.unreadable,
                "repaired": report.drift.count(where: \.isRepaired),
            ]
        }

        private func tellSummary(_ report: ReconcileReport) {
            let kinds = report.counts.filter { $0.count > 0 }.map { "\($0.drift.rawValue) \($0.count)" }
            var text =
                "highscores: \(counted(report.players, "player")) in \(counted(report.tables, "table")) compared by "
                + "\(counted(report.calls, "call")): \(kinds.isEmpty ? "no drift" : kinds.joined(separator: ", "))"
            if report.onTheirWay > 0 { text += "; \(report.onTheirWay) on their way" }
            if report.givenUp > 0 { text += "; \(report.givenUp) were given up" }
            StandardError.write(line: text)
            if report.withoutMessage > 0 {
                remark(
                    "\(counted(report.withoutMessage, "table")) cannot be read until somebody "
                        + "presses a message of the game in the chat"
                )
            }
            if report.unreadable > 0 {
                remark(
                    "Telegram did not show \(counted(report.unreadable, "table")): "
                        + "\(report.reason ?? "")"
                )
            }
            let repaired = report.drift.count(where: \.isRepaired)
            if `repair`, !change.dryRun {
                let left = report.drift.count - repaired
                remark(
                    "\(counted(repaired, "score")) will be delivered again"
                        + (left > 0 ? "; \(left) take '--force', or have changed since" : "")
                )
            } else if `repair` {
                let (all, mild) = (report.drift.count, report.drift.count { !$0.takesForce })
                remark("dry run: \(counted(force ? all : mild, "score")) would be delivered again")
            }
        }

        private func finish(_ report: ReconcileReport) throws(CommandFailure) {
            if check, !report.drift.isEmpty { throw CommandFailure(.drift, "") }
            if report.unreadable > 0 { throw CommandFailure(.partly, "") }
        }
    }
}

/// A table as an interrupted run names it: game and chat by the numbers of the database.
extension TableKey: ExpressibleByArgument {
    init?(argument: String) {
        let numbers = argument.split(separator: ".", omittingEmptySubsequences: false).map { Int64($0) }
        guard numbers.count == 2, let game = numbers[0], let chat = numbers[1] else { return nil }
        self.init(game: GameID(rawValue: game), chat: ChatID(rawValue: chat))
    }

    fileprivate var argument: String { "\(game).\(chat)" }
}

extension FoundDrift {
    /// Whether only force puts it right.
    fileprivate var takesForce: Bool { drift.needsForce(followsLatest: game.rules.keep == .latest) }
}

extension Record {
    fileprivate init(_ found: FoundDrift) {
        self.init([
            "game": found.game.gameName, "chat": found.chatInstance, "player": found.player,
            "drift": found.drift.rawValue, "wanted": found.desired, "held": found.held,
            "repaired": found.isRepaired,
        ])
    }
}
