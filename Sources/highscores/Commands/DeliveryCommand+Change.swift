import ArgumentParser
import Leaderboards
import Operations
import Storage

extension DeliveryCommand {
    /// The command `highscores delivery retry`.
    struct RetryCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry",
            abstract: "Try deliveries again at once, within Telegram's limits.",
            discussion: examples(
                "highscores delivery retry --game tetris --state dead --dry-run",
                "how many would be tried, with a sample",
                "highscores delivery retry --player 5000000001",
                "everything of one player that waits"
            )
        )

        @OptionGroup var selection: DeliverySelection
        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let (selection, reason, isDryRun) = (selection.choice, change.reason, change.dryRun)
            let done = try await CommandContext().withAdministration { administration in
                let (filter, subject) = try await selection.filter(administration)
                return try await administration.retryDeliveries(
                    filter,
                    subject: subject,
                    reason: reason,
                    isDryRun: isDryRun
                )
            }
            _ = try output.printSample(of: done)
            for line in RetryReport(done, isDryRun: isDryRun).lines {
                StandardError.write(line: "highscores: \(line)")
            }
        }
    }

    /// The command `highscores delivery drop`.
    struct DropCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drop",
            abstract: "Give deliveries up, so that Telegram's tables stay as they are.",
            discussion: examples(
                "highscores delivery drop --game tetris --chat -3788475317572404878 --dry-run",
                "how many would be given up, with a sample",
                "highscores delivery drop --player 5000000001 --yes --reason 'left the game'",
                "without being asked"
            ) + """


                What is given up stays on record as dead. A new score of the player, a new
                message of the game in the chat or 'delivery retry' wakes it.
                """
        )

        @OptionGroup var selection: DeliverySelection
        @OptionGroup var change: ChangeOptions

        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let (selection, reason, isDryRun, isAsked) = (
                selection.choice, change.reason, change.dryRun, !change.yes && !change.dryRun
            )
            let context = try CommandContext()
            let done = try await context.withAdministration { administration in
                let (filter, subject) = try await selection.filter(administration)
                if isAsked {
                    let would = try await administration.dropDeliveries(
                        filter,
                        subject: subject,
                        isDryRun: true
                    )
                    if would.changed > 0 {
                        let number = counted(would.changed, "delivery", "deliveries")
                        try Confirmation.ask(
                            "\(number) of \(subject) would be given up in the database '\(administration.databaseName)'.",
                            for: subject
                        )
                    }
                }
                return try await administration.dropDeliveries(
                    filter,
                    subject: subject,
                    reason: reason,
                    isDryRun: isDryRun
                )
            }
            let number = try output.printSample(of: done)
            StandardError.write(
                line: isDryRun
                    ? "highscores: dry run: \(number) would be given up" : "highscores: gave \(number) up"
            )
        }
    }
}

extension OutputOptions {
    /// Shows some of the deliveries that a command changed, and counts all.
    ///
    /// - Throws: ``OutputOptions/print(_:columns:)``'s errors.
    fileprivate func printSample(of change: DeliveryChange) throws -> String {
        try print(change.records.prefix(10).map { Record($0) }, columns: Record.deliveryColumns)
        return counted(change.changed, "delivery", "deliveries")
    }
}

/// Which deliveries a command is about.
struct DeliverySelection: ParsableArguments {
    @OptionGroup var place: PlaceSelection

    @Option(
        help: ArgumentHelp(
            "pending, sending, no_target, dead or done; may be given several times. All but done by default.",
            valueName: "state"
        )
    )
    var state: [DeliveryStateName] = []

    /// The same as a plain value.
    var choice: Choice { Choice(place: place.choice, states: state.map(\.rawValue)) }

    /// What was chosen.
    struct Choice: Sendable {
        let place: PlaceSelection.Choice
        let states: [String]

        /// Finds what was named.
        ///
        /// - Returns: The filter, and what people call it.
        func filter(_ administration: Administration) async throws -> (DeliveryFilter, String) {
            let found = try await place.find(administration)
            var filter = DeliveryFilter()
            (filter.game, filter.chat, filter.player) = (found.game?.id, found.chat?.id, place.player)
            filter.states = states
            return (filter, found.name)
        }
    }
}

/// The states by which deliveries can be chosen.
enum DeliveryStateName: String, CaseIterable, ExpressibleByArgument {
    case pending, sending
    case noTarget = "no_target"
    case dead, done
}

extension Record {
    static let deliveryColumns = [
        "game", "chat", "player", "state", "cause", "wanted", "known", "target", "correction", "attempts",
        "waiting_since", "due_at", "last_call_at", "last_error",
    ]

    /// A delivery with all that is known of it.
    init(_ delivery: DeliveryRecord) {
        let desired = delivery.desired.map { "\($0)" } ?? "absent"
        self.init([
            ("game", .text(delivery.game)), ("chat", .optional(delivery.chat?.description)),
            ("player", .text(delivery.player.description)), ("state", .text(delivery.state)),
            ("cause", .text(delivery.cause)), ("wanted", .amount(desired)),
            ("known", .amount(delivery.known.text)), ("target", .optional(delivery.target)),
            ("correction", .flag(delivery.isCorrection)), ("attempts", .integer(Int64(delivery.attempts))),
            ("waiting_since", .time(delivery.waitingSince)),
            ("due_at", .time(delivery.dueAt)),
            ("last_call_at", .optional(delivery.lastCallAt)),
            ("last_error", .optional(delivery.lastError)),
        ])
    }
}

extension KnownScore {
    /// What lists show: `unknown`, `absent`, a number, or a number and more.
    fileprivate var text: String {
        switch self {
        case .unknown: "unknown"
        case .exactly(nil): "absent"
        case .exactly(let value?): "\(value)"
        case .atLeast(let value): "at least \(value)"
        }
    }
}
