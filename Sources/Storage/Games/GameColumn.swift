import Leaderboards
import Postgres

/// A column that holds a setting of a game.
struct GameColumn: Sendable {
    let name: String
    let bind: @Sendable (GameDraft, inout Query.StringInterpolation) -> Void
    /// Reads the value; false where this version does not know it.
    let read: @Sendable (Row, _ column: Int, inout GameDraft) throws(PostgresError) -> Bool

    /// All of them, in the order in which they are selected.
    static let all: [GameColumn] = [
        cell("title", \.title), cell("url", \.url), word("score_order", \.rules.order),
        word("keep", \.rules.keep), windows(),
        spelled(
            "attempts",
            \.rules.attempts,
            write: { $0.description },
            read: { GameRules.AttemptLimit($0) }
        ),
        spelled(
            "seed_window",
            \.rules.seedWindow,
            write: { $0.rawValue },
            read: { WindowKind(rawValue: $0) }
        ),
        cell("zone", \.rules.zone), cell("seasons", \.rules.seasons),
        phrase("telegram_score", \.rules.telegramScore), cell("telegram_board", \.rules.telegramBoard),
        phrase("edit_message", \.rules.messageEdits),
        cell("min_score", \.rules.bounds.minimum), cell("max_score", \.rules.bounds.maximum),
        cell("max_score_per_second", \.rules.bounds.maximumPerSecond),
        cell("min_seconds", \.rules.bounds.minimumSeconds),
        cell("max_per_hour", \.rules.bounds.maximumPerHour), rules("holding_rules", .hold),
        rules("accepting_rules", .accept), cell("shadows_rules", \.rules.bounds.isShadow),
        word("retention", \.rules.retention), word("score_format", \.rules.scoreFormat),
        cell("score_unit", \.rules.scoreUnit), cell("is_enabled", \.isEnabled),
        cell("is_public", \.isPublic), cell("shows_identity", \.showsIdentity),
        cell("is_removed", \.isRemoved),
    ]

    private static func cell<Value: PostgresCell & Sendable>(
        _ name: String,
        _ path: any WritableKeyPath<GameDraft, Value> & Sendable
    ) -> GameColumn {
        GameColumn(name: name) {
            $1.appendInterpolation($0[keyPath: path])
        } read: {
            row,
            column,
            draft throws(PostgresError) in
            draft[keyPath: path] = try row.decode(column: column)
            return true
        }
    }

    private static func spelled<Value: Sendable>(
        _ name: String,
        _ path: any WritableKeyPath<GameDraft, Value> & Sendable,
        write: @escaping @Sendable (Value) -> String,
        read: @escaping @Sendable (String) -> Value?
    ) -> GameColumn {
        GameColumn(name: name) {
            $1.appendInterpolation(write($0[keyPath: path]))
        } read: {
            row,
            column,
            draft throws(PostgresError) in
            guard let value = read(try row.decode(column: column, as: String.self)) else { return false }
            draft[keyPath: path] = value
            return true
        }
    }

    /// A column that may be null.
    private static func spelled<Value: Sendable>(
        _ name: String,
        _ path: any WritableKeyPath<GameDraft, Value?> & Sendable,
        write: @escaping @Sendable (Value) -> String,
        read: @escaping @Sendable (String) -> Value?
    ) -> GameColumn {
        GameColumn(name: name) {
            $1.appendInterpolation($0[keyPath: path].map(write))
        } read: {
            row,
            column,
            draft throws(PostgresError) in
            guard let text = try row.decode(column: column, as: String?.self) else { return true }
            draft[keyPath: path] = read(text)
            return draft[keyPath: path] != nil
        }
    }

    private static func windows() -> GameColumn {
        GameColumn(name: "windows") { draft, sql in
            sql.appendInterpolation(WindowKind.allCases.filter(draft.rules.windows.contains).map(\.rawValue))
        } read: {
            row,
            column,
            draft throws(PostgresError) in
            let names = try row.decode(column: column, as: [String].self)
            draft.rules.windows = Set(names.compactMap { WindowKind(rawValue: $0) })
            return draft.rules.windows.count == names.count
        }
    }

    private static func word<Value: RawRepresentable<String> & Sendable>(
        _ name: String,
        _ path: any WritableKeyPath<GameDraft, Value> & Sendable
    ) -> GameColumn {
        spelled(name, path, write: { $0.rawValue }, read: { Value(rawValue: $0) })
    }

    private static func phrase<Value: LosslessStringConvertible & Sendable>(
        _ name: String,
        _ path: any WritableKeyPath<GameDraft, Value> & Sendable
    ) -> GameColumn {
        spelled(name, path, write: { $0.description }, read: { Value($0) })
    }

    /// The rules that lead to an outcome, by their names.
    private static func rules(_ name: String, _ outcome: RuleOutcome) -> GameColumn {
        GameColumn(name: name) { draft, sql in
            let rules = PlausibilityRule.allCases.filter { draft.rules.bounds.outcomes[$0] == outcome }
            sql.appendInterpolation(rules.map(\.rawValue))
        } read: { row, column, draft throws(PostgresError) in
            for name in try row.decode(column: column, as: [String].self) {
                guard let rule = PlausibilityRule(rawValue: name) else { return false }
                draft.rules.bounds.outcomes[rule] = outcome
            }
            return true
        }
    }
}
