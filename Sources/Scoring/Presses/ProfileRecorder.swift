import Leaderboards
import Postgres
import Storage

/// Writes the names of people who open a game where no chat is known, as in a Mini App.
struct ProfileRecorder: Sendable {
    let pool: PostgresPool

    /// Writes names where they differ from what is stored.
    ///
    /// - Parameters:
    ///   - bot: The bot that met the people.
    ///   - profiles: The people, the latest last.
    /// - Returns: A success for each.
    /// - Throws: `PostgresError`.
    func write(
        _ bot: BotID,
        _ profiles: [PlayerProfile]
    ) async throws(PostgresError) -> [Result<Void, Refusal>] {
        let latest = Dictionary(profiles.map { ($0.id, $0) }) { _, last in last }
        try await pool.withSession { session throws(PostgresError) in
            _ = try session.execute(.upsertPlayers(Array(latest.values), bot: bot))
        }
        return profiles.map { _ in .success(()) }
    }
}
