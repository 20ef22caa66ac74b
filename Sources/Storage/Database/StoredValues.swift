package import Leaderboards
package import Postgres

/// A domain value that PostgreSQL stores as a value of a plainer type.
package protocol StoredAs: PostgresValue {
    associatedtype Stored: PostgresValue

    /// The value as it is stored.
    var stored: Stored { get }

    /// Reads a stored value.
    ///
    /// - Parameter stored: What ``stored`` gave; nil when it means nothing here.
    init?(stored: Stored)
}

extension StoredAs {
    package static var postgresType: PostgresType { Stored.postgresType }
    package static var acceptedTypes: [PostgresType] { Stored.acceptedTypes }

    package func encode(into bytes: inout [UInt8]) throws(PostgresError) {
        try stored.encode(into: &bytes)
    }

    package static func decode(_ bytes: RawSpan) throws(PostgresError) -> Self {
        guard let value = Self(stored: try Stored.decode(bytes)) else {
            throw PostgresError(.decoding, "the stored value is no \(Self.self)")
        }
        return value
    }
}

extension Identifier where Self: StoredAs, Stored == Int64 {
    package var stored: Int64 { rawValue }
    package init?(stored: Int64) { self.init(rawValue: stored) }
}

extension BotID: StoredAs { package typealias Stored = Int64 }
extension GameID: StoredAs { package typealias Stored = Int64 }
extension GameTokenID: StoredAs { package typealias Stored = Int64 }
extension PlayerID: StoredAs { package typealias Stored = Int64 }
extension ChatID: StoredAs { package typealias Stored = Int64 }
extension TelegramChatID: StoredAs { package typealias Stored = Int64 }
extension ChatInstance: StoredAs { package typealias Stored = Int64 }

extension Instant: StoredAs {
    package var stored: Timestamp { Timestamp(microsecondsSinceEpoch: milliseconds * 1000) }

    package init?(stored: Timestamp) {
        self.init(milliseconds: stored.microsecondsSinceEpoch / 1000)
    }
}

extension RunID: StoredAs {
    package var stored: UUIDBytes { UUIDBytes(high: value.high, low: value.low) }
    package init?(stored: UUIDBytes) { self.init(Identifier128(high: stored.high, low: stored.low)) }
}

extension Target {
    /// The spelling under which the database stores a target; nil for none.
    package var stored: StoredTarget? {
        switch self {
        case .message(let message): StoredTarget(text: "message:\(message.chat):\(message.id)", target: self)
        case .inline(let id): StoredTarget(text: "inline:\(id)", target: self)
        case .none: nil
        }
    }
}

/// A target that there is, in the spelling of the database.
package struct StoredTarget: StoredAs, Hashable {
    private let text: String
    /// The target itself.
    package let target: Target

    /// Whether somebody sent the message through inline mode.
    package var isInline: Bool { if case .inline = target { true } else { false } }

    fileprivate init(text: String, target: Target) {
        self.text = text
        self.target = target
    }

    package var stored: String { text }

    package init?(stored: String) {
        let parts = stored.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let target: Target?
        switch parts[0] {
        case "inline": target = Target(inline: String(parts[1]))
        case "message":
            let numbers = parts[1].split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
            guard numbers.count == 2, let chat = numbers[0], let message = numbers[1] else { return nil }
            target = Target(chat: chat, message: message)
        default: return nil
        }
        guard let target else { return nil }
        self.target = target
        text = stored
    }
}
