package import Leaderboards
import Postgres
package import Storage

extension Administration {
    /// Reads the log of a game from one snapshot, in the order of acceptance.
    package func exportScores(
        of game: Game,
        chat: ChatID?,
        _ sink: @escaping @Sendable ([ExportedScore]) throws -> Bool
    ) async throws {
        try await exporting { session, carrier throws(PostgresError) in
            try session.scoresExport(of: game, chat: chat) { lines throws(PostgresError) in
                try carrier.run { try sink(lines) }
            }
        }
    }

    /// Reads the entries of a game's leaderboards from one snapshot.
    package func exportEntries(
        of game: Game,
        chat: ChatID?,
        window: WindowKind?,
        _ sink: @escaping @Sendable ([ExportedEntry]) throws -> Bool
    ) async throws {
        try await exporting { session, carrier throws(PostgresError) in
            try session.entriesExport(of: game, chat: chat, window: window) { lines throws(PostgresError) in
                try carrier.run { try sink(lines) }
            }
        }
    }

    /// Reads the players from one snapshot.
    package func exportPlayers(
        of bot: BotID?,
        _ sink: @escaping @Sendable ([ExportedPlayer]) throws -> Bool
    ) async throws {
        try await exporting { session, carrier throws(PostgresError) in
            try session.playersExport(of: bot) { lines throws(PostgresError) in
                try carrier.run { try sink(lines) }
            }
        }
    }

    private func exporting(
        _ body: @escaping @Sendable (Session, ErrorCarrier) throws(PostgresError) -> Void
    ) async throws {
        let options = TransactionOptions(
            isolation: .repeatableRead,
            isReadOnly: true,
            statementTimeout: .zero
        )
        try await carrying(options) { try body($0, $1) }
    }
}
