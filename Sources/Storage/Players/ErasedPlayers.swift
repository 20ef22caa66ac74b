package import Leaderboards
package import Postgres

/// What outlives the erasure of players: that launches from before are no longer good, and bans.
package struct ErasedPlayers: Sendable {
    fileprivate struct Key: Hashable {
        let bot: BotID
        let player: PlayerHash
        /// Of a ban; nil from all games of the bot.
        var game: GameID?
    }

    /// For how long it is known at least when a player was erased, however short launches and runs live.
    static let leastMemory: Duration = .seconds(31 * 24 * 3600)

    private let hashKey: PlayerHashKey
    private let times: [Key: Instant]
    private let bans: Set<Key>

    /// Nobody.
    package init() {
        self.init(hashKey: PlayerHashKey(bytes: []), times: [:], bans: [])
    }

    fileprivate init(hashKey: PlayerHashKey, times: [Key: Instant], bans: Set<Key>) {
        self.hashKey = hashKey
        self.times = times
        self.bans = bans
    }

    /// When a player was last erased by a bot; nil where launches from before can no longer come.
    package func erasure(of player: PlayerID, bot: BotID) -> Instant? {
        times.isEmpty ? nil : times[Key(bot: bot, player: hashKey.hash(of: player))]
    }

    /// Whether a ban from a game, or from all games of its bot, outlives the erasure of a player.
    package func isBanned(_ player: PlayerID, from game: Game) -> Bool {
        guard !bans.isEmpty else { return false }
        let key = Key(bot: game.bot, player: hashKey.hash(of: player))
        return bans.contains(key) || bans.contains(Key(bot: key.bot, player: key.player, game: game.root))
    }
}

extension Statement where Value == BarredPlayers {
    /// Finds when players were erased; nothing is said of bans.
    ///
    /// After ``chatsLock(of:isShared:)`` it misses no erasure that comes before the transaction.
    package static func erasuresGet(of players: [PlayerID], bot: BotID) -> Self {
        // Nobody is hashed where nobody was erased.
        Self(
            """
            SELECT x.player_id, n.erased_at
            FROM (
                SELECT u.player_id, \(unescaped: SQL.playerHash(of: "u.player_id")) AS player_hash
                FROM unnest(\(Array(Set(players)))) AS u (player_id)
                WHERE EXISTS (SELECT FROM erased_players)
                OFFSET 0
            ) AS x
            CROSS JOIN LATERAL (
                SELECT e.erased_at FROM erased_players e
                WHERE e.bot_id = \(bot) AND e.player_hash = x.player_hash
                OFFSET 0
            ) AS n
            """
        ) { rows throws(PostgresError) in
            var barred = BarredPlayers()
            for (player, erasedAt) in try rows.decode(PlayerID.self, Instant.self) {
                barred.erasedAt[player] = erasedAt
            }
            return barred
        }
    }
}

extension Session {
    /// Reads what outlives erasures.
    package func erasedPlayersLoad() throws(PostgresError) -> ErasedPlayers {
        guard let hashKey = try first("SELECT key FROM erasure_key")?.decode(Bytea.self) else {
            throw PostgresError(.decoding, "the table erasure_key has no row")
        }
        let times = try query("SELECT bot_id, player_hash, erased_at FROM erased_players")
            .decode(BotID.self, Bytea.self, Instant.self)
            .map { (ErasedPlayers.Key(bot: $0, player: PlayerHash(bytes: $1.bytes)), $2) }
        let bans = try query("SELECT bot_id, player_hash, game_id FROM erased_bans")
            .decode(BotID.self, Bytea.self, GameID?.self)
            .map { ErasedPlayers.Key(bot: $0, player: PlayerHash(bytes: $1.bytes), game: $2) }
        return ErasedPlayers(
            hashKey: PlayerHashKey(bytes: hashKey.bytes),
            times: Dictionary(times) { first, _ in first },
            bans: Set(bans)
        )
    }

    /// Notes that a player is erased now, and stores the bans that outlive it without their id.
    ///
    /// - Parameter memory: For how long launches from before may come.
    func erasedPlayersInsert(
        of player: PlayerID,
        by bots: [BotID],
        outliving bans: [Ban],
        for memory: Duration
    ) throws(PostgresError) {
        // Not when the transaction began: what was launched while it waited for others is older, too.
        try execute(
            """
            INSERT INTO erased_players (bot_id, player_hash, erased_at, remembered_until)
            SELECT b.bot_id, \(unescaped: SQL.playerHash(of: "x.player_id")), x.now,
                   x.now + \(max(memory, ErasedPlayers.leastMemory).components.seconds) * interval '1 second'
            FROM unnest(\(bots)) AS b (bot_id), (SELECT \(player) AS player_id, clock_timestamp() AS now) AS x
            ON CONFLICT (bot_id, player_hash) DO UPDATE
            SET erased_at = excluded.erased_at,
                remembered_until = greatest(erased_players.remembered_until, excluded.remembered_until)
            """
        )
        try execute(
            """
            INSERT INTO erased_bans (bot_id, player_hash, game_id)
            SELECT b.bot_id, \(unescaped: SQL.playerHash(of: "x.player_id")), b.game_id
            FROM unnest(\(bans.map(\.bot)), \(bans.map(\.game))) AS b (bot_id, game_id),
                 (SELECT \(player) AS player_id) AS x
            ON CONFLICT DO NOTHING
            """
        )
    }

    /// Puts the ids back where bans outlived an erasure, of players who are put on record again by hand.
    ///
    /// - Parameter players: A table with the column `player_id`.
    func erasedBansName(ofPlayersIn players: String, bot: BotID) throws(PostgresError) {
        guard try first("SELECT 1 FROM erased_bans LIMIT 1") != nil else { return }
        try execute(
            """
            WITH named AS (
                DELETE FROM erased_bans n
                USING (SELECT DISTINCT player_id FROM \(unescaped: players)) AS x
                WHERE n.bot_id = \(bot) AND \(unescaped: SQL.isSamePlayer)
                RETURNING x.player_id, n.game_id
            )
            INSERT INTO bans (bot_id, player_id, game_id) SELECT \(bot), player_id, game_id FROM named
            ON CONFLICT DO NOTHING
            """
        )
    }
}

extension Query {
    /// Forgets erasures of players whose launches from before are all over, by the clock that they were erased by.
    package static func erasedPlayersForget() -> Query {
        "DELETE FROM erased_players WHERE remembered_until < now()"
    }
}

extension SQL {
    /// The hash of an erased player; the key is read once a statement.
    static func playerHash(of player: String) -> String {
        "sha256((SELECT key FROM erasure_key) || int8send(\(player)))"
    }

    /// Whether a row `n` is that of the player `x.player_id`.
    static let isSamePlayer = "n.player_hash = \(playerHash(of: "x.player_id"))"
}
