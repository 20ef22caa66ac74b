import JSON
package import Leaderboards
package import Storage

/// One setting of a game: what documents and commands call it, how it is read and shown, and what a change of it touches.
package struct GameSetting: Sendable {
    /// What follows from another value, in the transaction that writes it.
    enum Effect {
        case nothing
        /// The leaderboards are made anew from the log.
        case entries
        /// Telegram is to show another number for everybody.
        case telegram
    }

    package let key: String
    let effect: Effect
    private let path: any PartialKeyPath<GameDraft> & Sendable
    let value: @Sendable (GameDraft) -> FieldValue
    /// Takes a value over from another description.
    let copy: @Sendable (GameDraft, inout GameDraft) -> Void
    /// Takes the value that a text spells; false where it spells none.
    let parse: @Sendable (String, inout GameDraft) -> Bool

    func leads(to other: PartialKeyPath<GameDraft>) -> Bool { path as PartialKeyPath<GameDraft> == other }

    private init<Value: Sendable>(
        _ key: String,
        _ path: any WritableKeyPath<GameDraft, Value> & Sendable,
        _ effect: Effect = .nothing,
        show: @escaping @Sendable (Value) -> FieldValue,
        read: @escaping @Sendable (String, Value) -> Value?
    ) {
        (self.key, self.path, self.effect) = (key, path, effect)
        value = { show($0[keyPath: path]) }
        copy = { $1[keyPath: path] = $0[keyPath: path] }
        parse = { text, draft in
            guard let value = read(text, draft[keyPath: path]) else { return false }
            draft[keyPath: path] = value
            return true
        }
    }
}

extension GameSetting {
    /// All of them, in the order in which they are shown.
    package static let all: [GameSetting] = [
        text("title", \.title),
        text("url", \.url),
        word("order", \.rules.order, .entries),
        word("keep", \.rules.keep, .entries),
        GameSetting("windows", \.rules.windows, .entries) { windows in
            .list(WindowKind.allCases.filter(windows.contains).map(\.rawValue))
        } read: { text, _ in
            let windows = text.split { $0 == " " || $0 == "," }.map { WindowKind(rawValue: String($0)) }
            return windows.contains(nil) ? nil : Set(windows.compactMap(\.self))
        },
        // Windows of boards with attempts or seeds begin in the game's zone, whatever a chat's own.
        optional("attempts", \.rules.attempts, .entries, show: { $0.description }) {
            GameRules.AttemptLimit($0)
        },
        optional("seed", \.rules.seedWindow, .entries, show: { $0.rawValue }) { WindowKind(rawValue: $0) },
        text("zone", \.rules.zone, .entries),
        GameSetting("seasons", \.rules.seasons, .entries) {
            .list($0.map(\.description))
        } read: { text, _ in
            let starts = text.split(separator: " ").map { Instant(rfc3339: String($0)) }
            return starts.contains(nil) ? nil : starts.compactMap(\.self)
        },
        phrase("telegram_score", \.rules.telegramScore, .telegram),
        text("telegram_board", \.rules.telegramBoard, .telegram),
        phrase("edit_message", \.rules.messageEdits),
        bound("min_score", \.rules.bounds.minimum) { .integer(Int64($0)) },
        bound("max_score", \.rules.bounds.maximum) { .integer(Int64($0)) },
        bound("max_score_per_second", \.rules.bounds.maximumPerSecond) { .number($0) },
        bound("min_seconds", \.rules.bounds.minimumSeconds) { .number($0) },
        bound("max_per_hour", \.rules.bounds.maximumPerHour) { .integer(Int64($0)) },
        GameSetting("outcomes", \.rules.bounds.outcomes) { outcomes in
            .list(
                PlausibilityRule.allCases.compactMap { rule in
                    outcomes[rule].map { "\(rule.rawValue)=\($0.rawValue)" }
                }
            )
        } read: { text, present in
            // Rules that are not named stay as they are.
            var outcomes = present
            for word in text.split(separator: " ") {
                guard let (rule, outcome) = PlausibilityRule.outcome(spelled: word) else { return nil }
                outcomes[rule] = outcome
            }
            return outcomes
        },
        flag("shadow", \.rules.bounds.isShadow),
        word("retention", \.rules.retention),
        word("score_format", \.rules.scoreFormat),
        optional("score_unit", \.rules.scoreUnit, show: { $0 }) { $0 },
        flag("enabled", \.isEnabled),
        flag("public", \.isPublic),
        flag("show_identity", \.showsIdentity),
        flag("removed", \.isRemoved),
    ]

    /// What boards that are declared for a game have of their own; the rest is the game's.
    private static let ofBoards: Set<String> = [
        "order", "keep", "windows", "attempts", "seed", "min_score", "max_score", "score_format",
        "score_unit",
        "removed",
    ]
    /// What only declared boards have.
    private static let ofDeclaredBoards: Set<String> = ["attempts", "seed", "removed"]

    /// Whether only boards that are declared have the setting.
    var isOfDeclaredBoards: Bool { Self.ofDeclaredBoards.contains(key) }

    /// Whether boards that are declared have the setting of their own.
    var isOfBoards: Bool { Self.ofBoards.contains(key) }

    /// Whether a game, or a board of one, has the setting.
    func applies(to game: Game) -> Bool { game.isMain ? !isOfDeclaredBoards : isOfBoards }

    private static func optional<Value: Sendable>(
        _ key: String,
        _ path: any WritableKeyPath<GameDraft, Value?> & Sendable,
        _ effect: Effect = .nothing,
        show: @escaping @Sendable (Value) -> String,
        read: @escaping @Sendable (String) -> Value?
    ) -> GameSetting {
        GameSetting(key, path, effect, show: { $0.map { .text(show($0)) } ?? .none }) { text, _ in
            text == "none" ? .some(nil) : read(text).map { .some($0) }
        }
    }

    private static func text(
        _ key: String,
        _ path: any WritableKeyPath<GameDraft, String> & Sendable,
        _ effect: Effect = .nothing
    ) -> GameSetting {
        GameSetting(key, path, effect, show: { .text($0) }, read: { text, _ in text })
    }

    private static func word<Value: RawRepresentable<String> & Sendable>(
        _ key: String,
        _ path: any WritableKeyPath<GameDraft, Value> & Sendable,
        _ effect: Effect = .nothing
    ) -> GameSetting {
        GameSetting(
            key,
            path,
            effect,
            show: { .text($0.rawValue) },
            read: { text, _ in Value(rawValue: text) }
        )
    }

    private static func phrase<Value: LosslessStringConvertible & Sendable>(
        _ key: String,
        _ path: any WritableKeyPath<GameDraft, Value> & Sendable,
        _ effect: Effect = .nothing
    ) -> GameSetting {
        GameSetting(key, path, effect, show: { .text($0.description) }, read: { text, _ in Value(text) })
    }

    private static func bound<Value: LosslessStringConvertible & Sendable>(
        _ key: String,
        _ path: any WritableKeyPath<GameDraft, Value?> & Sendable,
        _ show: @escaping @Sendable (Value) -> FieldValue
    ) -> GameSetting {
        GameSetting(key, path, show: { $0.map(show) ?? .none }) { text, _ in
            text == "none" ? .some(nil) : Value(text).map { .some($0) }
        }
    }

    private static func flag(
        _ key: String,
        _ path: any WritableKeyPath<GameDraft, Bool> & Sendable
    ) -> GameSetting {
        GameSetting(key, path, show: { .flag($0) }) { text, _ in
            ["true": true, "yes": true, "false": false, "no": false][text]
        }
    }

    /// Takes the value that a document of the audit has; false where it has another kind of value.
    func read(_ value: JSONValue, into draft: inout GameDraft) -> Bool {
        switch value.kind {
        case .null: parse("none", &draft)
        case .bool: parse("\(value.bool == true)", &draft)
        case .number: parse(value.numberText ?? "", &draft)
        case .string: parse(value.string ?? "", &draft)
        case .array: parse(value.elements.map { $0.string ?? "?" }.joined(separator: " "), &draft)
        case .object: false
        }
    }
}

extension PlausibilityRule {
    /// Reads a rule by its code, or as settings or options spell it.
    package init?(spelled text: some StringProtocol) {
        let name = text.split(separator: "-", omittingEmptySubsequences: false).joined(separator: "_")
        guard let rule = Self.allCases.first(where: { $0.rawValue == name || $0.code == name }) else {
            return nil
        }
        self = rule
    }

    /// Reads `RULE=OUTCOME`, the rule as ``init(spelled:)`` does.
    package static func outcome(spelled text: some StringProtocol) -> (PlausibilityRule, RuleOutcome)? {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let outcome = RuleOutcome(rawValue: String(parts[1])),
            let rule = PlausibilityRule(spelled: parts[0])
        else { return nil }
        return (rule, outcome)
    }
}

extension Game {
    /// The names that documents and commands use for what makes up a game.
    package static let fieldNames =
        ["game", "bot", "short_name"] + GameSetting.all.filter { !$0.isOfDeclaredBoards }.map(\.key)

    /// The names that exports use for what makes up games and their boards.
    package static let exportedNames =
        ["game", "board", "bot", "short_name"] + GameSetting.all.map(\.key).filter { $0 != "removed" }

    /// Those of boards that are declared for a game.
    package static let boardFieldNames =
        ["game", "bot", "short_name", "board"] + GameSetting.all.filter(\.isOfBoards).map(\.key)

    /// Everything that makes up a game, by these names.
    package var fields: [(name: String, value: FieldValue)] {
        let draft = GameDraft(self)
        return [("game", .text(name)), ("bot", .text(bot.description)), ("short_name", .text(shortName))]
            + (isMain ? [] : [("board", .text(board))])
            + GameSetting.all.filter { $0.applies(to: self) }.map { ($0.key, $0.value(draft)) }
    }

    /// The same as one JSON object, for the audit.
    var document: String {
        var writer = JSONWriter()
        writer.object {
            for field in fields {
                $0.key(escaping: field.name)
                field.value.write(to: &$0)
            }
        }
        return writer.text
    }
}

extension GameDraft {
    /// The description from which a game was made.
    package init(_ game: Game) {
        self.init(
            bot: game.bot,
            shortName: game.shortName,
            root: game.isMain ? nil : game.root,
            board: game.board,
            title: game.title,
            url: game.url,
            rules: game.rules,
            isEnabled: game.isEnabled,
            isPublic: game.isPublic,
            showsIdentity: game.showsIdentity
        )
        isRemoved = game.isRemoved
    }
}
