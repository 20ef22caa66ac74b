import Leaderboards
import Logging
import Operations
import Postgres
import Web

/// Reads one variable after another.
struct SettingsReader {
    /// The variables that are not empty, without white space at their ends.
    let values: [String: String]

    private static let lifetimes = Duration.seconds(1)...Duration.seconds(366 * 86_400)
    /// The ports to which Telegram's own servers deliver (Bot API, setWebhook).
    private static let webhookPorts = [443, 80, 88, 8443]
    private static let minimumSecretLength = 32
    /// 32 random hexadecimal digits have fewer once in thirty million times.
    private static let minimumDistinctCharacters = 8
    private static let secretExample = "$(openssl rand -base64 48)"

    init(_ environment: [String: String]) {
        values = environment.mapValues(\.trimmingSpaces).filter { !$0.value.isEmpty }
    }

    subscript(_ variable: String) -> String? { values[variable] }

    /// The variables that begin as ours do; those of tests are nobody's concern.
    private static let known = [
        "HIGHSCORES_DATA", "HIGHSCORES_SECRET", "HIGHSCORES_LISTEN", "HIGHSCORES_PUBLIC_URL",
        "HIGHSCORES_UPDATES",
        "HIGHSCORES_LAUNCH_TTL", "HIGHSCORES_RUN_TTL", "HIGHSCORES_PLAYER_RATE", "HIGHSCORES_PLAYER_QUOTA",
        "HIGHSCORES_STREAMS", "HIGHSCORES_TRUSTED_PROXIES", "HIGHSCORES_TELEGRAM_RATE",
        "HIGHSCORES_ADMIN_LISTEN", "HIGHSCORES_MEMORY",
        "HIGHSCORES_LOG_LEVEL", "HIGHSCORES_LOG_FORMAT",
    ]

    /// What is to be said of variables that nothing reads, most likely misspelled.
    var unknown: [String] {
        values.keys.filter {
            $0.hasPrefix("HIGHSCORES_") && !$0.hasPrefix("HIGHSCORES_TEST_") && !Self.known.contains($0)
        }.sorted().map { name in
            let nearest = name.nearest(among: Self.known).map { "; did you mean \($0)?" } ?? ""
            return "there is no setting \(name)\(nearest)"
        }
    }

    // MARK: - Kinds of values

    func choice<Value: RawRepresentable & CaseIterable>(
        _ variable: String,
        example: String
    ) throws(SettingsError) -> Value? where Value.RawValue == String {
        guard let text = values[variable] else { return nil }
        guard let value = Value(rawValue: text.lowercased()) else {
            let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingsError(variable, "\(text.quotedForError) is none of \(names)", example: example)
        }
        return value
    }

    /// Whether a switch is on; off when the variable is not set.
    func isOn(_ variable: String) throws(SettingsError) -> Bool {
        guard let text = values[variable] else { return false }
        guard let isOn = ["on": true, "off": false][text.lowercased()] else {
            throw SettingsError(variable, "\(text.quotedForError) is none of on, off", example: "on")
        }
        return isOn
    }

    func hostPort(_ variable: String, example: String) throws(SettingsError) -> HostPort? {
        guard let text = values[variable] else { return nil }
        guard let address = HostPort(text) else {
            throw SettingsError(variable, "\(text.quotedForError) is not host:port", example: example)
        }
        return address
    }

    func duration(_ variable: String, example: String) throws(SettingsError) -> Duration? {
        guard let text = values[variable] else { return nil }
        return try blaming(variable, example) { () throws(ValueProblem) in
            try Duration.parse(text, in: Self.lifetimes)
        }
    }

    // MARK: - Single variables

    func connectionString(_ variable: String) throws(SettingsError) -> String? {
        guard let text = values[variable] else { return nil }
        do { _ = try PostgresConfiguration(connectionString: text) } catch {
            throw SettingsError(
                variable,
                error.message,
                example: "postgresql://highscores:PASSWORD@db.example.com/highscores"
            )
        }
        return text
    }

    func databaseSessionURL(beside databaseURL: String?) throws(SettingsError) -> String? {
        let variable = "DATABASE_SESSION_URL"
        let url = try connectionString(variable)
        guard url == nil || databaseURL != nil else {
            throw SettingsError(
                variable,
                "is set, but DATABASE_URL, the way through the pooler to the same database, is not",
                example: "… DATABASE_URL=postgresql://highscores:PASSWORD@pooler.example.com:6432/highscores"
            )
        }
        return url
    }

    func apiURL() throws(SettingsError) -> String? {
        let variable = "TELEGRAM_API_URL"
        guard let text = values[variable] else { return nil }
        return try blaming(variable, Settings.telegramURL) { () throws(ValueProblem) in
            try WebAddress(text).text
        }
    }

    func secrets() throws(SettingsError) -> [String]? {
        let variable = "HIGHSCORES_SECRET"
        guard let text = values[variable] else { return nil }
        let secrets = text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmingSpaces)
        for (index, secret) in secrets.enumerated() where secret.count < Self.minimumSecretLength {
            throw SettingsError(
                variable,
                "\(secrets.count > 1 ? "secret \(index + 1) of \(secrets.count)" : "the secret") has "
                    + "\(secret.count) characters, and \(Self.minimumSecretLength) are the least",
                example: Self.secretExample
            )
        }
        for (index, secret) in secrets.enumerated() {
            guard let reason = Self.weakness(of: secret) else { continue }
            throw SettingsError(
                variable,
                "\(secrets.count > 1 ? "secret \(index + 1) of \(secrets.count)" : "the secret") \(reason), and can be guessed",
                example: Self.secretExample
            )
        }
        guard Set(secrets).count == secrets.count else {
            throw SettingsError(variable, "holds the same secret twice", example: Self.secretExample)
        }
        return secrets
    }

    /// Why nobody drew such a secret, if so: random ones have more different characters, and no pattern.
    private static func weakness(of secret: String) -> String? {
        let characters = Array(secret)
        let period = (1..<minimumDistinctCharacters * 2).first { period in
            characters.indices.dropFirst(period).allSatisfy { characters[$0] == characters[$0 - period] }
        }
        if let period {
            return period == 1 ? "is one character, repeated" : "repeats the same \(period) characters"
        }
        let distinct = Set(characters).count
        return distinct < minimumDistinctCharacters ? "has only \(distinct) different characters" : nil
    }

    func publicURL(apiURL: String) throws(SettingsError) -> String? {
        let variable = "HIGHSCORES_PUBLIC_URL"
        let example = "https://play.example.com"
        guard let text = values[variable] else { return nil }
        return try blaming(variable, example) { () throws(ValueProblem) in
            let address = try WebAddress(text)
            guard try WebAddress(apiURL).host == WebAddress(Settings.telegramURL).host else {
                return address.text
            }
            guard address.isSecure else {
                throw ValueProblem("is http, and Telegram delivers to https addresses only")
            }
            if let port = address.port, !Self.webhookPorts.contains(port) {
                let ports = Self.webhookPorts.map(String.init).joined(separator: ", ")
                throw ValueProblem("has port \(port), and Telegram delivers to ports \(ports) only")
            }
            return address.text
        }
    }

    func updates(publicURL: String?) throws(SettingsError) -> Settings.Updates {
        let variable = "HIGHSCORES_UPDATES"
        let chosen: Settings.Updates? = try choice(variable, example: "polling")
        guard chosen != .webhook || publicURL != nil else {
            throw SettingsError(
                variable,
                "is 'webhook', but HIGHSCORES_PUBLIC_URL, the address for Telegram to call, is not set",
                example: "webhook HIGHSCORES_PUBLIC_URL=https://play.example.com"
            )
        }
        return chosen ?? (publicURL == nil ? .polling : .webhook)
    }

    /// A rate, or nil for none.
    func playerRate(default limit: RateLimit?) throws(SettingsError) -> RateLimit? {
        let variable = "HIGHSCORES_PLAYER_RATE"
        guard let text = values[variable] else { return limit }
        return try blaming(variable, "'5/s burst 50'") { () throws(ValueProblem) in
            try RateLimit.parse(text)
        }
    }

    /// A quota, or nil for none.
    func playerQuota(default quota: PlayerQuota?) throws(SettingsError) -> PlayerQuota? {
        let variable = "HIGHSCORES_PLAYER_QUOTA"
        guard let text = values[variable] else { return quota }
        return try blaming(variable, "'5000 runs 4MB'") { () throws(ValueProblem) in
            try PlayerQuota.parse(text)
        }
    }

    func memory() throws(SettingsError) -> Int? {
        let variable = "HIGHSCORES_MEMORY"
        guard let text = values[variable] else { return nil }
        return try blaming(variable, "64MB") { () throws(ValueProblem) in
            if text == "off" { return 0 }
            guard let bytes = PlayerQuota.bytes(text[...]) else {
                throw ValueProblem("\(text.quotedForError) is neither a number of bytes nor 'off'")
            }
            return bytes
        }
    }

    func telegramRate() throws(SettingsError) -> CallLimits? {
        let variable = "HIGHSCORES_TELEGRAM_RATE"
        guard let text = values[variable] else { return nil }
        return try blaming(variable, "'\(CallLimits().text)'") { () throws(ValueProblem) in
            try CallLimits(text)
        }
    }

    private func blaming<Value>(
        _ variable: String,
        _ example: String,
        _ body: () throws(ValueProblem) -> Value
    ) throws(SettingsError) -> Value {
        do { return try body() } catch { throw SettingsError(variable, error.text, example: example) }
    }
}
