import Crypto
import Encodings
package import Leaderboards

/// Why a token is not accepted.
package enum TokenError: Error, Hashable, Sendable {
    /// Not a token of this kind made by this deployment.
    case invalid
    /// Genuine, but of a game that is not there, or not yet known here.
    case unknownGame
    /// Genuine, but its time is over.
    case expired
}

/// The keys that seal and open everything the service hands out.
///
/// Each purpose has keys of its own, derived by HKDF-SHA-256 from the deployment's secret, so a token of one kind
/// never passes for another and the webhook's secret tells nothing about tokens. The first secret seals; all are
/// accepted, so that a secret can be replaced without an outage.
package struct TokenKeys: Sendable {
    /// What a token is good for; the raw value is its first byte and names the version of its layout, too.
    package enum Purpose: UInt8, CaseIterable, Sendable {
        case launch = 0x21
        case run = 0x22
        case board = 0x23
        case cursor = 0x24
        case history = 0x25

        /// Among all cases.
        fileprivate var position: Int { Int(rawValue - Self.launch.rawValue) }
    }

    /// Longer than any token of ours; the bound keeps the work per request small.
    private static let maximumLength = 1024

    /// Of each secret the keys of each purpose.
    private let tokenKeys: [[SealingKey]]
    private let webhookKeys: [CodeKey]
    let pseudonymKeys: [SealingKey]

    /// Derives the keys from at least one secret of 32 characters or more.
    package init(secrets: [String]) {
        precondition(!secrets.isEmpty, "a deployment has at least one secret")
        let secrets = secrets.map { SymmetricKey(data: Array($0.utf8)) }
        tokenKeys = secrets.map { secret in
            Purpose.allCases.map { SealingKey(secret: secret, name: "token \($0.rawValue)") }
        }
        webhookKeys = secrets.map { CodeKey(deriving: "highscores webhook", from: $0) }
        pseudonymKeys = secrets.map { SealingKey(secret: $0, name: "pseudonym") }
    }

    /// Makes a token: purpose and sealed payload in base64url.
    ///
    /// - Parameter game: The game that the token is bound to, where the payload does not name it.
    package func seal(_ payload: [UInt8], for purpose: Purpose, in game: GameTokenID? = nil) -> String {
        Base64URL.encode([purpose.rawValue] + tokenKeys[0][purpose.position].seal(payload, in: game))
    }

    /// The payload of a token; one is invalid when under no accepted secret exactly this text was sealed for this purpose
    /// and game.
    package func open(
        _ token: String,
        for purpose: Purpose,
        in game: GameTokenID? = nil
    ) throws(TokenError) -> [UInt8] {
        // The first four characters tell the kind, and a page may present either of two.
        guard token.utf8.count <= Self.maximumLength,
            Base64URL.decode(token.prefix(4))?.first == purpose.rawValue,
            let bytes = Base64URL.decode(token)
        else { throw .invalid }
        for keys in tokenKeys {
            if let payload = keys[purpose.position].open(bytes.dropFirst(), in: game) { return payload }
        }
        throw .invalid
    }

    /// The secrets that Telegram may send with a bot's updates, the one to register first; returns one text of 64
    /// hexadecimal digits for each accepted secret, within what `setWebhook` allows.
    package func webhookSecrets(for bot: BotID) -> [String] {
        webhookKeys.map { String(decoding: Self.webhookSecret(for: bot, $0), as: UTF8.self) }
    }

    /// Whether a webhook's secret header is one of ``webhookSecrets(for:)``, compared in constant time.
    package static func isSecret(_ header: String?, among secrets: [String]) -> Bool {
        guard let header else { return false }
        let text = header.utf8
        return secrets.contains { secret in
            // How long secrets are is no secret; where two differ must not show in the time.
            guard text.count == secret.utf8.count else { return false }
            var difference: UInt8 = 0
            var expected = secret.utf8.makeIterator()
            for byte in text { difference |= byte ^ (expected.next() ?? 0) }
            return difference == 0
        }
    }

    /// The run that an idempotency key names within a launch; returns the same run id for the same pair, on every
    /// instance and after every change of secrets.
    package static func run(of launch: LaunchID, idempotencyKey key: String) -> RunID {
        let digest = SHA256.hash(data: launch.value.bytes + Array(key.utf8))
        guard let value = Identifier128(bytes: Array(digest).prefix(16)) else {
            preconditionFailure("a SHA-256 digest has 32 bytes")
        }
        return RunID(value)
    }

    /// The code of the bot's name in hexadecimal digits.
    private static func webhookSecret(for bot: BotID, _ key: CodeKey) -> [UInt8] {
        let digits: StaticString = "0123456789abcdef"
        return key.code(of: Array("bot \(bot.rawValue)".utf8)).withUnsafeBytes { code in
            var secret: [UInt8] = []
            secret.reserveCapacity(2 * code.count)
            for byte in code {
                secret.append(digits.utf8Start[Int(byte >> 4)])
                secret.append(digits.utf8Start[Int(byte & 15)])
            }
            return secret
        }
    }
}
