package import Leaderboards
package import Storage

/// What is to be different about a game.
package struct GameChanges: Sendable {
    private var steps: [(setting: GameSetting, make: @Sendable (inout GameDraft) -> Void)] = []

    /// No change.
    package init() {}

    /// Sets what a key path leads to, unless the value is nil, which leaves it alone; a bound is taken away by
    /// `.some(nil)`.
    package mutating func set<Value: Sendable>(
        _ path: any WritableKeyPath<GameDraft, Value> & Sendable,
        to value: Value?
    ) {
        guard let value, let setting = GameSetting.all.first(where: { $0.leads(to: path) }) else { return }
        steps.append((setting, { $0[keyPath: path] = value }))
    }

    /// Sets what breaking rules leads to; rules that are not named stay as they are.
    package mutating func set(_ outcomes: [PlausibilityRule: RuleOutcome]) {
        guard !outcomes.isEmpty,
            let setting = GameSetting.all.first(where: { $0.leads(to: \.rules.bounds.outcomes) })
        else { return }
        steps.append((setting, { $0.rules.bounds.outcomes.merge(outcomes) { _, new in new } }))
    }

    /// Sets what a text spells; false where it spells no value of the setting.
    package mutating func set(_ setting: GameSetting, to text: String) -> Bool {
        var trial = GameDraft(bot: BotID(rawValue: 0), shortName: "", title: "", url: "")
        guard setting.parse(text, &trial) else { return false }
        steps.append((setting, { _ = setting.parse(text, &$0) }))
        return true
    }

    /// Sets what another description has.
    mutating func set(_ setting: GameSetting, from draft: GameDraft) {
        steps.append((setting, { setting.copy(draft, &$0) }))
    }

    func names(_ path: PartialKeyPath<GameDraft>) -> Bool { steps.contains { $0.setting.leads(to: path) } }

    /// Makes sure that a game, or a board of one, has the settings.
    func checkThatApply(to game: Game) throws(OperationError) {
        guard game.isMain else { return try checkThatApply(toBoardOf: game) }
        guard let setting = steps.first(where: { $0.setting.isOfDeclaredBoards })?.setting else { return }
        throw .invalid(
            "only boards that are declared have '\(setting.key)', and '\(game.board)' is the game's own"
        )
    }

    /// Makes sure that boards that are declared for a game have the settings.
    func checkThatApply(toBoardOf game: Game) throws(OperationError) {
        guard let setting = steps.first(where: { !$0.setting.isOfBoards })?.setting else { return }
        throw .invalid(
            "'\(setting.key)' is the whole game's: 'highscores game set \(game.gameName)' changes it"
        )
    }

    /// Whether settings are named by which runs make entries.
    var mayCountOtherwise: Bool { steps.contains { $0.setting.effect == .entries } }

    /// Carries the changes out on a description, whatever comes of it.
    package func write(to draft: inout GameDraft) {
        for step in steps { step.make(&draft) }
        draft.rules.seasons.sort()
    }

    /// Carries the changes out on a description.
    ///
    /// - Throws: ``OperationError/invalid(_:)`` when the result is no game that can be.
    package func apply(to draft: inout GameDraft) throws(OperationError) {
        let before = draft.rules
        write(to: &draft)
        // Of other boards than its own, the game's settings say it.
        if draft.root == nil, draft.rules.telegramBoard == draft.board {
            try checkThatTelegramScoreIsSaid(before: before, after: draft.rules)
        }
        try draft.check()
    }

    /// Where it is not obvious what Telegram should show, the operator must say it.
    func checkThatTelegramScoreIsSaid(
        before: GameRules,
        after: GameRules
    ) throws(OperationError) {
        guard !names(\.rules.telegramScore) else { return }
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
