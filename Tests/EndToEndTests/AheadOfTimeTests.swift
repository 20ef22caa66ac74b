import Foundation
import Postgres
import Simulator
import TestSupport
import Testing

/// What an instance whose clock was an hour ahead has left behind is told of, and holds nothing up.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct AheadOfTimeTests {
    private static let hour = "now() + interval '1 hour'"

    @Test func `slots an hour ahead are told of and count as now`() async throws {
        try await Arena.with { arena in
            try await arena.played([(Arena.ada, 10)])
            try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
                try session.script(
                    """
                    UPDATE delivery_bots SET slots = ARRAY(SELECT \(Self.hour) FROM generate_series(1, 30));
                    UPDATE delivery_chats SET ready_at = \(Self.hour), free_at = \(Self.hour),
                           slots = ARRAY(SELECT \(Self.hour) FROM generate_series(1, 3));
                    """
                )
            }
            let status = try await arena.command("delivery status")
            #expect(status.errors.contains("s ahead of the database's clock"), "\(status)")
            let doctor = try await arena.command("doctor")
            #expect(doctor.output.contains("s ahead of the database's clock"), "\(doctor)")
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            try await arena.play(Arena.ada, message, at: service, 20)
            await arena.expectTable([Arena.ada: 20])
            try await service.stop()
        }
    }
}
