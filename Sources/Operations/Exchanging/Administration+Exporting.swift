package import Leaderboards
import Postgres
package import Storage

extension Administration {
    /// Reads the log of a game from one snapshot, in the order of acceptance.
    ///
    /// - Parameter chat: Only runs of this chat; nil for all.
    /// - Throws: ``AdministrationError``, and what the sink throws.
    package func exportScores(
        of game: Game,
        chat: ChatID?,
        _ sink: @escaping @Sendable ([ExportedScore]) throws -> Bool
    ) async throws {
        try await exporting { session, errand throws(PostgresError) in
            try session.scoresExport(of: game, chat: chat) { lines throws(PostgresError) in
                try errand.run { try sink(lines) }
            }
        }
    }

    /// Reads the entries of a game's leaderboards from one snapshot.
    ///
    /// - Parameters:
    ///   - chat: Only leaderboards of this chat; nil for all.
    ///   - window: Only leaderboards of this kind; nil for all.
    /// - Throws: ``AdministrationError``, and what the sink throws.
    package func exportEntries(
        of game: Game,
        chat: ChatID?,
        window: WindowKind?,
        _ sink: @escaping @Sendable ([ExportedEntry]) throws -> Bool
    ) async throws {
        try await exporting { session, errand throws(PostgresError) in
            try session.entriesExport(of: game, chat: chat, window: window) { lines throws(PostgresError) in
                try errand.run { try sink(lines) }
            }
        }
    }

    /// Reads the players from one snapshot.
    ///
    /// - Parameter bot: Only those of this bot; nil for all.
    /// - Throws: ``AdministrationError``, and what the sink throws.
    package func exportPlayers(
        of bot: BotID?,
        _ sink: @escaping @Sendable ([ExportedPlayer]) throws -> Bool
    ) async throws {
        try await exporting { session, errand throws(PostgresError) in
            try session.playersExport(of: bot) { lines throws(PostgresError) in
                try errand.run { try sink(lines) }
            }
        }
    }

    private func exporting(
        _ body: @escaping @Sendable (Session, Errand) throws(PostgresError) -> Void
    ) async throws {
        let options = TransactionOptions(
            isolation: .repeatableRead,
            isReadOnly: true,
            statementTimeout: .zero
        )
        let errand = Errand()
        try await errand.telling { () async throws(PostgresError) in
            try await pool.transaction(options) { session throws(PostgresError) in try body(session, errand) }
        }
    }
}
