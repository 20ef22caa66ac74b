import JSON
package import Leaderboards
import Postgres
package import Storage

extension Administration {
    /// Drops from a game's log, where its retention says so, the runs that can no longer matter.
    ///
    /// - Parameters:
    ///   - margin: How long a month must be over; ``ScoringConfiguration/retentionMargin`` of the service.
    ///   - isDryRun: Whether it is only counted.
    /// - Returns: What stays and what goes, of months that were not gone over before.
    package func pruneGame(
        _ game: Game,
        margin: Duration,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(AdministrationError) -> PruningCount {
        guard game.rules.retention == .relevant else {
            throw .conflict(
                "the log of '\(game.name)' keeps all runs; 'highscores game set \(game.name) --retention relevant' "
                    + "lets go of those that no leaderboard needs"
            )
        }
        do throws(PostgresError) {
            return try await pool.transaction(.rebuilding(isDryRun: isDryRun)) {
                session throws(PostgresError) in
                let limit = try session.run(.timeGet()) + (.zero - margin)
                let counts = try session.logPrune(of: game.id, before: limit, isDryRun: isDryRun)
                guard let count = counts?[game.id] else { return PruningCount() }
                try session.run(
                    .auditInsert(
                        AuditEntry(
                            actor: actor,
                            action: "game.prune",
                            subject: game.name,
                            reason: reason,
                            before: nil,
                            after: count.document
                        )
                    )
                )
                return count
            }
        } catch { throw .database(error) }
    }
}

extension PruningCount {
    /// The numbers as one JSON object for the audit.
    fileprivate var document: String {
        var writer = JSONWriter()
        writer.object {
            $0.key("kept")
            $0.value(kept)
            $0.key("dropped")
            $0.value(dropped)
        }
        return writer.text
    }
}
