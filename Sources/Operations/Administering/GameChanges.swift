package import Leaderboards
package import Storage

/// What an operator wants to be different about a game; nil leaves a setting as it is.
package struct GameChanges: Sendable {
    /// A bound that may be set, taken away or left alone.
    package enum Bound<Value: Sendable>: Sendable {
        case none
        case at(Value)

        /// The bound as it is stored.
        package var value: Value? {
            switch self {
            case .none: nil
            case .at(let value): value
            }
        }
    }

    package var title: String?
    package var url: String?
    package var order: GameRules.Order?
    package var keep: GameRules.Keep?
    package var zone: String?
    /// The starts of all seasons, in any order; empty for none.
    package var seasons: [Instant]?
    package var telegramScore: TelegramScore?
    package var messageEdits: MessageEdits?
    package var minimumScore: Bound<Int32>?
    package var maximumScore: Bound<Int32>?
    package var maximumScorePerSecond: Bound<Double>?
    package var minimumSeconds: Bound<Double>?
    package var maximumPerHour: Bound<Int32>?
    /// What breaking rules leads to; rules that are not named stay as they are.
    package var outcomes: [PlausibilityRule: RuleOutcome] = [:]
    package var isShadow: Bool?
    package var retention: GameRules.Retention?
    package var isEnabled: Bool?
    package var isPublic: Bool?
    package var showsIdentity: Bool?

    /// No change.
    package init() {}

    /// Carries the changes out on a description.
    ///
    /// - Throws: ``AdministrationError/invalid(_:)`` when the result is no game that can be.
    package func apply(to draft: inout GameDraft) throws(AdministrationError) {
        let before = draft.rules
        if let title { draft.title = title }
        if let url { draft.url = url }
        if let order { draft.rules.order = order }
        if let keep { draft.rules.keep = keep }
        if let zone { draft.rules.zone = zone }
        if let seasons { draft.rules.seasons = seasons.sorted() }
        if let telegramScore { draft.rules.telegramScore = telegramScore }
        if let messageEdits { draft.rules.messageEdits = messageEdits }
        if let minimumScore { draft.rules.bounds.minimum = minimumScore.value }
        if let maximumScore { draft.rules.bounds.maximum = maximumScore.value }
        if let maximumScorePerSecond { draft.rules.bounds.maximumPerSecond = maximumScorePerSecond.value }
        if let minimumSeconds { draft.rules.bounds.minimumSeconds = minimumSeconds.value }
        if let maximumPerHour { draft.rules.bounds.maximumPerHour = maximumPerHour.value }
        if !outcomes.isEmpty { draft.rules.bounds.outcomes.merge(outcomes) { _, new in new } }
        if let isShadow { draft.rules.bounds.isShadow = isShadow }
        if let retention { draft.rules.retention = retention }
        if let isEnabled { draft.isEnabled = isEnabled }
        if let isPublic { draft.isPublic = isPublic }
        if let showsIdentity { draft.showsIdentity = showsIdentity }
        try checkThatTelegramScoreIsSaid(before: before, after: draft.rules)
        try draft.check()
    }

    /// Where it is not obvious what Telegram should show, the operator must say it.
    private func checkThatTelegramScoreIsSaid(
        before: GameRules,
        after: GameRules
    ) throws(AdministrationError) {
        guard telegramScore == nil else { return }
        if after.order == .lower, before.order != .lower {
            throw .invalid("order 'lower' needs --telegram-score off or --telegram-score inverted:CEILING")
        }
        if after.keep != .best, before.keep != after.keep {
            throw .invalid(
                "keep '\(after.keep.rawValue)' needs --telegram-score, which says what Telegram's own table shows: "
                    + "same, off or inverted:CEILING"
            )
        }
    }
}
