import JSON
import Leaderboards

/// How a setting of an audit document is compared, however the database spells it.
enum SettingText {
    static func of(_ value: JSONValue?) -> String {
        guard let value else { return "null" }
        return switch value.kind {
        case .null: "null"
        case .bool: "\(value.bool == true)"
        case .number: "\(value.numberText.flatMap { Double($0) } ?? .nan)"
        case .string: "'\(value.string ?? "")'"
        case .array: "[\(value.elements.map { SettingText.of($0) }.joined(separator: ","))]"
        case .object: String(decoding: value.raw, as: UTF8.self)
        }
    }
}

extension GameChanges {
    /// Notes that a setting is to be what a document of the audit says.
    ///
    /// - Parameters:
    ///   - name: The setting's name in documents.
    ///   - value: What it is to be.
    /// - Throws: ``AdministrationError/conflict(_:)`` where it cannot be set to that.
    mutating func set(_ name: String, to value: JSONValue?) throws(AdministrationError) {
        let isKnown: Bool
        switch name {
        case "title": isKnown = Self.read(value?.string, into: &title)
        case "url": isKnown = Self.read(value?.string, into: &url)
        case "order": isKnown = Self.read(value?.string.flatMap { .init(rawValue: $0) }, into: &order)
        case "keep": isKnown = Self.read(value?.string.flatMap { .init(rawValue: $0) }, into: &keep)
        case "zone": isKnown = Self.read(value?.string, into: &zone)
        case "seasons":
            let starts = value?.elements.map { $0.string.flatMap { Instant(rfc3339: $0) } } ?? [nil]
            isKnown = Self.read(starts.contains(nil) ? nil : starts.compactMap(\.self), into: &seasons)
        case "telegram_score":
            isKnown = Self.read(value?.string.flatMap { TelegramScore($0) }, into: &telegramScore)
        case "edit_message":
            isKnown = Self.read(value?.string.flatMap { MessageEdits($0) }, into: &messageEdits)
        case "min_score": isKnown = Self.read(Self.bound(value) { Int32($0) }, into: &minimumScore)
        case "max_score": isKnown = Self.read(Self.bound(value) { Int32($0) }, into: &maximumScore)
        case "max_score_per_second":
            isKnown = Self.read(Self.bound(value) { Double($0) }, into: &maximumScorePerSecond)
        case "min_seconds": isKnown = Self.read(Self.bound(value) { Double($0) }, into: &minimumSeconds)
        case "max_per_hour": isKnown = Self.read(Self.bound(value) { Int32($0) }, into: &maximumPerHour)
        case "outcomes":
            var others: [PlausibilityRule: RuleOutcome]?
            isKnown = Self.read(Self.outcomes(value), into: &others)
            outcomes = others ?? [:]
        case "shadow": isKnown = Self.read(value?.bool, into: &isShadow)
        case "retention":
            isKnown = Self.read(value?.string.flatMap { .init(rawValue: $0) }, into: &retention)
        case "enabled": isKnown = Self.read(value?.bool, into: &isEnabled)
        case "public": isKnown = Self.read(value?.bool, into: &isPublic)
        case "show_identity": isKnown = Self.read(value?.bool, into: &showsIdentity)
        default: isKnown = false
        }
        guard isKnown else { throw .conflict("'\(name)' cannot be set back to what it was") }
    }

    private static func read<Value>(_ value: Value?, into setting: inout Value?) -> Bool {
        setting = value
        return value != nil
    }

    /// What all rules lead to, of which the document lists those that do not simply refuse.
    private static func outcomes(_ value: JSONValue?) -> [PlausibilityRule: RuleOutcome]? {
        guard let value, value.kind == .array else { return nil }
        var outcomes = Dictionary(
            uniqueKeysWithValues: PlausibilityRule.allCases.map { ($0, RuleOutcome.refuse) }
        )
        for element in value.elements {
            let parts = element.string?.split(separator: "=").map(String.init) ?? []
            guard parts.count == 2, let rule = PlausibilityRule(rawValue: parts[0]),
                let outcome = RuleOutcome(rawValue: parts[1])
            else { return nil }
            outcomes[rule] = outcome
        }
        return outcomes
    }

    private static func bound<Value>(_ value: JSONValue?, _ read: (String) -> Value?) -> Bound<Value>? {
        guard let value, !value.isNull else { return Bound.none }
        return value.numberText.flatMap(read).map { .at($0) }
    }
}
