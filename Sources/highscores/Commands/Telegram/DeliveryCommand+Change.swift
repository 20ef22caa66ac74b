import ArgumentParser
import Leaderboards
import Operations
import Storage

extension DeliveryCommand {
    struct RetryCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "retry",
            "Try deliveries again at once, within Telegram's limits.",
            "highscores delivery retry --game tetris --state dead --dry-run",
            "how many would be tried, with a sample",
            "highscores delivery retry --player 5000000001",
            "everything of one player that waits"
        )

        @OptionGroup var selection: DeliverySelection
        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let done = try await CommandContext().withAdministration { administration in
                let (filter, subject, _) = try await selection.filter(administration)
                return try await administration.retryDeliveries(
                    filter,
                    subject: subject,
                    reason: change.reason,
                    isDryRun: change.dryRun
                )
            }
            _ = try output.printSample(of: done)
            for line in done.outlook(isDryRun: change.dryRun) { remark(line) }
        }
    }

    struct DropCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "drop",
            "Give deliveries up, so that Telegram's tables stay as they are.",
            "highscores delivery drop --game tetris --chat -3788475317572404878 --dry-run",
            "how many would be given up, with a sample",
            "highscores delivery drop --player 5000000001 --yes --reason 'left the game'",
            "without being asked",
            more: """
                What is given up stays on record as dead. A new score of the player, a new
                message of the game in the chat or 'delivery retry' wakes it.
                """
        )

        @OptionGroup var selection: DeliverySelection
        @OptionGroup var change: ChangeOptions

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let done = try await CommandContext().withAdministration { administration in
                let (filter, subject, words) = try await selection.filter(administration)
                if !change.yes, !change.dryRun {
                    let would = try await administration.dropDeliveries(
                        filter,
                        subject: subject,
                        isDryRun: true
                    )
                    if would.changed > 0 {
                        let number = counted(would.changed, "delivery", "deliveries")
                        try Confirmation.ask(
                            "\(number) of \(words) would be given up in the database '\(administration.databaseName)'.",
                            for: subject
                        )
                    }
                }
                return try await administration.dropDeliveries(
                    filter,
                    subject: subject,
                    reason: change.reason,
                    isDryRun: change.dryRun
                )
            }
            let number = try output.printSample(of: done)
            remark(change.dryRun ? "dry run: \(number) would be given up" : "gave \(number) up")
        }
    }
}

extension OutputOptions {
    /// Shows some of the deliveries that a command changed, and counts all.
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

    /// What was chosen, how it is typed again, and what people call it.
    func filter(
        _ administration: Administration
    ) async throws -> (deliveries: DeliveryFilter, name: String, words: String) {
        let found = try await place.find(administration)
        var filter = DeliveryFilter()
        (filter.chat, filter.player) = (found.chat?.id, found.player)
        if let game = found.game { filter.game = try await administration.shownBoard(of: game).root }
        filter.states = state.map(\.rawValue)
        return (filter, found.name, found.words)
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
            "game": delivery.game, "chat": delivery.chat, "player": delivery.player, "state": delivery.state,
            "cause": delivery.cause, "wanted": FieldValue.amount(desired),
            "known": FieldValue.amount(delivery.known.text), "target": delivery.target,
            "correction": delivery.isCorrection, "attempts": delivery.attempts,
            "waiting_since": delivery.waitingSince, "due_at": delivery.dueAt,
            "last_call_at": delivery.lastCallAt, "last_error": delivery.lastError,
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
