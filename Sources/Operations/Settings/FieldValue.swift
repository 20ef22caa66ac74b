package import JSON
package import Leaderboards

/// The value of a named field, as documents and commands show it.
package enum FieldValue: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    /// Finite.
    case number(Double)
    /// A number, or a word where there is none, such as `unknown`.
    case amount(String)
    case flag(Bool)
    case list([String])
    case time(Instant)
    /// One JSON value, shown as it is.
    case json(String)
    case none

    package func write(to writer: inout JSONWriter) {
        switch self {
        case .text(let text), .amount(let text): writer.value(text)
        case .integer(let integer): writer.value(integer)
        // Swift's spelling of finite numbers is JSON's.
        case .number(let number): writer.value(raw: Array("\(number)".utf8))
        case .flag(let flag): writer.value(flag)
        case .list(let texts): writer.array { for text in texts { $0.value(text) } }
        case .time(let time): writer.value(time.description)
        case .json(let text): writer.value(raw: Array(text.utf8))
        case .none: writer.null()
        }
    }
}
