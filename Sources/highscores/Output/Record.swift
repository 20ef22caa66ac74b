import JSON
import Leaderboards
import Operations
import Storage

/// One thing that a command shows, as named fields.
struct Record: ExpressibleByDictionaryLiteral {
    /// The fields in their order.
    let fields: [(name: String, value: FieldValue)]

    init(_ fields: [(name: String, value: FieldValue)]) { self.fields = fields }

    init(_ fields: KeyValuePairs<String, (any Field)?>) {
        self.fields = fields.map { ($0.key, $0.value?.field ?? .none) }
    }

    init(dictionaryLiteral elements: (String, (any Field)?)...) {
        fields = elements.map { ($0.0, $0.1?.field ?? .none) }
    }

    /// The same thing with some of its fields, in the order asked for.
    func selecting(_ names: [String]) -> Record {
        Record(names.compactMap { name in fields.first { $0.name == name } })
    }

    /// The value of a field; nil where there is no such field.
    subscript(name: String) -> FieldValue? { fields.first { $0.name == name }?.value }

    /// The same thing with its times as texts.
    func withTimes(_ text: (Instant) -> String) -> Record {
        Record(
            fields.map { field in
                guard case .time(let time) = field.value else { return field }
                return (field.name, .text(text(time)))
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
            field.value.write(to: &writer)
        }
    }

    static func + (left: Record, right: Record) -> Record { Record(left.fields + right.fields) }
}

extension FieldValue {
    /// The value as people and shells read it; nothing for ``none``.
    var plain: String {
        switch self {
        case .text(let text), .amount(let text), .json(let text): text
        case .integer(let integer): String(integer)
        case .number(let number):
            number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
        case .flag(let flag): flag ? "yes" : "no"
        case .list(let texts): texts.joined(separator: " ")
        case .time(let time): time.description
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
}

/// What can be the value of a field.
protocol Field { var field: FieldValue { get } }

extension FieldValue: Field { var field: FieldValue { self } }
extension String: Field { var field: FieldValue { .text(self) } }
extension Bool: Field { var field: FieldValue { .flag(self) } }
extension Double: Field { var field: FieldValue { .number(self) } }
extension Int64: Field { var field: FieldValue { .integer(self) } }
extension Int: Field { var field: FieldValue { .integer(Int64(self)) } }
extension Int32: Field { var field: FieldValue { .integer(Int64(self)) } }
extension Instant: Field { var field: FieldValue { .time(self) } }
extension [String]: Field { var field: FieldValue { .list(self) } }

// Ids are texts: no program that reads JSON may round them.
extension Field where Self: CustomStringConvertible { var field: FieldValue { .text(description) } }
extension PlayerID: Field {}
extension BotID: Field {}
extension RunID: Field {}
extension ChatInstance: Field {}
extension TelegramChatID: Field {}
extension AuditID: Field {}
extension APIKeyID: Field {}
