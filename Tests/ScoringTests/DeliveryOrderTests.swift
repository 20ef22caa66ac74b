import Leaderboards
import Outbox
import Postgres
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// Whose turn it is, and how long chats and bots are left alone.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct DeliveryOrderTests {
    private let chat = StageChat(1)
    private let lead = Lead()
    private let turn: Duration = .milliseconds(1_050)

    private func claimOne(_ stage: Stage) async throws -> DeliveryClaim {
        let claimed = try await lead.claim(stage).claims
        try #require(claimed.count == 1)
        return claimed[0]
    }

    /// Lets every chat's turn come, and names who was brought in each.
    private func players(_ stage: Stage, turns: Int) async throws -> [[Int64]] {
        var players: [[Int64]] = []
        for _ in 0..<turns {
            let items = try await lead.claim(stage).claims
            players.append(items.map(\.key.player.rawValue))
            for item in items { _ = try await stage.deliveries.settle(item, .delivered) }
            stage.clock.advance(by: turn)
        }
        return players
    }

    @Test func `the three highest of a chat go first, then whoever waits the longest`() async throws {
        try await Stage.with { stage in
            for (player, score) in [(1, 10), (2, 70), (3, 20), (4, 90), (5, 30), (6, 80)] as [(Int64, Int32)]
            {
                _ = try await stage.play(player, in: chat, score: score)
                stage.clock.advance(by: .milliseconds(5))
            }
            // A newer value does not send anybody back to the end.
            _ = try await stage.play(1, in: chat, score: 11)
            #expect(try await players(stage, turns: 7) == [[4], [6], [2], [1], [3], [5], []])
        }
    }

    @Test func `the chat that has been free the longest goes first`() async throws {
        try await Stage.with {
            $0.scoring.callLimits = CallLimits(botPerSecond: 1)
        } _: { stage in
            for number in Int64(1)...3 {
                for player in Int64(1)...2 {
                    _ = try await stage.play(number * 10 + player, in: StageChat(number), score: 10)
                }
                stage.clock.advance(by: .milliseconds(5))
            }
            let order = try await players(stage, turns: 6).flatMap { $0 }
            #expect(order.map { $0 / 10 } == [1, 2, 3, 1, 2, 3])
        }
    }

    @Test func `a group is called twenty times a minute, a private chat as often as once a second`()
        async throws
    {
        try await Stage.with { stage in
            let person = StageChat(instance: "77", id: 5_000_000_001)
            for player in Int64(1)...30 {
                _ = try await stage.play(player, in: chat, score: 10)
                _ = try await stage.play(player, in: person, score: 10)
            }
            let turns = try await players(stage, turns: 30)
            #expect(turns.prefix(20).allSatisfy { $0.count == 2 })
            #expect(turns.dropFirst(20).allSatisfy { $0.count == 1 })
            stage.clock.advance(by: .seconds(60))
            #expect(try await players(stage, turns: 10).allSatisfy { $0.count == 1 })
        }
    }

    @Test func `chat and inline messages of one chat share its budget`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, target: chat.message(), score: 10)
            _ = try await stage.play(2, in: chat, target: .inline("AAAA"), score: 20)
            #expect(try await players(stage, turns: 3).map(\.count) == [1, 1, 0])
        }
    }

    private func countMessage(_ stage: Stage) async throws {
        try await stage.pool.transaction { [chat] session throws(PostgresError) in
            try session.messageCount(to: chat.id, bot: Stage.bot, now: stage.clock.now)
        }
    }

    @Test func `messages of the bot's own count, and are not delayed`() async throws {
        try await Stage.with { stage in
            for player in Int64(1)...20 { _ = try await stage.play(player, in: chat, score: 10) }
            for _ in 0..<5 { try await countMessage(stage) }
            // The message may leave half a second after it was recorded.
            #expect(try await lead.claim(stage).claims.isEmpty)
            stage.clock.advance(by: .milliseconds(1_600))
            #expect(try await players(stage, turns: 20).flatMap { $0 }.count == 15)
        }
    }

    @Test func `a message to a chat that nobody pressed in yet counts there, too`() async throws {
        try await Stage.with { stage in
            try await countMessage(stage)
            _ = try await stage.play(1, in: chat, score: 10)
            #expect(try await lead.claim(stage).claims.isEmpty)
            stage.clock.advance(by: .milliseconds(1_600))
            #expect(try await lead.claim(stage).claims.count == 1)
        }
    }

    @Test func `a second chat that is asked to wait holds the whole bot`() async throws {
        try await Stage.with { stage in
            for number in Int64(1)...4 { _ = try await stage.play(1, in: StageChat(number), score: 10) }
            let claimed = try await lead.claim(stage, limit: 2).claims
            _ = try await stage.deliveries.settle(claimed[0], .wait(.seconds(20)))
            #expect(try await lead.claim(stage, limit: 1).claims.count == 1)
            _ = try await stage.deliveries.settle(claimed[1], .wait(.seconds(10)))
            let held = try await lead.claim(stage)
            #expect(held.claims.isEmpty)
            #expect(held.notBefore == stage.clock.now + .seconds(10))
            stage.clock.advance(by: .seconds(10))
            // The second chat and the fourth one; the first waits as long as it was told.
            #expect(try await lead.claim(stage).claims.count == 2)
            stage.clock.advance(by: .seconds(10))
            #expect(try await claimOne(stage).key == claimed[0].key)
        }
    }

    @Test func `a long wait holds the whole bot`() async throws {
        try await Stage.with { stage in
            for number in Int64(1)...2 { _ = try await stage.play(1, in: StageChat(number), score: 10) }
            let claimed = try await lead.claim(stage, limit: 1).claims
            _ = try await stage.deliveries.settle(claimed[0], .wait(.seconds(61)))
            stage.clock.advance(by: .milliseconds(60_999))
            #expect(try await lead.claim(stage).claims.isEmpty)
            stage.clock.advance(by: .milliseconds(1))
            #expect(try await lead.claim(stage).claims.count == 2)
        }
    }

    @Test func `a refused token pauses its bot, which is tried with one call now and then`() async throws {
        try await Stage.with { stage in
            for number in Int64(1)...3 { _ = try await stage.play(1, in: StageChat(number), score: 10) }
            let first = try await lead.claim(stage, limit: 1).claims
            _ = try await stage.deliveries.settle(first[0], .botRefused("Unauthorized"))
            #expect(try await lead.claim(stage).claims.isEmpty)
            stage.clock.advance(by: DeliveryQueue.refusalPause)
            let probe = try await lead.claim(stage)
            #expect(probe.claims.map(\.isProbe) == [true])
            _ = try await stage.deliveries.settle(
                probe.claims[0],
                .botRefused("Unauthorized")
            )
            #expect(try await lead.claim(stage).claims.isEmpty)
            // Whoever takes over may have another token.
            try await stage.deliveries.takeOver()
            let second = try await stage.deliveries.claim(limit: 10)
            #expect(second.claims.map(\.isProbe) == [true])
            _ = try await stage.deliveries.settle(second.claims[0], .delivered)
            stage.clock.advance(by: .seconds(2))
            let rest = try await stage.deliveries.claim(limit: 10)
            #expect(rest.claims.map(\.isProbe) == [false, false])
            #expect(
                try await stage.value(String.self, "SELECT string_agg(DISTINCT state, ' ') FROM deliveries")
                    == "done sending"
            )
        }
    }

    @Test func `a scoreboard is edited as often as its game says`() async throws {
        try await Stage.with {
            $0.rules = GameRules(messageEdits: .every(seconds: 3))
        } _: { stage in
            for player in Int64(1)...6 { _ = try await stage.play(player, in: chat, score: 10) }
            var kept: [Bool] = []
            for _ in 0..<6 {
                kept.append(try await claimOne(stage).keepsMessage)
                stage.clock.advance(by: turn)
            }
            #expect(kept == [false, true, true, false, true, true])
        }
    }

    @Test func `a turn that an earlier version did not see to is found by whoever takes over`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 10)
            try await stage.sql("UPDATE delivery_chats SET ready_at = NULL")
            #expect(try await lead.claim(stage).claims.isEmpty)
            try await stage.deliveries.takeOver()
            try await stage.deliveries.queueForgotten()
            lead.retire()
            #expect(try await lead.claim(stage).claims.count == 1)
        }
    }
}
