import Leaderboards
import Logging
import Postgres
import Storage

/// Writes the names of people who open a game where no chat is known, as in a Mini App.
struct ProfileRecorder: Sendable {
    let pool: PostgresPool
    let logger: Logger

    /// Writes names where they differ from what is stored.
    ///
    /// - Parameters:
    ///   - bot: The bot that met the people.
    ///   - profiles: The people, the latest last.
    /// - Returns: A success for each, or for each the same refusal.
    func write(_ bot: BotID, _ profiles: [PlayerProfile]) async -> [Result<Void, Refusal>] {
        let latest = Dictionary(profiles.map { ($0.id, $0) }) { _, last in last }
        do {
            try await pool.withSession { session throws(PostgresError) in
                _ = try session.execute(.upsertPlayers(Array(latest.values), bot: bot))
            }
            return profiles.map { _ in .success(()) }
        } catch {
            logger.warning("profiles.failed", metadata: ["error": "\(error)", "count": "\(profiles.count)"])
            return profiles.map { _ in .failure(.databaseUnavailable) }
        }
    }
}
