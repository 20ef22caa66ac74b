import JSON

/// A JSON document that is being written: what the simulator answers, sends and stores.
///
/// Members keep the order in which they were given, as Telegram's do, and an ``absent`` member is left out,
/// because an optional field that is not there must not appear as `null`.
package indirect enum Document: Sendable, Equatable {
    case absent
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([Document])
    case object([Member])
    /// A value that is JSON already.
    case json(String)

    /// One name and its value in an object.
    package struct Member: Sendable, Equatable {
        package let name: String
        package let value: Document
    }

    /// A string, or an absent member for nil.
    package static func optional(_ text: String?) -> Document { text.map { .string($0) } ?? .absent }

    /// A number, or an absent member for nil.
    package static func optional(_ number: Int64?) -> Document { number.map { .integer($0) } ?? .absent }

    /// The member of an object, or nil.
    package subscript(name: String) -> Document? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name && $0.value != .absent }?.value
    }

    /// The text of a string, or nil.
    package var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The value of a number, or nil.
    package var number: Int64? {
        guard case .integer(let number) = self else { return nil }
        return number
    }

    /// The document as compact JSON.
    package var bytes: [UInt8] {
        var writer = JSONWriter(reservingCapacity: 512)
        write(to: &writer)
        return writer.bytes
    }

    /// The document as compact JSON text.
    package var json: String { String(decoding: bytes, as: UTF8.self) }

    private func write(to writer: inout JSONWriter) {
        switch self {
        case .absent, .null: writer.null()
        case .bool(let value): writer.value(value)
        case .integer(let value): writer.value(value)
        case .string(let text): writer.value(text)
        case .json(let text): writer.value(raw: Array(text.utf8))
        case .array(let elements):
            writer.beginArray()
            for element in elements { element.write(to: &writer) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for member in members where member.value != .absent {
                writer.key(escaping: member.name)
                member.value.write(to: &writer)
            }
            writer.endObject()
        }
    }
}

extension Document: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    package init(dictionaryLiteral elements: (String, Document)...) {
        self = .object(elements.map { Member(name: $0.0, value: $0.1) })
    }

    package init(arrayLiteral elements: Document...) { self = .array(elements) }

    package init(stringLiteral value: String) { self = .string(value) }

    package init(integerLiteral value: Int64) { self = .integer(value) }

    package init(booleanLiteral value: Bool) { self = .bool(value) }
}
