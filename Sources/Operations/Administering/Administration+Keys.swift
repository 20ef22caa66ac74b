import JSON
package import Leaderboards
import Postgres
package import Storage
package import Tokens

extension Administration {
    /// Makes an API key for a game; running servers accept it within a second.
    ///
    /// - Returns: The key, which cannot be had again, and what is stored of it.
    package func createKey(
        for game: Game,
        label: String,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(OperationError) -> (key: APIKey, record: APIKeyRecord) {
        guard (1...64).contains(label.unicodeScalars.count),
            label.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw .invalid("a label has 1 to 64 characters and no control characters") }
        var generator = SystemRandomNumberGenerator()
        let key = APIKey(using: &generator)
        let note = note("key.create", reason)
        let record = try await transaction(.init(isDryRun: isDryRun)) { session in
            let id = try session.run(.apiKeyInsert(key.hash, hint: key.hint, label: label, game: game.id))
            guard let record = try session.run(.apiKeysList(id: id)).first else {
                throw PostgresError(.decoding, "the key just made is not there")
            }
            try session.run(
                .auditInsert(note.entry(on: record.gameName, before: nil, after: record.document))
            )
            return record
        }
        return (key, record)
    }

    /// Lists API keys, the oldest first.
    ///
    /// - Returns: The keys, revoked ones included.
    package func keys(of game: Game? = nil) async throws(OperationError) -> [APIKeyRecord] {
        try await reading { session throws(PostgresError) in try session.run(.apiKeysList(game: game?.id)) }
    }

    /// Finds an API key.
    package func key(_ id: APIKeyID) async throws(OperationError) -> APIKeyRecord {
        let found = try await reading { session throws(PostgresError) in
            try session.run(.apiKeysList(id: id)).first
        }
        guard let found else {
            throw .notFound("there is no key \(id); 'highscores key list' shows those there are")
        }
        return found
    }

    /// Revokes an API key for good; running servers refuse it within a second.
    ///
    /// - Returns: The key as it is now, and whether it was accepted until now.
    package func revokeKey(
        _ id: APIKeyID,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(OperationError) -> (record: APIKeyRecord, isNews: Bool) {
        let before = try await key(id)
        let note = note("key.revoke", reason)
        return try await transaction(.init(isDryRun: isDryRun)) { session in
            let isNews = try session.run(.apiKeyRevoke(id))
            guard isNews, let after = try session.run(.apiKeysList(id: id)).first else {
                return (before, false)
            }
            try session.run(
                .auditInsert(
                    note.entry(on: after.gameName, before: before.document, after: after.document)
                )
            )
            return (after, true)
        }
    }
}

extension APIKeyRecord {
    /// The key as one JSON object for the audit.
    fileprivate var document: String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("key", quoting: id.rawValue)
            writer.member("label", label)
            writer.member("hint", hint)
            writer.member("revoked", revokedAt != nil)
        }
        return writer.text
    }
}
