import ArgumentParser
import Leaderboards
import Operations
import Storage

/// The settings of a game as options.
struct GameOptions: ParsableArguments {
    @Option(help: "The name that people see; of a new game the short name by default.")
    var title: String?

    @OptionGroup var ranking: RankingOptions

    @Option(help: ArgumentHelp("The time zone of days, weeks and months; UTC by default.", valueName: "name"))
    var zone: String?

    @Option(
        name: .customLong("season-start"),
        help: ArgumentHelp(
            "When a season begins, such as 2026-03-01T00:00:00Z; given once for each, and together all there are.",
            valueName: "time"
        )
    )
    var seasonStarts: [Instant] = []

    @Flag(help: "Keep no leaderboards of seasons.")
    var noSeasons = false

    @Option(
        help: ArgumentHelp(
            "What Telegram's own table shows: same (default), off or inverted:CEILING.",
            valueName: "same|off|inverted:ceiling"
        )
    )
    var telegramScore: TelegramScore?

    @Option(
        help: ArgumentHelp(
            "Whether the scoreboard in the game's message follows: always (default), never, or every:SECONDS for at most so often.",
            valueName: "always|never|every:seconds"
        )
    )
    var editMessage: MessageEdits?

    @Flag(
        inversion: .prefixedNo,
        help: "Whether the global leaderboard shows Telegram ids and usernames instead of pseudonyms."
    )
    var showIdentity: Bool?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most points that a second of play can bring, or none.", valueName: "n|none")
    )
    var maxScorePerSecond: Bound<Double>?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The fewest seconds that a run can take, or none.", valueName: "n|none")
    )
    var minSeconds: Bound<Double>?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most scores of one player within any hour, or none.", valueName: "n|none")
    )
    var maxPerHour: Bound<Int32>?

    @Option(
        help: ArgumentHelp(
            "What breaking one of these five leads to: refuse (default), hold for review, or accept, which only tells; for example max-score-per-second=hold. May be given several times.",
            valueName: "rule=outcome"
        )
    )
    var outcome: [RuleSetting] = []

    @Flag(
        inversion: .prefixedNo,
        help: "Whether the rules only record what they would do; 'review list --shadow' shows it."
    )
    var shadow: Bool?

    @Option(
        help: ArgumentHelp(
            "Which runs the log keeps: all (default), or relevant, which in time drops those that no leaderboard needs.",
            valueName: "all|relevant"
        )
    )
    var retention: GameRules.Retention?

    @Flag(
        name: .customLong("public"),
        inversion: .prefixedNo,
        help: "Whether anybody may read the global leaderboard."
    )
    var isPublic: Bool?

    func validate() throws {
        guard seasonStarts.isEmpty || !noSeasons else {
            throw ValidationError("'--season-start' and '--no-seasons' exclude each other.")
        }
        guard Set(seasonStarts).count == seasonStarts.count else {
            throw ValidationError("'--season-start' takes each time once.")
        }
    }

    /// What was asked for, with the address of the page that players open.
    func changes(url: String?) -> GameChanges {
        var changes = ranking.changes
        changes.set(\.url, to: url)
        changes.set(\.title, to: title)
        changes.set(\.rules.zone, to: zone)
        changes.set(\.rules.seasons, to: noSeasons ? [] : seasonStarts.isEmpty ? nil : seasonStarts)
        changes.set(\.rules.telegramScore, to: telegramScore)
        changes.set(\.rules.messageEdits, to: editMessage)
        changes.set(\.rules.bounds.maximumPerSecond, to: maxScorePerSecond.map(\.value))
        changes.set(\.rules.bounds.minimumSeconds, to: minSeconds.map(\.value))
        changes.set(\.rules.bounds.maximumPerHour, to: maxPerHour.map(\.value))
        changes.set(Dictionary(outcome.map { ($0.rule, $0.outcome) }) { _, last in last })
        changes.set(\.rules.bounds.isShadow, to: shadow)
        changes.set(\.rules.retention, to: retention)
        changes.set(\.isPublic, to: isPublic)
        changes.set(\.showsIdentity, to: showIdentity)
        return changes
    }
}

/// A bound that is set, or taken away by `none`.
struct Bound<Value: LosslessStringConvertible & Sendable>: ExpressibleByArgument {
    let value: Value?

    init?(argument: String) {
        value = argument == "none" ? nil : Value(argument)
        guard value != nil || argument == "none" else { return nil }
    }
}

/// What breaking one rule of a game leads to, as it is typed.
struct RuleSetting: ExpressibleByArgument {
    let rule: PlausibilityRule
    let outcome: RuleOutcome

    init?(argument: String) {
        guard let (rule, outcome) = PlausibilityRule.outcome(spelled: argument) else { return nil }
        (self.rule, self.outcome) = (rule, outcome)
    }
}

extension Record {
    /// A game with all of its settings.
    init(_ game: Game) { self.init(game.fields) }
}
