package import Leaderboards
import Postgres
package import Storage

extension Administration {
    /// Reads the logs of boards of a game from one snapshot, each in the order of acceptance.
    package func exportScores(
        of boards: [Game],
        chat: ChatID?,
        _ sink: @escaping @Sendable ([ExportedScore], _ of: Game) throws -> Bool
    ) async throws {
        try await exporting { session, carrier throws(PostgresError) in
            for board in boards {
                try session.scoresExport(of: board, chat: chat) { lines throws(PostgresError) in
                    try carrier.run { try sink(lines, board) }
                }
            }
        }
    }

    /// Reads the entries of leaderboards of boards of a game from one snapshot.
    package func exportEntries(
        of boards: [Game],
        chat: ChatID?,
        window: WindowKind?,
        _ sink: @escaping @Sendable ([ExportedEntry], _ of: Game) throws -> Bool
    ) async throws {
        try await exporting { session, carrier throws(PostgresError) in
            for board in boards {
                try session.entriesExport(of: board, chat: chat, window: window) {
                    lines throws(PostgresError) in
                    try carrier.run { try sink(lines, board) }
                }
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
