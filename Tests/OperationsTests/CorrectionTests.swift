import Leaderboards
import Outbox
import Postgres
import Operations
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// What Telegram may hold too much of is put right by force, and only when no other call can interfere.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct CorrectionTests {
    private let chat = StageChat(1)
    private let lead = Lead()
    private let turn: Duration = .milliseconds(1_050)
    private let lost = DeliveryAnswer.temporary("no answer", mayHaveTakenEffect: true)

    private func claimOne(_ stage: Stage) async throws -> DeliveryClaim {
        let claimed = try await lead.claim(stage).claims
        try #require(claimed.count == 1)
        return claimed[0]
    }

    @discardableResult
    private func settle(
        _ stage: Stage,
        _ delivery: DeliveryClaim,
        _ answer: DeliveryAnswer
    ) async throws -> DeliverySettlement.Next? {
        let next = try await stage.deliveries.settle(delivery, answer)?.next
        stage.clock.advance(by: turn)
        return next
    }

    /// Brings a score of a player to Telegram.
    private func bring(_ stage: Stage, _ score: Int32, of player: Int64 = 11) async throws {
        _ = try await stage.play(player, in: chat, score: score)
        #expect(try await settle(stage, claimOne(stage), .delivered) == .done)
    }

    /// Changes the game's settings, as of the stage's time: what an operator does is dated by the database's clock.
    private func change(_ stage: Stage, _ changes: GameChanges) async throws {
        _ = try await stage.administration.setGame(stage.currentGame(), changes)
        let now = stage.clock.now
        try await stage.sql("UPDATE deliveries SET due_at = \(now) WHERE due_at > \(now)")
        try await stage.sql("UPDATE delivery_chats SET ready_at = greatest(free_at, \(now))")
    }

    private func correct(_ stage: Stage, _ score: Int64?, of player: Int64 = 11) async throws {
        let now = stage.clock.now
        try await stage.pool.transaction { session throws(PostgresError) in
            guard let game = try session.run(.gameGet(stage.game)),
                let chat = try session.run(.chatFind(at: chat.id, bot: Stage.bot))
            else { throw PostgresError(.decoding, "no game or chat") }
            let current = ChatScore(chat: chat, player: PlayerID(rawValue: player), score: score)
            try session.desiredScoresCorrect(of: [current], game: game, now: now)
        }
    }

    @Test func `a lower value replaces the one that Telegram has`() async throws {
        try await Stage.with { stage in
            try await bring(stage, 900)
            try await correct(stage, 300)
            let delivery = try await claimOne(stage)
            #expect(delivery.call.step == .force && delivery.call.value == 300)
            #expect(try await settle(stage, delivery, .delivered) == .done)
            // From then on values go up as ever.
            _ = try await stage.play(11, in: chat, score: 1000)
            #expect(try await claimOne(stage).call.step == .score)
        }
    }

    @Test func `a player is taken off by 0, unless nothing was ever sent`() async throws {
        try await Stage.with { stage in
            try await bring(stage, 900)
            try await correct(stage, nil)
            let delivery = try await claimOne(stage)
            #expect(delivery.call.step == .force && delivery.call.value == 0)
            #expect(try await settle(stage, delivery, .delivered) == .done)
            try await correct(stage, nil)
            #expect(try await lead.claim(stage).claims.isEmpty)
            _ = try await stage.play(12, in: chat, score: 5)
            try await correct(stage, nil, of: 12)
            try await correct(stage, nil, of: 13)
            #expect(try await lead.claim(stage).claims.isEmpty)
            #expect(try await stage.deliveryCounts() == ["done": 3])
        }
    }

    @Test func `a value that Telegram is known to have is not forced upon it`() async throws {
        try await Stage.with { stage in
            try await bring(stage, 900)
            try await correct(stage, 900)
            #expect(try await lead.claim(stage).claims.isEmpty)
        }
    }

    @Test func `a run that follows a correction is forced with it`() async throws {
        try await Stage.with { stage in
            try await bring(stage, 900)
            try await correct(stage, 300)
            // Better than the corrected entry, not than what Telegram holds.
            try await stage.sql("DELETE FROM entries")
            _ = try await stage.play(11, in: chat, score: 400)
            let delivery = try await claimOne(stage)
            #expect(delivery.call.step == .force && delivery.call.value == 400)
        }
    }

    @Test func `a correction waits for the call that is under way`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: chat, score: 900)
            let first = try await claimOne(stage)
            try await correct(stage, 300)
            stage.clock.advance(by: turn)
            #expect(try await lead.claim(stage).claims.isEmpty)
            #expect(try await settle(stage, first, .delivered) != .done)
            let second = try await claimOne(stage)
            #expect(second.call.step == .force && second.call.value == 300)
        }
    }

    @Test func `a correction waits a minute after a call whose outcome is not known`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: chat, score: 900)
            let first = try await claimOne(stage)
            try await settle(stage, first, lost)
            try await correct(stage, 300)
            stage.clock.advance(by: first.call.claimedAt + .milliseconds(59_999) - stage.clock.now)
            #expect(try await lead.claim(stage).claims.isEmpty)
            stage.clock.advance(by: .milliseconds(1))
            #expect(try await claimOne(stage).call.step == .force)
        }
    }

    @Test func `a correction waits a minute after a call of an instance that vanished`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: chat, score: 900)
            let first = try await claimOne(stage)
            try await correct(stage, 300)
            // Whoever leads notices when the lease has run out.
            stage.clock.advance(by: DeliveryQueue.leaseLength + .seconds(1))
            #expect(try await lead.claim(stage).claims.isEmpty)
            stage.clock.advance(by: first.call.claimedAt + .milliseconds(59_999) - stage.clock.now)
            #expect(try await lead.claim(stage).claims.isEmpty)
            stage.clock.advance(by: .milliseconds(1))
            #expect(try await claimOne(stage).call.step == .force)
        }
    }

    @Test(arguments: [300, 900, nil] as [Int32?])
    func `after a correction was lost, Telegram's table is read before it counts as done`(found: Int32?)
        async throws
    {
        try await Stage.with { stage in
            try await bring(stage, 900)
            try await correct(stage, 300)
            let first = try await claimOne(stage)
            try await settle(stage, first, lost)
            stage.clock.advance(by: first.call.claimedAt + .milliseconds(59_999) - stage.clock.now)
            #expect(try await lead.claim(stage).claims.isEmpty)
            stage.clock.advance(by: .milliseconds(1))
            let reading = try await claimOne(stage)
            #expect(reading.call.step == .read)
            let next = try await settle(stage, reading, .table(found))
            guard found != 300 else { return #expect(next == .done) }
            let second = try await claimOne(stage)
            #expect(second.call.step == .force && second.call.value == 300)
            #expect(try await settle(stage, second, .delivered) == .done)
        }
    }

    @Test func `a forced call of an instance that vanished is followed by reading`() async throws {
        try await Stage.with {
            $0.rules = GameRules(keep: .latest)
        } _: { stage in
            _ = try await stage.play(11, in: chat, score: 900)
            _ = try await claimOne(stage)
            stage.clock.advance(by: .seconds(61))
            #expect(try await lead.claim(stage).claims.isEmpty)
            stage.clock.advance(by: .seconds(2))
            #expect(try await claimOne(stage).call.step == .read)
        }
    }

    @Test func `another way to show scores is forced where Telegram may hold more`() async throws {
        try await Stage.with { stage in
            try await bring(stage, 90, of: 11)
            try await bring(stage, 40, of: 12)
            _ = try await stage.play(13, in: chat, score: 95)
            var changes = GameChanges()
            changes.set(\.rules.telegramScore, to: .inverted(ceiling: 100))
            try await change(stage, changes)
            var sent: [Int64: String] = [:]
            for _ in 0..<3 {
                let delivery = try await claimOne(stage)
                sent[delivery.key.player.rawValue] = "\(delivery.call.step) \(delivery.call.value)"
                #expect(try await settle(stage, delivery, .delivered) == .done)
            }
            // The last one was never sent, so that nothing has to be taken back.
            #expect(sent == [11: "force 10", 12: "score 60", 13: "score 5"])
            changes.set(\.rules.telegramScore, to: .off)
            try await change(stage, changes)
            for _ in 0..<3 {
                let delivery = try await claimOne(stage)
                #expect(delivery.call.step == .force && delivery.call.value == 0)
                try await settle(stage, delivery, .delivered)
            }
            #expect(try await lead.claim(stage).claims.isEmpty)
        }
    }

    @Test func `another rule of which run counts is forced where Telegram may hold more`() async throws {
        try await Stage.with { stage in
            try await bring(stage, 90)
            _ = try await stage.play(11, in: chat, score: 20)
            var changes = GameChanges()
            changes.set(\.rules.keep, to: .latest)
            changes.set(\.rules.telegramScore, to: .same)
            try await change(stage, changes)
            let delivery = try await claimOne(stage)
            #expect(delivery.call.step == .force && delivery.call.value == 20)
        }
    }

    @Test func `a delivery that was given up is woken by a message not tried yet`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: chat, score: 10)
            #expect(try await settle(stage, claimOne(stage), .rejected("SCORE_INVALID")) == .dead)
            _ = try await stage.press(12, in: chat)
            #expect(try await lead.claim(stage).claims.isEmpty)
            _ = try await stage.press(12, in: chat, target: chat.message(99))
            #expect(try await claimOne(stage).target.target == chat.message(99))
        }
    }
}
