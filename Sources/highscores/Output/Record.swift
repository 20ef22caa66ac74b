import JSON
import Leaderboards

/// One thing that a command shows, as named fields.
struct Record {
    /// The value of a field.
    enum Cell: Hashable {
        case text(String)
        case integer(Int64)
        case number(Double)
        /// A number, or a word where there is none, such as `unknown`.
        case amount(String)
        case flag(Bool)
        case list([String])
        case time(Instant)
        /// One JSON value, shown as it is.
        case json(String)
        case none

        /// The text, or nothing.
        static func optional(_ text: String?) -> Cell { text.map { .text($0) } ?? .none }

        /// The time, or nothing.
        static func optional(_ time: Instant?) -> Cell { time.map { .time($0) } ?? .none }

        /// The value as people and shells read it; nothing for ``none``.
        var plain: String {
            switch self {
            case .text(let text): text
            case .integer(let integer): String(integer)
            case .number(let number):
                number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
            case .amount(let text): text
            case .flag(let flag): flag ? "yes" : "no"
            case .list(let texts): texts.joined(separator: " ")
            case .time(let time): time.description
            case .json(let text): text
            case .none: ""
            }
        }

        /// Whether a table puts the value at the right of its column.
        var isNumeric: Bool {
            switch self {
            case .integer, .number, .amount: true
            case .text, .flag, .list, .time, .json, .none: false
            }
        }

        func write(to writer: inout JSONWriter) {
            switch self {
            case .text(let text), .amount(let text): writer.value(text)
            case .integer(let integer): writer.value(integer)
            // Only finite numbers reach a record; their spelling in Swift is JSON's.
            case .number(let number): writer.value(raw: Array("\(number)".utf8))
            case .flag(let flag): writer.value(flag)
            case .list(let texts): writer.array { for text in texts { $0.value(text) } }
            case .time(let time): writer.value(time.description)
            case .json(let text): writer.value(raw: Array(text.utf8))
            case .none: writer.null()
            }
        }
    }

    /// The fields in their order.
    let fields: [(name: String, cell: Cell)]

    init(_ fields: [(name: String, cell: Cell)]) { self.fields = fields }

    /// The same thing with some of its fields, in the order asked for.
    func selecting(_ names: [String]) -> Record {
        Record(names.compactMap { name in fields.first { $0.name == name } })
    }

    /// The same thing with its times as texts of this machine's zone.
    var withLocalTimes: Record {
        Record(
            fields.map { field in
                guard case .time(let time) = field.cell else { return field }
                return (field.name, .text(time.localText))
            }
        )
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writeFields(to: &$0) }
    }

    /// Writes the fields into an object that is open.
    func writeFields(to writer: inout JSONWriter) {
        for field in fields {
            writer.key(escaping: field.name)
            field.cell.write(to: &writer)
        }
    }
}
