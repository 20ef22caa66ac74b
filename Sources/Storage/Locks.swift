package import Leaderboards
package import Postgres

/// The advisory locks of the service, each in a number space of its own.
///
/// They are always taken in the order of their declaration here, and within one kind by rising id, so that no two
/// transactions can wait for each other.
package enum LockSpace: Int32 {
    /// Shared by every batch of submissions; exclusive for what must not run beside one, such as a ban.
    case game = 0x4853_0001
    /// Whoever creates, joins or merges chats of a bot.
    case chats = 0x4853_0002
    /// Held for as long as an instance polls a bot's updates.
    case poller = 0x4853_0003

    /// The number of a lock.
    ///
    /// - Parameter id: What is locked; folded into the 32 bits beside the space, where a collision only makes two wait.
    /// - Returns: The space in the upper half, the id in the lower.
    package func key(for id: some Identifier) -> Int64 {
        Int64(rawValue) << 32 | Int64(UInt32(truncatingIfNeeded: id.rawValue ^ (id.rawValue >> 32)))
    }
}

extension Session {
    /// Keeps out, until the transaction ends, whoever changes what batches of a game rely on.
    ///
    /// - Parameter game: The game.
    /// - Throws: `PostgresError`.
    package func lockGameShared(_ game: GameID) throws(PostgresError) {
        try advisoryXactLockShared(LockSpace.game.key(for: game))
    }

    /// Keeps out, until the transaction ends, every batch of a game.
    ///
    /// - Parameter game: The game.
    /// - Throws: `PostgresError`.
    package func lockGame(_ game: GameID) throws(PostgresError) {
        try advisoryXactLock(LockSpace.game.key(for: game))
    }

    /// Keeps out, until the transaction ends, every batch of the games of a bot.
    ///
    /// - Parameter bot: The bot.
    /// - Throws: `PostgresError`.
    package func lockGames(of bot: BotID) throws(PostgresError) {
        let games = try query("SELECT game_id FROM games WHERE bot_id = \(bot) ORDER BY game_id")
        for row in games { try lockGame(try row.decode(GameID.self)) }
    }

    /// Lets one transaction at a time create, join and merge chats of a bot.
    ///
    /// - Parameter bot: The bot.
    /// - Throws: `PostgresError`.
    package func lockChats(of bot: BotID) throws(PostgresError) {
        try advisoryXactLock(LockSpace.chats.key(for: bot))
    }
}
