import JSON
package import Leaderboards
import Postgres
package import Storage

extension Administration {
    /// Makes an API key for a game; running servers accept it within a second.
    ///
    /// - Parameters:
    ///   - game: The one game that it is for.
    ///   - label: What people call it, for example the name of the server that holds it.
    ///   - isDryRun: Whether nothing is to remain.
    /// - Returns: The key, which cannot be had again, and what is stored of it.
    package func createKey(
        for game: Game,
        label: String,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(AdministrationError) -> (key: APIKey, record: APIKeyRecord) {
        guard (1...64).contains(label.unicodeScalars.count),
            label.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw .invalid("a label has 1 to 64 characters and no control characters") }
        var generator = SystemRandomNumberGenerator()
        let key = APIKey(using: &generator)
        do {
            let record = try await pool.transaction(.init(isDryRun: isDryRun)) {
                session throws(PostgresError) in
                let id = try session.run(.apiKeyInsert(key, label: label, game: game.id))
                guard let record = try session.run(.apiKeysList(id: id)).first else {
                    throw PostgresError(.decoding, "the key just made is not there")
                }
                try session.run(
                    .auditInsert(
                        audit("key.create", record, reason, before: nil, after: record.document)
                    )
                )
                return record
            }
            return (key, record)
        } catch { throw .database(error) }
    }

    /// Lists API keys, the oldest first.
    ///
    /// - Parameter game: The game; nil is all.
    /// - Returns: The keys, revoked ones included.
    package func keys(of game: Game? = nil) async throws(AdministrationError) -> [APIKeyRecord] {
        try await reading { session throws(PostgresError) in try session.run(.apiKeysList(game: game?.id)) }
    }

    /// Finds an API key.
    package func key(_ id: APIKeyID) async throws(AdministrationError) -> APIKeyRecord {
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
    /// - Parameter isDryRun: Whether nothing is to remain.
    /// - Returns: The key as it stands now, and whether it was accepted until now.
    package func revokeKey(
        _ id: APIKeyID,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(AdministrationError) -> (record: APIKeyRecord, isNews: Bool) {
        let before = try await key(id)
        do {
            return try await pool.transaction(.init(isDryRun: isDryRun)) { session throws(PostgresError) in
                let isNews = try session.run(.apiKeyRevoke(id))
                guard isNews, let after = try session.run(.apiKeysList(id: id)).first else {
                    return (before, false)
                }
                try session.run(
                    .auditInsert(
                        audit("key.revoke", after, reason, before: before.document, after: after.document)
                    )
                )
                return (after, true)
            }
        } catch { throw .database(error) }
    }

    private func audit(
        _ action: String,
        _ record: APIKeyRecord,
        _ reason: String?,
        before: String?,
        after: String?
    ) -> AuditEntry {
        AuditEntry(
            actor: actor,
            action: action,
            subject: record.gameName,
            reason: reason,
            before: before,
            after: after
        )
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
