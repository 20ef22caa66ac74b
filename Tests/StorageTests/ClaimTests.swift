import Leaderboards
import Postgres
import Storage
import TestSupport
import Testing

/// Two instances that claim at the same moment do not call one chat twice.
@Suite(.scratchDatabase(.withGame), .timeLimit(.minutes(10)))
struct ClaimTests {
    private let pool = ScratchDatabase.current.pool
    private let now = Instant(milliseconds: 1_772_366_400_000)
    private static let gate: Int64 = 42

    private func want(_ player: Int64, dueAt due: Instant) async throws {
        try await pool.transaction { session throws(PostgresError) in
            let alias = ChatAlias(instance: ChatInstance(rawValue: 5), address: nil)
            guard let game = try session.game(GameID(rawValue: 1)) else {
                throw PostgresError(.decoding, "no game")
            }
            let chat = try session.resolveChats([alias], bot: game.bot)[0].chat
            let wish = DeliveryWish(
                chat: chat,
                player: PlayerID(rawValue: player),
                wanted: 10,
                target: Target.inline("AAAA").stored
            )
            try session.wantDeliveries([wish], game: game, now: due)
        }
    }

    private func claim(_ lease: UInt64, waitsForGate: Bool = false) -> Task<[ClaimedDelivery], any Error> {
        Task {
            try await pool.transaction { session throws(PostgresError) in
                let claimed = try session.claimDeliveries(
                    of: BotID(rawValue: 7),
                    limit: 10,
                    now: now,
                    pause: .seconds(1),
                    lease: Identifier128(high: 0, low: lease),
                    leaseUntil: now + .seconds(30)
                )
                if waitsForGate { try session.advisoryXactLock(Self.gate) }
                return claimed
            }
        }
    }

    /// Whether somebody waits for a lock of a kind.
    private func isWaited(for kind: String) async throws -> Bool {
        try await pool.withSession { session throws(PostgresError) in
            // Waits for a transaction's end belong to no database; the waiting session does.
            try session.query(
                """
                SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)
                WHERE NOT granted AND locktype = \(kind) AND datname = current_database()
                """
            ).count > 0
        }
    }

    @Test func `a chat whose slot is being taken is not claimed beside it, even for another player`()
        async throws
    {
        try await want(1, dueAt: now)
        let (first, second) = try await pool.withConnection { connection in
            let isLocked = try await connection.withSession { session throws(PostgresError) in
                try session.tryAdvisoryLock(Self.gate)
            }
            try #require(isLocked)
            let first = claim(1, waitsForGate: true)
            try await until { try await isWaited(for: "advisory") }
            // Waits longer than the first, so that the second instance picks it.
            try await want(2, dueAt: now + .seconds(-1))
            let second = claim(2)
            try await until { try await isWaited(for: "transactionid") }
            return (first, second)
        }
        #expect(try await first.value.map(\.key.player.rawValue) == [1])
        #expect(try await second.value.isEmpty)
    }
}
