import Leaderboards
import Outbox
import Postgres
import Operations
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// What an instance with a wrong clock has written stops nobody.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct WrongClockTests {
    private let chat = StageChat(1)
    private let lead = Lead()

    /// Every time that deliveries are compared with, an hour ahead.
    static let ahead: [Query] = [
        "UPDATE delivery_bots SET slots = ARRAY(SELECT now() + interval '1 hour' FROM generate_series(1, 30))",
        "UPDATE delivery_chats SET slots = ARRAY(SELECT now() + interval '1 hour' FROM generate_series(1, 20))",
        "UPDATE delivery_chats SET ready_at = now() + interval '1 hour'",
        "UPDATE delivery_chats SET free_at = now() + interval '1 hour', ready_at = now() + interval '1 hour'",
        "UPDATE delivery_chats SET ready_at = NULL, later_at = now() + interval '2 days'",
        "UPDATE delivery_chats SET held_until = now() + interval '2 days', ready_at = now() + interval '2 days'",
        "UPDATE delivery_bots SET held_until = now() + interval '2 days'",
        "UPDATE deliveries SET due_at = now() + interval '1 hour', desired_at = now() + interval '1 hour'",
        """
        UPDATE deliveries SET due_at = now() + interval '1 hour', uncertain_until = now() + interval '1 hour',
               is_correction = true
        """,
        "UPDATE deliveries SET due_at = now() + interval '2 days', rejections = 1",
        """
        UPDATE deliveries SET state = 'sending', lease = gen_random_uuid(), lease_until = now() + interval '1 hour',
               last_call = 'score', last_call_at = now() + interval '1 hour'
        """,
        """
        UPDATE delivery_chats SET closed_at = now(), closed_reason = 'x', refusals = 1, refused_at = now(),
               retry_at = now() + interval '2 days'
        """,
    ]

    @Test(arguments: ahead.indices)
    func `times further ahead than they can be count as now`(index: Int) async throws {
        try await Stage.with { stage in
            try await stage.setClock()
            _ = try await stage.play(1, in: chat, score: 10)
            _ = try await lead.claim(stage, limit: 0)
            try await stage.sql(Self.ahead[index])
            var claimed: [DeliveryClaim] = []
            // A row that is taken back waits a second, as after any failure; calls that count as now fill a minute.
            for _ in 0..<35 where claimed.isEmpty {
                claimed = try await lead.claim(stage).claims
                stage.clock.advance(by: .seconds(2))
            }
            #expect(claimed.count == 1)
            for delivery in claimed { _ = try await stage.deliveries.settle(delivery, .delivered) }
            // And what is wrong does not stay.
            _ = try await stage.play(2, in: chat, score: 10)
            #expect(try await lead.claim(stage).claims.count == 1)
        }
    }

    @Test func `what Telegram asked holds a day, and a minute holds as before`() async throws {
        try await Stage.with { stage in
            for number in Int64(1)...2 { _ = try await stage.play(1, in: StageChat(number), score: 10) }
            let claimed = try await lead.claim(stage, limit: 1).claims
            _ = try await stage.deliveries.settle(
                try #require(claimed.first),
                .wait(.seconds(86_400))
            )
            stage.clock.advance(by: .seconds(86_399))
            #expect(try await lead.claim(stage).claims.isEmpty)
            stage.clock.advance(by: .seconds(1))
            #expect(try await lead.claim(stage).claims.count == 2)
        }
    }

    @Test func `a long hold of one chat is kept to its second`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 10)
            let claimed = try await lead.claim(stage).claims
            _ = try await stage.deliveries.settle(
                try #require(claimed.first),
                .wait(.seconds(240))
            )
            try await stage.sql("UPDATE delivery_bots SET held_until = 'epoch'")
            #expect(try await lead.claim(stage).claims.isEmpty)
            #expect(try await lead.claim(stage).next == stage.clock.now + .seconds(240))
            // A better score does not end it, nor does asking for it.
            _ = try await stage.play(1, in: chat, score: 20)
            _ = try await stage.administration.retryDeliveries(DeliveryFilter(), subject: "all")
            stage.clock.advance(by: .milliseconds(239_999))
            #expect(try await lead.claim(stage).claims.isEmpty)
            stage.clock.advance(by: .milliseconds(1))
            #expect(try await lead.claim(stage).claims.count == 1)
        }
    }

    @Test func `a clock that is set back by an hour goes on`() async throws {
        try await Stage.with { stage in
            for player in Int64(1)...3 { _ = try await stage.play(player, in: chat, score: 10) }
            #expect(try await lead.claim(stage).claims.count == 1)
            stage.clock.advance(by: .seconds(-3_600))
            // Its call counts as now, once.
            #expect(try await lead.claim(stage).claims.isEmpty)
            stage.clock.advance(by: .seconds(2))
            for _ in 0..<2 {
                #expect(try await lead.claim(stage).claims.count == 1)
                stage.clock.advance(by: .milliseconds(1_050))
            }
        }
    }

    @Test func `tries of a chat that a clock an hour ahead closed are tries`() async throws {
        try await Stage.with { stage in
            try await stage.setClock()
            _ = try await stage.play(1, in: chat, score: 10)
            try await stage.sql(
                """
                UPDATE delivery_chats SET closed_at = now(), closed_reason = 'x', refusals = 1,
                       refused_at = now() + interval '1 hour', retry_at = 'epoch'
                """
            )
            for hours in [6, 24] {
                let tried = try await lead.claim(stage).claims
                #expect(tried.count == 1, "\(hours) h")
                for delivery in tried {
                    _ = try await stage.deliveries.settle(delivery, .chatForbidden("kicked"))
                }
                stage.clock.advance(by: .seconds(40))
                // Once more, since what is idle rests first.
                for _ in 0..<2 { #expect(try await lead.claim(stage).claims.isEmpty, "\(hours) h") }
                stage.clock.advance(by: .seconds(hours * 3_600 - 40))
            }
        }
    }

    @Test(arguments: [false, true])
    func `whoever follows an instance that was an hour ahead does not see its last minute as free`(
        isReconciling: Bool
    ) async throws {
        try await Stage.with { stage in
            for player in Int64(1)...40 { _ = try await stage.play(player, in: chat, score: 10) }
            stage.clock.advance(by: .seconds(3_600))
            for _ in 0..<20 {
                let items = try await lead.claim(stage).claims
                #expect(items.count == 1)
                for item in items {
                    _ = try await stage.deliveries.settle(item, .delivered)
                }
                stage.clock.advance(by: .milliseconds(1_100))
            }
            stage.clock.advance(by: .seconds(-3_600))
            lead.retire()
            let number = try await stage.value(ChatID.self, "SELECT chat_id FROM delivery_chats")
            let chat = try #require(number)
            func starts() async throws -> Bool {
                guard isReconciling else { return try await !lead.claim(stage).claims.isEmpty }
                let now = stage.clock.now
                return try await stage.pool.transaction { session throws(PostgresError) in
                    try session.deliveryChatReserveCall(chat, bot: Stage.bot, limits: CallLimits(), now: now)
                } == nil
            }
            for _ in 0..<59 {
                #expect(try await !starts())
                stage.clock.advance(by: .seconds(1))
            }
            stage.clock.advance(by: .seconds(3))
            #expect(try await starts())
        }
    }

    @Test func `messages of the bot's own forget what is over a minute ahead, as all else does`()
        async throws
    {
        try await Stage.with { stage in
            for (seconds, isAdmitted) in [(61, false), (62, true)] {
                let chat = StageChat(Int64(seconds))
                stage.clock.advance(by: .seconds(seconds))
                _ = try await stage.highscores.admitMessage(
                    after: Int64(seconds),
                    to: chat.id,
                    bot: Stage.bot
                )
                stage.clock.advance(by: .seconds(-seconds))
                let answer = try await stage.highscores.admitMessage(
                    after: Int64(1_000 + seconds),
                    to: chat.id,
                    bot: Stage.bot
                )
                #expect(answer == isAdmitted)
            }
        }
    }

    @Test func `an operator is told of it`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 10)
            _ = try await lead.claim(stage, limit: 0)
            #expect(try await DeliveryStatus.read(from: stage.pool).remarks.isEmpty)
            for query in Self.ahead[0...0] + Self.ahead[2...3] + Self.ahead[7...7] {
                try await stage.sql(query)
                #expect(try await DeliveryStatus.read(from: stage.pool).remarks.map(\.code) == [.clockSkew])
                try await stage.sql("UPDATE delivery_bots SET slots = '{}'")
                try await stage.sql("UPDATE delivery_chats SET ready_at = now(), free_at = now()")
            }
            // They count as now, also for people.
            #expect(try await DeliveryStatus.read(from: stage.pool).backlogs.map(\.cause) == [.turn])
        }
    }
}
