import Leaderboards
import Outbox
import Postgres
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// What Telegram is to hold is brought there once, in order of its chats, and never forgotten.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct DeliveryTests {
    private let chat = StageChat(1)
    /// A second with what is added to keep the limit in spite of late starts.
    private let chatPause: Duration = .milliseconds(1_050)
    private let lead = Lead()

    private func claim(_ stage: Stage, limit: Int = 10) async throws -> [DeliveryClaim] {
        try await lead.claim(stage, limit: limit).claims
    }

    private let lost = DeliveryAnswer.temporary("502", mayHaveTakenEffect: true)

    private func claimOne(_ stage: Stage) async throws -> DeliveryClaim {
        let claimed = try await claim(stage)
        try #require(claimed.count == 1)
        return claimed[0]
    }

    /// Lets the chat's pause go by.
    private func pause(_ stage: Stage) { stage.clock.advance(by: chatPause) }

    @discardableResult
    private func settle(
        _ stage: Stage,
        _ delivery: DeliveryClaim,
        _ answer: DeliveryAnswer
    ) async throws -> DeliverySettlement? {
        try await stage.deliveries.settle(delivery, answer)
    }

    private func counts(_ stage: Stage) async throws -> [String: Int] {
        try await stage.deliveryCounts()
    }

    @Test func `only the newest value is sent`() async throws {
        try await Stage.with { stage in
            for score: Int32 in [10, 30, 20, 40] { _ = try await stage.play(11, in: chat, score: score) }
            #expect(try await claimOne(stage).call.value == 40)
            #expect(try await claim(stage).isEmpty)
        }
    }

    @Test func `a value that came during the call follows it, with its own message`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: chat, target: chat.message(1), score: 10)
            let first = try await claimOne(stage)
            _ = try await stage.play(11, in: chat, target: chat.message(2), score: 20)
            pause(stage)
            #expect(try await claim(stage).isEmpty)
            #expect(try await settle(stage, first, .delivered)?.next == .pending(stage.clock.now))
            let second = try await claimOne(stage)
            #expect(second.call.value == 20)
            #expect(second.target.target == chat.message(2))
            #expect(try await settle(stage, second, .delivered)?.next == .done)
            #expect(try await counts(stage) == ["done": 1])
        }
    }

    @Test func `a value that Telegram has already is not sent again`() async throws {
        try await Stage.with {
            $0.rules = GameRules(keep: .sum)
        } _: { stage in
            _ = try await stage.submit(
                .max,
                with: stage.launchToken(11, in: chat, target: chat.message()),
                key: "a"
            )
            try await settle(stage, claimOne(stage), .delivered)
            pause(stage)
            // The sum grows beyond what Telegram can show; what it shows stays.
            _ = try await stage.submit(
                .max,
                with: stage.launchToken(11, in: chat, target: chat.message()),
                key: "b"
            )
            #expect(try await claim(stage).isEmpty)
            #expect(try await counts(stage) == ["done": 1])
        }
    }

    @Test func `a chat is called once a second, other chats beside it`() async throws {
        try await Stage.with { stage in
            for player in Int64(1)...3 { _ = try await stage.play(player, in: chat, score: 10) }
            _ = try await stage.play(1, in: StageChat(2), score: 10)
            let first = try await claim(stage)
            #expect(Set(first.map(\.key.chat)).count == 2)
            #expect(first.count == 2)
            #expect(try await claim(stage).isEmpty)
            stage.clock.advance(by: chatPause + .milliseconds(-1))
            #expect(try await claim(stage).isEmpty)
            stage.clock.advance(by: .milliseconds(1))
            #expect(try await claim(stage).count == 1)
        }
    }

    @Test func `whoever takes over keeps to what others claimed, who claim nothing more`() async throws {
        try await Stage.with {
            $0.instances = 3
        } _: { stage in
            for player in Int64(1)...6 { _ = try await stage.play(player, in: chat, score: 10) }
            for round in 0..<6 {
                let queue = stage.queues[round % 3]
                try await queue.takeOver()
                let newer = stage.queues[(round + 1) % 3]
                try await newer.takeOver()
                #expect(try await queue.claim(limit: 10).isDeposed)
                #expect(try await newer.claim(limit: 10).claims.count == 1)
                #expect(try await newer.claim(limit: 10).claims.isEmpty)
                #expect(try await queue.claim(limit: 10).isDeposed)
                // How late the call of another one started is not known: up to half a second.
                stage.clock.advance(by: chatPause)
                try await queue.takeOver()
                #expect(try await queue.claim(limit: 10).claims.isEmpty)
                stage.clock.advance(by: .milliseconds(500))
            }
            #expect(try await counts(stage) == ["sending": 6])
        }
    }

    @Test func `nobody claims for another bot, nor more than asked`() async throws {
        try await Stage.with { stage in
            for number in Int64(1)...3 { _ = try await stage.play(1, in: StageChat(number), score: 10) }
            let queue = DeliveryQueue(
                bot: BotID(rawValue: 1),
                pool: stage.pool,
                limits: CallLimits(),
                roles: stage.highscores.roles,
                clock: { stage.clock.now }
            )
            try await queue.takeOver()
            let other = try await queue.claim(limit: 10)
            #expect(other.claims.isEmpty)
            #expect(other.next == nil)
            #expect(try await claim(stage, limit: 2).count == 2)
            #expect(try await claim(stage, limit: 2).count == 1)
        }
    }

    @Test func `a claim says when the next may find something`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 10)
            _ = try await stage.play(2, in: chat, score: 10)
            let first = try await lead.claim(stage)
            #expect(first.claims.count == 1)
            #expect(first.next == stage.clock.now + chatPause)
            #expect(try await lead.claim(stage).next == stage.clock.now + chatPause)
            pause(stage)
            _ = try await claimOne(stage)
            pause(stage)
            // Nothing is left to be brought to the chat, which is found out only now.
            #expect(try await lead.claim(stage).next == nil)
            #expect(try await stage.value(Instant?.self, "SELECT ready_at FROM delivery_chats") == .some(nil))
        }
    }

    @Test func `a lease that ran out returns the row, and its holder's word comes too late`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: chat, score: 10)
            let old = try await claimOne(stage)
            stage.clock.advance(by: DeliveryQueue.leaseLength)
            #expect(try await claim(stage).isEmpty)
            // Taken back as a call of unknown outcome, with the wait after a first failure.
            stage.clock.advance(by: .milliseconds(1))
            #expect(try await claim(stage).isEmpty)
            stage.clock.advance(by: .milliseconds(1_200))
            let taken = try await claimOne(stage)
            #expect(taken.call.value == 10)
            #expect(taken.lease != old.lease)
            #expect(try await settle(stage, old, .rejected("SCORE_INVALID")) == nil)
            #expect(try await settle(stage, taken, .delivered)?.next == .done)
            #expect(try await settle(stage, taken, lost) == nil)
            #expect(try await counts(stage) == ["done": 1])
        }
    }

    @Test func `not modified is done`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: chat, score: 10)
            #expect(try await settle(stage, claimOne(stage), .notModified)?.next == .done)
            #expect(
                try await stage.value(String.self, "SELECT known || known_value FROM deliveries")
                    == "at_least10"
            )
        }
    }

    @Test func `429 holds the chat as long as told and uses no attempt`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: chat, score: 10)
            _ = try await stage.play(12, in: chat, score: 10)
            try await settle(stage, claimOne(stage), .wait(.seconds(9)))
            stage.clock.advance(by: .milliseconds(8_999))
            #expect(try await claim(stage).isEmpty)
            stage.clock.advance(by: .milliseconds(1))
            _ = try await claimOne(stage)
            #expect(try await stage.value(Int32.self, "SELECT max(attempts) FROM deliveries") == 0)
        }
    }

    @Test func `troubles are tried again, further and further apart`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: chat, score: 10)
            for attempt in 0..<3 {
                let delivery = try await claimOne(stage)
                #expect(
                    try await stage.value(Int32.self, "SELECT attempts FROM deliveries") == Int32(attempt)
                )
                let settlement = try await settle(stage, delivery, lost)
                guard case .pending(let due) = settlement?.next else {
                    throw StageError("settled as \(String(describing: settlement))")
                }
                stage.clock.advance(by: due - stage.clock.now + .milliseconds(-1))
                #expect(try await claim(stage).isEmpty)
                // The chat's own pace may be the longer wait.
                stage.clock.advance(by: .seconds(1))
            }
            #expect(try await stage.value(String.self, "SELECT last_error FROM deliveries") == "502")
        }
    }

    @Test func `a target that is gone is replaced by the one pressed last`() async throws {
        try await Stage.with { stage in
            _ = try await stage.press(12, in: chat, target: chat.message(1))
            stage.clock.advance(by: .seconds(1))
            _ = try await stage.press(12, in: chat, target: .inline("CCCC"))
            stage.clock.advance(by: .seconds(1))
            _ = try await stage.play(11, in: chat, target: chat.message(3), score: 10)
            let first = try await claimOne(stage)
            #expect(first.target.target == chat.message(3))
            try await settle(stage, first, .targetGone("message not found"))
            pause(stage)
            let second = try await claimOne(stage)
            #expect(second.target.target == .inline("CCCC"))
            try await settle(stage, second, .targetGone("MESSAGE_ID_INVALID"))
            pause(stage)
            let third = try await claimOne(stage)
            #expect(third.target.target == chat.message(1))
            try await settle(stage, third, .targetGone("message not found"))
            pause(stage)
            #expect(try await claim(stage).isEmpty)
            #expect(try await counts(stage) == ["no_target": 1])
        }
    }

    @Test func `what waits for a message is due when one is pressed`() async throws {
        try await Stage.with { stage in
            _ = try await stage.submit(10, with: stage.launchToken(11, in: chat))
            #expect(try await counts(stage) == ["no_target": 1])
            #expect(try await claim(stage).isEmpty)
            _ = try await stage.press(12, in: chat, target: chat.message(4))
            #expect(try await claimOne(stage).target.target == chat.message(4))
        }
    }

    @Test func `a message that was gone is used again when it is pressed`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: chat, score: 10)
            try await settle(stage, claimOne(stage), .targetGone("message not found"))
            #expect(try await counts(stage) == ["no_target": 1])
            pause(stage)
            _ = try await stage.press(11, in: chat)
            #expect(try await claimOne(stage).target.target == chat.message())
        }
    }

    @Test func `a message of one game is never used for another`() async throws {
        try await Stage.with { stage in
            let draft = GameDraft(bot: Stage.bot, shortName: "chess", title: "Chess", url: Stage.gameURL)
            try await stage.pool.transaction { session throws(PostgresError) in
                _ = try session.run(.gameInsert(draft))
            }
            try await until { stage.highscores.game(bot: "arcade_bot", shortName: "chess") != nil }
            _ = try await stage.press(11, in: chat, target: chat.message(1), game: "chess")
            _ = try await stage.submit(10, with: stage.launchToken(11, in: chat))
            #expect(try await counts(stage) == ["no_target": 1])
            let chess = try await stage.press(11, in: chat, target: chat.message(1), game: "chess")
            _ = try await stage.submit(77, with: chess)
            let delivery = try await claimOne(stage)
            #expect(delivery.call.value == 77)
            #expect(delivery.key.game != stage.game)
        }
    }

    @Test func `a chat that forbids writing waits until it does not`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: chat, score: 10)
            try await settle(stage, claimOne(stage), .chatForbidden("bot was kicked"))
            stage.clock.advance(by: .seconds(60))
            let empty = try await lead.claim(stage)
            #expect(empty.claims.isEmpty)
            #expect(empty.next == stage.clock.now + .seconds(3540))
            let sighting = ChatSighting(id: chat.id, title: nil)
            try await stage.highscores.record(.writable(sighting, true), bot: Stage.bot)
            #expect(try await claimOne(stage).key.player.rawValue == 11)
        }
    }

    @Test func `a dead delivery is woken by a new value only`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: chat, score: 10)
            #expect(try await settle(stage, claimOne(stage), .rejected("SCORE_INVALID"))?.next == .dead)
            stage.clock.advance(by: .seconds(3600))
            _ = try await stage.play(11, in: chat, score: 9)
            #expect(try await claim(stage).isEmpty)
            #expect(try await counts(stage) == ["dead": 1])
            _ = try await stage.play(11, in: chat, score: 11)
            #expect(try await claimOne(stage).call.value == 11)
        }
    }

    @Test func `a best of 0 is absent and not sent`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: chat, score: 0)
            #expect(try await claim(stage).isEmpty)
            #expect(try await counts(stage) == ["done": 1])
            _ = try await stage.play(11, in: chat, score: 1)
            #expect(try await claimOne(stage).call.value == 1)
        }
    }

    @Test(
        arguments: [
            (.off, 30, nil), (.inverted(ceiling: 100), 30, 70), (.inverted(ceiling: 100), 100, nil),
            (.inverted(ceiling: 100), 200, nil),
        ] as [(TelegramScore, Int32, Int32?)]
    )
    func `Telegram holds what the game says it shows`(way: TelegramScore, score: Int32, sent: Int32?)
        async throws
    {
        try await Stage.with {
            $0.rules = GameRules(order: .lower, telegramScore: way)
        } _: { stage in
            _ = try await stage.play(11, in: chat, score: score)
            #expect(try await claim(stage).map(\.call.value) == [sent].compactMap { $0 })
        }
    }

    @Test func `the latest score replaces a higher one by force, 0 takes the player off`() async throws {
        try await Stage.with {
            $0.rules = GameRules(keep: .latest)
        } _: { stage in
            for (score, sent) in [(50, 50), (20, 20), (0, 0)] as [(Int32, Int32)] {
                _ = try await stage.play(11, in: chat, score: score)
                let delivery = try await claimOne(stage)
                #expect(delivery.call.value == sent)
                #expect(delivery.call.step == .force)
                #expect(try await settle(stage, delivery, .delivered)?.next == .done)
                pause(stage)
            }
            _ = try await stage.play(11, in: chat, score: 0)
            #expect(try await claim(stage).isEmpty)
        }
    }

    @Test func `whoever delivers hears of new values on every instance`() async throws {
        let heard = Recorder<BotID>()
        try await Stage.with {
            $0.instances = 2
            $0.onDeliveries = { heard.record($0) }
        } _: { stage in
            let before = heard.all.count
            _ = try await stage.play(11, in: chat, score: 10)
            try await until { heard.all.count >= before + 2 }
            #expect(Set(heard.all) == [Stage.bot])
        }
    }
}
