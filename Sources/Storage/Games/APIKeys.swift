package import Leaderboards
package import Postgres

/// One API key.
package struct APIKeyID: Identifier, StoredAs {
    package typealias Stored = Int64
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A key that is accepted.
package struct AcceptedKey: Hashable, Sendable {
    package let id: APIKeyID
    package let game: GameID
    package let hash: APIKeyHash

    /// Describes a key.
    ///
    /// - Parameters:
    ///   - game: The one game that it is for.
    ///   - hash: What is stored of it.
    package init(id: APIKeyID, game: GameID, hash: APIKeyHash) {
        self.id = id
        self.game = game
        self.hash = hash
    }
}

/// A key as operators see it, without the key.
package struct APIKeyRecord: Hashable, Sendable {
    package let id: APIKeyID
    package let game: GameID
    package let gameName: String
    package let label: String
    /// How the key begins.
    package let hint: String
    package let createdAt: Instant
    /// To the minute; nil when it was never used.
    package let lastUsedAt: Instant?
    /// Nil while it is accepted.
    package let revokedAt: Instant?
}

extension Session {
    /// Stores a new key.
    ///
    /// - Parameters:
    ///   - key: The key, of which its hash and its beginning are stored.
    ///   - game: The game that it is for.
    package func insertKey(_ key: APIKey, label: String, game: GameID) throws(PostgresError) -> APIKeyID {
        let row = try first(
            """
            INSERT INTO api_keys (game_id, label, hash, hint)
            VALUES (\(game), \(label), \(Bytea(key.hash.bytes)), \(key.hint))
            RETURNING key_id
            """
        )
        guard let row else { throw PostgresError(.decoding, "INSERT INTO api_keys returned no row") }
        return try row.decode(APIKeyID.self)
    }

    /// Lists keys, the oldest first.
    ///
    /// - Parameters:
    ///   - game: The game; nil is all.
    ///   - id: The one key that is meant; nil is all.
    /// - Returns: The keys, revoked ones included.
    package func keyRecords(game: GameID? = nil, id: APIKeyID? = nil) throws(PostgresError) -> [APIKeyRecord]
    {
        try query(
            """
            SELECT k.key_id, k.game_id, coalesce(b.username, b.bot_id::text) || '/' || g.short_name, k.label, k.hint,
                   k.created_at, k.last_used_at, k.revoked_at
            FROM api_keys k JOIN games g ON g.game_id = k.game_id JOIN bots b ON b.bot_id = g.bot_id
            WHERE k.game_id = coalesce(\(game), k.game_id) AND k.key_id = coalesce(\(id), k.key_id)
            ORDER BY k.key_id
            """
        ).map { row throws(PostgresError) in
            let (id, game, gameName, label, hint, createdAt, lastUsedAt, revokedAt) = try row.decode(
                APIKeyID.self,
                GameID.self,
                String.self,
                String.self,
                String.self,
                Instant.self,
                Instant?.self,
                Instant?.self
            )
            return APIKeyRecord(
                id: id,
                game: game,
                gameName: gameName,
                label: label,
                hint: hint,
                createdAt: createdAt,
                lastUsedAt: lastUsedAt,
                revokedAt: revokedAt
            )
        }
    }

    /// Reads the keys that are accepted.
    ///
    /// - Returns: The keys of all games.
    package func acceptedKeys() throws(PostgresError) -> [AcceptedKey] {
        try query("SELECT key_id, game_id, hash FROM api_keys WHERE revoked_at IS NULL").map {
            row throws(PostgresError) in
            let (id, game, hash) = try row.decode(APIKeyID.self, GameID.self, Bytea.self)
            return AcceptedKey(id: id, game: game, hash: APIKeyHash(bytes: hash.bytes))
        }
    }

    /// Revokes a key for good.
    ///
    /// - Returns: Whether it was accepted until now.
    package func revokeKey(_ key: APIKeyID) throws(PostgresError) -> Bool {
        try execute("UPDATE api_keys SET revoked_at = now() WHERE key_id = \(key) AND revoked_at IS NULL") > 0
    }

    /// Notes that a key was used.
    package func noteUse(of key: APIKeyID, at instant: Instant) throws(PostgresError) {
        try execute(
            """
            UPDATE api_keys SET last_used_at = \(instant)
            WHERE key_id = \(key) AND coalesce(last_used_at < \(instant), true)
            """
        )
    }
}
