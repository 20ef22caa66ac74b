import Leaderboards
import Postgres
import Storage

/// Writes what keys tell of presses and names where it is news, and only as far as a key is believed.
struct ReportRecorder: Sendable {
    let pool: PostgresPool

    /// Records reports of one game.
    ///
    /// - Parameter reports: What its key told, in order.
    /// - Returns: A success for each, or ``Refusal/chatConflict``.
    func write(
        _ game: GameID,
        _ reports: [PressReport]
    ) async throws(PostgresError) -> [Result<Void, Refusal>] {
        guard let bot = reports.first?.bot else { return [] }
        var findings = try await pool.withSession { session throws(PostgresError) in
            try session.run(.findings(of: reports, game: game, bot: bot))
        }
        if findings.contains(where: \.isNews) {
            findings = try await retryingConflict { () throws(PostgresError) in
                try await pool.transaction { session throws(PostgresError) in
                    try session.record(reports, game: game, bot: bot)
                }
            }
        }
        return findings.map { $0.isConflict ? .failure(.chatConflict) : .success(()) }
    }
}
