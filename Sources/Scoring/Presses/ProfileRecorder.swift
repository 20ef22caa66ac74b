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
    ///   - sightings: The people, the latest last.
    func write(
        _ bot: BotID,
        _ sightings: [ProfileSighting]
    ) async throws(PostgresError) -> [Result<Void, Refusal>] {
        try await retryingConflict { () throws(PostgresError) in
            try await pool.committing { session throws(PostgresError) in
                // An erasure comes before or after, as with presses; of who was erased since, nothing is written.
                let (_, erasures) = try session.run(
                    .keepChats(of: bot, isShared: true),
                    .erasures(of: sightings.map(\.profile.id), bot: bot)
                )
                let known = sightings.filter { !erasures.isErased($0.profile.id, since: $0.seenAt) }
                let latest = Dictionary(known.map { ($0.profile.id, $0.profile) }) { _, last in last }
                return Ending([.upsertPlayers(Array(latest.values), bot: bot)], ())
            }
        }
        return sightings.map { _ in .success(()) }
    }
}
