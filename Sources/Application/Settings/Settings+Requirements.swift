package import BotAPI
import LocalPostgres
import Postgres

extension Settings {
    /// The tokens, for a command that cannot do without one.
    package func requireBotTokens() throws(SettingsError) -> [BotToken] {
        guard !botTokens.isEmpty else {
            throw SettingsError(
                SettingsReader.tokenVariable,
                "is not set, and neither is \(SettingsReader.tokenFileVariable); @BotFather gives a bot's token",
                example: SettingsReader.tokenExample
            )
        }
        return botTokens
    }

    /// The signing secrets, at least one, for a command that signs or checks tokens.
    ///
    /// With the private cluster a secret that is not set is generated once and kept in ``dataFolder``.
    package func requireSecrets() throws -> [String] {
        if let secrets { return secrets }
        guard databaseURL == nil else {
            throw SettingsError(
                "HIGHSCORES_SECRET",
                "is not set, and beside DATABASE_URL none is generated; every instance needs the same",
                example: "$(openssl rand -base64 48)"
            )
        }
        return [try SecretFile.loadOrCreate(folder: dataFolder)]
    }

    /// The address of this service for Telegram and players, without a slash at its end.
    package func requirePublicURL() throws(SettingsError) -> String {
        guard let publicURL else {
            throw SettingsError(
                "HIGHSCORES_PUBLIC_URL",
                "is not set; it is the address for Telegram to call",
                example: "https://play.example.com"
            )
        }
        return publicURL
    }
}
