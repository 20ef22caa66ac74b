import JSON

/// A command such as `/start@some_bot payload`, taken apart.
package struct IncomingCommand: Sendable, Hashable {
    /// The command without its slash, in lower case.
    package let name: String
    /// The bot that it is addressed to, without `@`, as typed; user names are compared without regard to case.
    package var botUsername: String?
    /// The rest of the text without surrounding white space.
    package var payload: String?
}

extension IncomingCommand {
    /// Reads the command at the beginning of a message; nil when Telegram marked none there.
    ///
    /// The mark is an entity, not the text: `/start` inside code is no command. A message that comes without any
    /// entities, from a bot that forwards no more than the text, is taken by its first word.
    init?(message json: JSONValue) {
        guard let text = json["text"]?.string, text.hasPrefix("/"),
            let length = Self.length(in: text, entities: json["entities"]), length > 1,
            length <= text.utf16.count
        else { return nil }
        let end = text.utf16.index(text.startIndex, offsetBy: Int(length))
        let parts = text[..<end].dropFirst()
            .split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty else { return nil }
        let payload = text[end...].trimmingWhiteSpace()
        self.init(
            name: name.lowercased(),
            botUsername: parts.count > 1 ? String(parts[1]) : nil,
            payload: payload.isEmpty ? nil : String(payload)
        )
    }

    /// How long the command at the beginning of a text is, in UTF-16 code units, as lengths of entities count.
    private static func length(in text: String, entities: JSONValue?) -> Int64? {
        guard let entities, !entities.isNull else {
            let word = text.prefix { !$0.isWhitespace }
            let isCommand = word.dropFirst().utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "@"):
                    true
                default: false
                }
            }
            return isCommand ? Int64(word.utf16.count) : nil
        }
        let mark = entities.elements.first { entity in
            entity["type"]?.string == "bot_command" && entity["offset"]?.lenientInt64 == 0
        }
        return mark?["length"]?.lenientInt64
    }
}

extension Substring {
    fileprivate func trimmingWhiteSpace() -> Substring {
        var rest = drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
