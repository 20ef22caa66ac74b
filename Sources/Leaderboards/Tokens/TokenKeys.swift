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
        /// Among all cases.
        fileprivate var position: Int { Int(rawValue - Self.launch.rawValue) }
    }

    /// The keys made of one secret for each purpose.
    private struct PurposeKeys: Sendable {
        private let keys: [CodeKey]

        init(_ derive: (_ info: String) -> CodeKey) {
            keys = Purpose.allCases.map { derive($0.info) }
        }

        subscript(purpose: Purpose) -> CodeKey { keys[purpose.position] }
    }

    private let tokenKeys: [PurposeKeys]
    private let webhookKeys: [CodeKey]
    let pseudonymKeys: [PseudonymKeys]

    /// Derives the keys.
    ///
    /// - Parameter secrets: At least one secret of 32 characters or more; the first signs.
    package init(secrets: [String]) {
        precondition(!secrets.isEmpty, "a deployment has at least one secret")
        func derive(_ secret: String, _ info: String) -> CodeKey {
            CodeKey(
                HKDF<SHA256>.deriveKey(
                    inputKeyMaterial: SymmetricKey(data: Array(secret.utf8)),
                    info: Array(info.utf8),
                    outputByteCount: 32
                )
            )
        }
        tokenKeys = secrets.map { secret in PurposeKeys { derive(secret, $0) } }
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
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1 + payload.count + CodeKey.codeLength)
        bytes.append(purpose.rawValue)
        bytes += payload
        tokenKeys[0][purpose].code(of: bytes).withUnsafeBytes { bytes.append(contentsOf: $0) }
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
            bytes.count > CodeKey.codeLength, bytes[0] == purpose.rawValue
        else { throw .invalid }
        let signed = bytes.dropLast(CodeKey.codeLength)
        let code = bytes.suffix(CodeKey.codeLength)
        for keys in tokenKeys where keys[purpose].code(of: signed) == code { return signed.dropFirst() }
        throw .invalid
    }

    /// The secrets that Telegram may send with a bot's updates, the one to register first.
    ///
    /// - Parameter bot: The bot.
    /// - Returns: One text of 64 hexadecimal digits for each accepted secret, within what `setWebhook` allows.
    package func webhookSecrets(for bot: BotID) -> [String] {
        webhookKeys.map { String(decoding: Self.webhookSecret(for: bot, $0), as: UTF8.self) }
    }

    /// Whether a webhook's secret header is right, compared in constant time.
    ///
    /// - Parameters:
    ///   - header: The header's value, or nil where it is absent.
    ///   - bot: The bot that the update is for.
    /// - Returns: Whether it equals one of ``webhookSecrets(for:)``.
    package func acceptsWebhook(header: String?, for bot: BotID) -> Bool {
        guard let header else { return false }
        let text = header.utf8
        return webhookKeys.contains { key in
            let secret = Self.webhookSecret(for: bot, key)
            // How long secrets are is no secret; where two differ must not show in the time.
            guard text.count == secret.count else { return false }
            var difference: UInt8 = 0
            for (byte, expected) in zip(text, secret) { difference |= byte ^ expected }
            return difference == 0
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
