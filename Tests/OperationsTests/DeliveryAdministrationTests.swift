import Leaderboards
import Outbox
import Postgres
import Operations
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// Operators see why Telegram does not hold something, try it again, and give it up.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct DeliveryAdministrationTests {
    private let chat = StageChat(1)
    private let lead = Lead()

    private func causes(_ stage: Stage) async throws -> [DeliveryCause: Int] {
        let backlogs = try await DeliveryStatus.read(from: stage.pool).backlogs
        #expect(backlogs.allSatisfy { $0.bot == Stage.bot })
        return Dictionary(uniqueKeysWithValues: backlogs.map { ($0.cause, $0.count) })
    }

    /// Claims everything that is due and settles it with one answer.
    private func settleAll(_ stage: Stage, _ answer: DeliveryAnswer) async throws {
        for item in try await lead.claim(stage).claims {
            _ = try await stage.deliveries.settle(item, answer)
        }
    }

    /// The stage's clock is far behind the database's, by which operators see; this brings dates into its future.
    private func postpone(_ stage: Stage) async throws {
        try await stage.sql(
            "UPDATE deliveries SET due_at = now() + interval '1 minute', uncertain_until = uncertain_until + interval '9 years'"
        )
    }

    @Test func `every cause is told`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 10)
            #expect(try await causes(stage) == [.turn: 1])
            let claimed = try await lead.claim(stage).claims
            #expect(try await causes(stage) == [.sending: 1])
            let lost = DeliveryAnswer.temporary("502", mayHaveTakenEffect: false)
            _ = try await stage.deliveries.settle(claimed[0], lost)
            try await postpone(stage)
            #expect(try await causes(stage) == [.retry: 1])
            try await stage.sql("UPDATE deliveries SET is_correction = true, uncertain_until = due_at")
            #expect(try await causes(stage) == [.uncertain: 1])
            try await stage.sql("UPDATE delivery_chats SET held_until = now() + interval '1 hour'")
            #expect(try await causes(stage) == [.chatHeld: 1])
            try await stage.sql("UPDATE delivery_bots SET held_until = now() + interval '1 hour'")
            #expect(try await causes(stage) == [.botHeld: 1])
            try await stage.sql(
                """
                UPDATE delivery_chats
                SET closed_at = now(), closed_reason = 'kicked', refusals = 1, refused_at = now(), retry_at = now()
                """
            )
            #expect(try await causes(stage) == [.forbidden: 1])
            try await stage.sql("UPDATE delivery_bots SET refusal = 'Unauthorized', refused_at = now()")
            #expect(try await causes(stage) == [.tokenRefused: 1])
            #expect(try await DeliveryStatus.read(from: stage.pool).bots.map(\.refusal) == ["Unauthorized"])
            try await stage.sql("UPDATE deliveries SET state = 'no_target', target = NULL")
            #expect(try await causes(stage) == [.noTarget: 1])
            try await stage.sql("UPDATE deliveries SET state = 'dead'")
            #expect(try await causes(stage) == [.dead: 1])
        }
    }

    @Test func `what is done is shown only when asked for`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 10)
            _ = try await stage.submit(20, with: stage.launchToken(2, in: StageChat(2)))
            try await settleAll(stage, .notModified)
            let open = try await stage.administration.deliveries(DeliveryFilter(), limit: 10)
            #expect(open.map(\.state) == ["no_target"])
            #expect(open[0].player.rawValue == 2 && open[0].desired == 20 && open[0].known == .unknown)
            var filter = DeliveryFilter()
            filter.states = ["done"]
            filter.player = PlayerID(rawValue: 1)
            let done = try await stage.administration.deliveries(filter, limit: 10)
            #expect(done.map(\.known) == [.atLeast(10)])
            #expect(done[0].chat?.description == chat.instance && done[0].game == "arcade_bot/tetris")
            let chats = try await stage.administration.chatBacklogs(limit: 10)
            #expect(chats.map { $0.chat?.description } == [StageChat(2).instance])
        }
    }

    @Test func `what was given up is tried again`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 10)
            try await settleAll(stage, .rejected("SCORE_INVALID"))
            var filter = DeliveryFilter()
            filter.states = ["dead"]
            let shown = try await stage.administration.retryDeliveries(filter, subject: "all", isDryRun: true)
            #expect(shown.changed == 1 && shown.records.map(\.lastError) == ["SCORE_INVALID"])
            #expect(try await causes(stage) == [.dead: 1])
            let done = try await stage.administration.retryDeliveries(filter, subject: "all", reason: "fixed")
            #expect(done.changed == 1)
            #expect(try await causes(stage) == [.turn: 1])
            #expect(
                try await stage.value(Bool.self, "SELECT ready_at IS NOT NULL FROM delivery_chats") == true
            )
            #expect(
                try await stage.value(String.self, "SELECT reason FROM audit WHERE action = 'delivery.retry'")
                    == "fixed"
            )
        }
    }

    @Test func `what is dropped stays on record, and a new value wakes it`() async throws {
        try await Stage.with { stage in
            for player in Int64(1)...3 { _ = try await stage.play(player, in: chat, score: 10) }
            // Its call cannot be taken back.
            #expect(try await lead.claim(stage).claims.count == 1)
            let done = try await stage.administration.dropDeliveries(
                DeliveryFilter(),
                subject: "all",
                reason: "left"
            )
            #expect(done.records.count == 3 && done.changed == 2)
            #expect(try await causes(stage) == [.sending: 1, .dead: 2])
            stage.clock.advance(by: .seconds(2))
            #expect(try await lead.claim(stage).claims.isEmpty)
            var filter = DeliveryFilter()
            filter.states = ["dead"]
            let dropped = try await stage.administration.deliveries(filter, limit: 10)
            #expect(dropped.allSatisfy { $0.lastError?.hasSuffix(": left") == true })
            _ = try await stage.play(3, in: chat, score: 11)
            #expect(try await lead.claim(stage).claims.map(\.key.player.rawValue) == [3])
        }
    }
}
