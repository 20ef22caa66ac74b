package import Leaderboards
package import Postgres

/// The advisory locks of the service, each in a number space of its own.
///
/// They are always taken in the order of their declaration here, and within one kind by rising id, so that no two
/// transactions can wait for each other.
package enum LockSpace {
    /// Shared by every batch of submissions; exclusive for what must not run beside one, such as a ban.
    static let game: Int32 = 0x4853_0001
    /// Whoever creates, joins or merges chats of a bot.
    static let chats: Int32 = 0x4853_0002
    /// Held for as long as an instance polls a bot's updates.
    package static let poller: Int32 = 0x4853_0003
}

extension Session {
    /// Keeps out, until the transaction ends, whoever changes what batches of a game rely on.
    ///
    /// - Parameter game: The game.
    /// - Throws: `PostgresError`.
    package func lockGameShared(_ game: GameID) throws(PostgresError) {
        _ = try query("SELECT pg_advisory_xact_lock_shared(\(LockSpace.game), \(game.lockKey))")
    }

    /// Keeps out, until the transaction ends, every batch of the games of a bot.
    ///
    /// - Parameter bot: The bot.
    /// - Throws: `PostgresError`.
    package func lockGames(of bot: BotID) throws(PostgresError) {
        let games = try query("SELECT game_id FROM games WHERE bot_id = \(bot) ORDER BY game_id")
        for row in games {
            let key = try row.decode(GameID.self).lockKey
            _ = try query("SELECT pg_advisory_xact_lock(\(LockSpace.game), \(key))")
        }
    }

    /// Lets one transaction at a time create, join and merge chats of a bot.
    ///
    /// - Parameter bot: The bot.
    /// - Throws: `PostgresError`.
    package func lockChats(of bot: BotID) throws(PostgresError) {
        _ = try query("SELECT pg_advisory_xact_lock(\(LockSpace.chats), \(bot.lockKey))")
    }
}

extension Identifier {
    /// The id folded into the 32 bits that a lock in a number space has; a collision only makes two wait.
    package var lockKey: Int32 { Int32(truncatingIfNeeded: rawValue ^ (rawValue >> 32)) }
}
