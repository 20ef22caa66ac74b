import JSON

/// The parameters of a call as Telegram's server reads them: everything is text first.
///
/// A JSON `null` becomes the text `null`, which is not empty; integers stop at the first character that is no
/// digit and wrap; a JSON body that does not parse has no parameters.
package struct CallParameters: Sendable, Equatable {
    /// Every parameter given, by its name.
    package private(set) var texts: [String: String] = [:]

    package init() {}

    /// The text of a parameter; empty when it is missing.
    package subscript(name: String) -> String { texts[name] ?? "" }

    /// Whether the parameter was given, be it as an empty text.
    func has(_ name: String) -> Bool { texts[name] != nil }

    /// Adds the pairs of a query string or of a form body.
    package mutating func add(form: some StringProtocol) {
        for pair in form.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            texts[Self.decoded(parts[0])] = parts.count > 1 ? Self.decoded(parts[1]) : ""
        }
    }

    /// Adds the members of a JSON object.
    package mutating func add(json bytes: [UInt8]) {
        guard let value = try? JSON.parse(bytes) else { return }
        add(object: value)
    }

    mutating func add(object: JSONValue) {
        for (name, value) in object.entries {
            texts[name] = value.string ?? String(decoding: value.raw, as: UTF8.self)
        }
    }

    /// A 32-bit integer as the server reads it: 0 without digits, wrapped when too large.
    func int32(_ name: String) -> Int32 {
        Self.wrapping(self[name])
    }

    /// A 64-bit integer as the server reads it.
    func int64(_ name: String) -> Int64 {
        Self.wrapping(self[name])
    }

    /// A message number: 0 when missing, negative or unreadable.
    var messageNumber: Int64 { Int64(max(0, int32("message_id"))) }

    /// Only `true`, `yes` and `1` are true, in any case and trimmed.
    func bool(_ name: String) -> Bool {
        let text = self[name].lowercased()
        let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        return ["true", "yes", "1"].contains(String(trimmed))
    }

    /// A parameter that is JSON itself, or nil when it is missing or does not parse.
    func json(_ name: String) -> JSONValue? {
        guard has(name) else { return nil }
        return try? JSON.parse(Array(self[name].utf8))
    }

    private static func wrapping<Integer: FixedWidthInteger & SignedInteger>(_ text: String) -> Integer {
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        var value: Integer = 0
        for byte in text.utf8.dropFirst(isNegative ? 1 : 0) {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
            value = value &* 10 &+ Integer(byte - UInt8(ascii: "0"))
        }
        return isNegative ? 0 &- value : value
    }

    /// A text without its percent encoding.
    static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(0x20)
            } else if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
