import Crypto
package import Leaderboards

/// What Telegram gives a Mini App at its start (`Telegram.WebApp.initData`), taken apart but not yet believed.
package struct MiniAppData: Sendable {
    /// Telegram sends about a dozen; sorting and hashing more would be work for whoever asks for it.
    package static let maximumFields = 64

    /// The fields by name.
    private let fields: [String: String]

    /// Takes the text apart.
    ///
    /// - Parameter text: The query string as the app received it; nil when it is none, names a field twice, or more than
    ///   ``maximumFields``, or could be read in two ways once its fields stand in lines: nothing may hold line breaks,
    ///   and names no `=` either.
    package init?(_ text: String) {
        var fields: [String: String] = [:]
        for pair in text.utf8.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false) {
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")),
                let name = Self.decoded(pair[..<equals]),
                let value = Self.decoded(pair[pair.index(after: equals)...]),
                !name.utf8.contains(UInt8(ascii: "=")), ![name, value].contains(where: Self.holdsControls),
                fields.updateValue(value, forKey: name) == nil, fields.count <= Self.maximumFields
            else { return nil }
        }
        self.fields = fields
    }

    /// The decoded value of a field; nil where it is absent.
    package subscript(_ name: String) -> String? { fields[name] }

    /// When Telegram made the data.
    package var authenticatedAt: Instant? {
        guard let text = fields["auth_date"], let seconds = Int64(text), seconds >= 0 else { return nil }
        return Instant(seconds: seconds)
    }

    /// Whether the data name a chat that others share: opened from the menu of a person's chat with the bot, which
    /// `sender` stands for, the app is alone with that person.
    package var sharesChat: Bool { fields["chat_type"] != "sender" }

    /// The text that is authenticated: all fields but the code itself, by name (Mini Apps documentation, "Validating
    /// data received via the Mini App").
    fileprivate var checkedText: String {
        fields.filter { $0.key != "hash" }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
    }

    private static func holdsControls(_ text: String) -> Bool {
        text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
    }

    /// Resolves `%XX` and `+`; nil for what is not UTF-8 then.
    private static func decoded(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexDigit),
                    let low = rest.popFirst().flatMap(hexDigit)
                else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// The key by which one bot's Mini Apps are authenticated.
package struct MiniAppKey: Sendable {
    private let key: SymmetricKey

    /// Derives the key.
    ///
    /// - Parameter botToken: The bot's token; the text "WebAppData" is the key of the derivation and the token its
    ///   message, not the reverse.
    package init(botToken: String) {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(botToken.utf8),
            using: SymmetricKey(data: Array("WebAppData".utf8))
        )
        key = SymmetricKey(data: Array(code))
    }

    /// Whether Telegram made the data for the bot; by its `hash`, compared in constant time.
    package func accepts(_ data: MiniAppData) -> Bool {
        guard let hash = data["hash"]?.utf8, hash.count == 2 * SHA256.byteCount else { return false }
        var code: [UInt8] = []
        var rest = hash[...]
        while let high = rest.popFirst(), let low = rest.popFirst() {
            guard let high = hexDigit(high), let low = hexDigit(low) else { return false }
            code.append(high << 4 | low)
        }
        return HMAC<SHA256>.isValidAuthenticationCode(
            code,
            authenticating: Array(data.checkedText.utf8),
            using: key
        )
    }
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
