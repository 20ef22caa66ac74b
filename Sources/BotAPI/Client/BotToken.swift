/// The credential of a bot, `id:secret`, which prints as its public half only.
package struct BotToken: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The bot's id: the number before the colon, which is no secret.
    package let botID: Int64
    /// The whole token.
    package let secret: SecretText

    /// Why a text is no token; it never repeats the text.
    package enum ParseError: Error, Sendable, Hashable, CustomStringConvertible {
        /// There is no number of at most 64 bits before a colon.
        case noBotID
        /// There is nothing after the colon, or a character that tokens do not contain.
        case badSecret

        /// What is wrong, without the text.
        package var description: String {
            switch self {
            case .noBotID: "a token begins with the bot's number and a colon"
            case .badSecret: "after its colon a token holds letters, digits, '_' and '-' only"
            }
        }
    }

    /// Takes a token of the form `digits:[A-Za-z0-9_-]+`.
    ///
    /// - Parameter text: The token without surrounding white space.
    package init(_ text: some StringProtocol) throws(ParseError) {
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { throw .noBotID }
        let digits = bytes[..<colon]
        guard digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            let botID = Int64(String(decoding: digits, as: UTF8.self))
        else { throw .noBotID }
        let rest = bytes[(colon + 1)...]
        guard !rest.isEmpty, rest.allSatisfy(Self.isSecretCharacter) else { throw .badSecret }
        self.botID = botID
        secret = SecretText(String(text))
    }

    /// The bot's id with a placeholder for the rest.
    package var description: String { "\(botID):<redacted>" }

    /// The bot's id with a placeholder for the rest.
    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["botID": botID]) }

    private static func isSecretCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
