package import Leaderboards
package import Postgres

package struct APIKeyID: Identifier, StoredAs {
    package typealias Stored = Int64
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A key that is accepted, for one game.
package struct AcceptedKey: Hashable, Sendable {
    package let id: APIKeyID
    package let game: GameID
    package let hash: APIKeyHash

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

    fileprivate init(_ row: Row) throws(PostgresError) {
        (id, game, gameName, label, hint, createdAt, lastUsedAt, revokedAt) = try row.decode(
            APIKeyID.self,
            GameID.self,
            String.self,
            String.self,
            String.self,
            Instant.self,
            Instant?.self,
            Instant?.self
        )
    }
}

extension Statement where Value == APIKeyID {
    /// Stores a new key: its hash and, as `hint`, how it begins.
    package static func apiKeyInsert(_ hash: APIKeyHash, hint: String, label: String, game: GameID) -> Self {
        Self(
            cell: """
                INSERT INTO api_keys (game_id, label, hash, hint)
                VALUES (\(game), \(label), \(Bytea(hash.bytes)), \(hint))
                RETURNING key_id
                """
        )
    }
}

extension Statement where Value == [APIKeyRecord] {
    /// Keys, revoked ones included, the oldest first; nil does not matter.
    package static func apiKeysList(game: GameID? = nil, id: APIKeyID? = nil) -> Self {
        Self(
            each: """
                SELECT k.key_id, k.game_id, coalesce(b.username, b.bot_id::text) || '/' || g.short_name, k.label, k.hint,
                       k.created_at, k.last_used_at, k.revoked_at
                FROM api_keys k JOIN games g ON g.game_id = k.game_id JOIN bots b ON b.bot_id = g.bot_id
                WHERE k.game_id = coalesce(\(game), k.game_id) AND k.key_id = coalesce(\(id), k.key_id)
                ORDER BY k.key_id
                """,
            APIKeyRecord.init
        )
    }
}

extension Statement where Value == [AcceptedKey] {
    /// The keys of all games that are accepted.
    package static func apiKeysListAccepted() -> Self {
        Self(each: "SELECT key_id, game_id, hash FROM api_keys WHERE revoked_at IS NULL") {
            row throws(PostgresError) in
            let (id, game, hash) = try row.decode(APIKeyID.self, GameID.self, Bytea.self)
            return AcceptedKey(id: id, game: game, hash: APIKeyHash(bytes: hash.bytes))
        }
    }
}

extension Statement where Value == Bool {
    /// Revokes a key for good; whether it was accepted until now.
    package static func apiKeyRevoke(_ key: APIKeyID) -> Self {
        Self(anyRow: "UPDATE api_keys SET revoked_at = now() WHERE key_id = \(key) AND revoked_at IS NULL")
    }
}

extension Query {
    /// Notes that a key was used.
    package static func apiKeyTouch(_ key: APIKeyID, at instant: Instant) -> Query {
        """
        UPDATE api_keys SET last_used_at = \(instant)
        WHERE key_id = \(key) AND coalesce(last_used_at < \(instant), true)
        """
    }
}
