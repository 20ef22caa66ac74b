package import Leaderboards
package import Postgres

/// The advisory locks of the service, each in a number space of its own.
///
/// They are always taken in the order of their declaration here, and within one kind by rising id, so that no two
/// transactions can wait for each other.
package enum LockSpace: Int32 {
    /// Whoever drops runs from the log, and whoever changes by which rules runs count: what matters must not change
    /// while the rest is dropped. There is one lock of it.
    case retention = 0x4853_0004
    /// Whoever takes a game's runs shares it; whoever changes what runs of the game are counted by, or counts them
    /// anew, takes it alone.
    case game = 0x4853_0001
    /// Whoever changes entries of a game's leaderboards: one transaction at a time over all instances, so that every
    /// answer is exact and nothing inside needs locks of its own.
    case entries = 0x4853_0005
    /// Whoever creates, joins or merges chats of a bot.
    case chats = 0x4853_0002
    /// Whoever starts a run of a player that uses up an attempt.
    case attempts = 0x4853_0007
    /// Held for as long as an instance polls a bot's updates.
    case poller = 0x4853_0003
    /// Held for as long as an instance has the say over the calls that bring a bot's scores to Telegram.
    case deliveries = 0x4853_0006

    /// The number of the one lock of ``retention``.
    static let retentionKey = Int64(retention.rawValue) << 32

    /// The number of a lock: the space in the upper half, the id folded into the lower, where a collision only makes two
    /// wait.
    package func key(for id: some Identifier) -> Int64 {
        Int64(rawValue) << 32 | Int64(UInt32(truncatingIfNeeded: id.rawValue ^ (id.rawValue >> 32)))
    }
}

extension Session {
    /// Lets the server notice within five seconds that this session's machine has vanished, and free its locks.
    package func watchForVanishedClient() throws(PostgresError) {
        _ = try pipeline([
            "SET tcp_keepalives_idle = 2", "SET tcp_keepalives_interval = 1", "SET tcp_keepalives_count = 3",
            "SET tcp_user_timeout = 5000",
        ])
    }

    /// Whether a running instance has the say over the calls that bring a bot's scores to Telegram.
    package func deliveryLockIsHeld(for bot: BotID) throws(PostgresError) -> Bool {
        try advisoryLockIsHeld(LockSpace.deliveries.key(for: bot))
    }

    /// Whether any session of this database holds a lock.
    package func advisoryLockIsHeld(_ key: Int64) throws(PostgresError) -> Bool {
        try first(
            """
            SELECT EXISTS (
                SELECT FROM pg_locks l
                WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                  AND l.database = (SELECT o.oid FROM pg_database o WHERE o.datname = current_database())
                  AND (l.classid::bigint << 32 | l.objid::bigint) = \(key))
            """
        )?.decode(Bool.self) ?? false
    }

    /// Locks out, until the transaction ends, every batch of the games of a bot.
    package func gamesLock(of bot: BotID) throws(PostgresError) {
        let games = try query("SELECT game_id FROM games WHERE bot_id = \(bot) ORDER BY game_id").decode(
            GameID.self
        )
        for game in games { try run(.gameLock(game)) }
    }

    /// Becomes the one that drops runs, until the transaction ends, unless another one is at it.
    func retentionTryLock() throws(PostgresError) -> Bool {
        try first("SELECT pg_try_advisory_xact_lock(\(LockSpace.retentionKey))")?.decode(Bool.self) ?? false
    }
}

/// Locks until the transaction ends; the statements after one see what its holders before had written.
extension Statement where Value == Void {
    /// Lets no runs be dropped from any log.
    package static func retentionLock() -> Self { .advisoryXactLock(LockSpace.retentionKey) }

    /// Makes the transaction the only one that has to do with a game's runs and leaderboards; shared, leaves the game as
    /// it is: its rules, its bans, and which chats are one.
    package static func gameLock(_ game: GameID, isShared: Bool = false) -> Self {
        .advisoryXactLock(LockSpace.game.key(for: game), isShared: isShared)
    }

    /// Leaves games, each once and by rising id, as they are.
    package static func gamesLock(_ games: [GameID]) -> Self {
        .advisoryXactLocks(games.map(LockSpace.game.key(for:)), isShared: true)
    }

    /// Makes the transaction the only one that changes entries of games, whose locks it shares, by rising id.
    package static func entriesLock(of games: [GameID]) -> Self {
        .advisoryXactLocks(games.map(LockSpace.entries.key(for:)))
    }

    /// Lets one transaction at a time create, join and merge chats of a bot; shared, leaves them as they are.
    package static func chatsLock(of bot: BotID, isShared: Bool = false) -> Self {
        .advisoryXactLock(LockSpace.chats.key(for: bot), isShared: isShared)
    }
}
