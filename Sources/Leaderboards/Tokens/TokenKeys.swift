import Crypto

/// Why a token is not accepted.
package enum TokenError: Error, Hashable, Sendable {
    /// Not a token of this kind made by this deployment.
    case invalid
    /// Genuine, but its time is over.
    case expired
}

/// The keys that sign and check everything the service hands out.
///
/// Each purpose has a key of its own, derived by HKDF-SHA-256 from the deployment's secret, so a token of one kind
/// never passes for another and the webhook's secret tells nothing about tokens. The first secret signs; all are
/// accepted, so that a secret can be replaced without an outage.
package struct TokenKeys: Sendable {
    /// What a token is good for; the raw value is its first byte and names the version of its layout, too.
    package enum Purpose: UInt8, CaseIterable, Sendable {
        case launch = 0x11
        case run = 0x12
        case board = 0x13
        case cursor = 0x14

        fileprivate var info: String { "highscores token \(rawValue)" }
    }

    /// HMAC-SHA-256 in full.
    private static let codeLength = 32

    private let tokenKeys: [[Purpose: SymmetricKey]]
    private let webhookKeys: [SymmetricKey]
    let pseudonymKeys: [PseudonymKeys]

    /// Derives the keys.
    ///
    /// - Parameter secrets: At least one secret of 32 characters or more; the first signs.
    package init(secrets: [String]) {
        precondition(!secrets.isEmpty, "a deployment has at least one secret")
        func derive(_ secret: String, _ info: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: Array(secret.utf8)),
                info: Array(info.utf8),
                outputByteCount: 32
            )
        }
        tokenKeys = secrets.map { secret in
            Dictionary(uniqueKeysWithValues: Purpose.allCases.map { ($0, derive(secret, $0.info)) })
        }
        webhookKeys = secrets.map { derive($0, "highscores webhook") }
        pseudonymKeys = secrets.map {
            PseudonymKeys(
                tag: derive($0, "highscores pseudonym tag"),
                mask: derive($0, "highscores pseudonym mask")
            )
        }
    }

    /// Signs a payload.
    ///
    /// - Parameters:
    ///   - payload: The fields of the token.
    ///   - purpose: What the token is good for.
    /// - Returns: The token: purpose, payload and code in base64url.
    package func seal(_ payload: [UInt8], for purpose: Purpose) -> String {
        var bytes = [purpose.rawValue] + payload
        guard let key = tokenKeys[0][purpose] else { preconditionFailure("every purpose has a key") }
        bytes.append(contentsOf: HMAC<SHA256>.authenticationCode(for: bytes, using: key))
        return Base64URL.encode(bytes)
    }

    /// Checks a token before anything in it is believed.
    ///
    /// - Parameters:
    ///   - token: The text as received.
    ///   - purpose: What it must be good for.
    /// - Returns: Its payload.
    /// - Throws: ``TokenError/invalid`` when no accepted secret signed exactly this text for this purpose.
    package func open(_ token: String, for purpose: Purpose) throws(TokenError) -> ArraySlice<UInt8> {
        // Longer than any token of ours; the bound keeps the work per request small.
        guard token.utf8.count <= 1024, let bytes = Base64URL.decode(token),
            bytes.count > Self.codeLength, bytes[0] == purpose.rawValue
        else { throw .invalid }
        let signed = bytes.dropLast(Self.codeLength)
        let code = bytes.suffix(Self.codeLength)
        for keys in tokenKeys {
            guard let key = keys[purpose] else { continue }
            // Compares in constant time.
            if HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: signed, using: key) {
                return signed.dropFirst()
            }
        }
        throw .invalid
    }

    /// The secrets that Telegram may send with a bot's updates, the one to register first.
    ///
    /// - Parameter bot: The bot.
    /// - Returns: One text of 64 hexadecimal digits for each accepted secret, within what `setWebhook` allows.
    package func webhookSecrets(for bot: BotID) -> [String] {
        webhookKeys.map { key in
            Self.hexadecimal(HMAC<SHA256>.authenticationCode(for: Array("bot \(bot)".utf8), using: key))
        }
    }

    /// Whether a webhook's secret header is right, compared in constant time.
    ///
    /// - Parameters:
    ///   - header: The header's value, or nil where it is absent.
    ///   - bot: The bot that the update is for.
    /// - Returns: Whether it equals one of ``webhookSecrets(for:)``.
    package func acceptsWebhook(header: String?, for bot: BotID) -> Bool {
        guard let header else { return false }
        // Comparing codes of both sides under a key hides where they differ and how long they are.
        return webhookKeys.contains { key in
            let secret = Self.hexadecimal(
                HMAC<SHA256>.authenticationCode(for: Array("bot \(bot)".utf8), using: key)
            )
            let code = HMAC<SHA256>.authenticationCode(for: Array(header.utf8), using: key)
            return HMAC<SHA256>.isValidAuthenticationCode(
                code,
                authenticating: Array(secret.utf8),
                using: key
            )
        }
    }

    /// The run that an idempotency key names within a launch.
    ///
    /// - Parameters:
    ///   - launch: The launch.
    ///   - key: The client's key.
    /// - Returns: The same run id for the same pair, on every instance and after every change of secrets.
    package static func run(of launch: LaunchID, idempotencyKey key: String) -> RunID {
        let digest = SHA256.hash(data: launch.value.bytes + Array(key.utf8))
        guard let value = Identifier128(bytes: Array(digest).prefix(16)) else {
            preconditionFailure("a SHA-256 digest has 32 bytes")
        }
        return RunID(value)
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self
        )
    }
}
