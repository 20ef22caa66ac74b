import Leaderboards
import Outbox
import Postgres
import Operations
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// One refusal does not write a chat off: every sign of life has it tried again, and so does time.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct ClosedChatTests {
    private static let chat = StageChat(1)
    var chat: StageChat { Self.chat }
    private let lead = Lead()
    let kicked = DeliveryAnswer.chatForbidden("Forbidden: bot was kicked from the supergroup chat")

    /// Everything that happens in a chat of which Telegram may be asked again.
    enum Sign: String, CaseIterable, Sendable {
        case press, samePress, reportedPress, inlinePress, newValue, newPlayer, retry, member, sentMessage
        case askedForMessage, anHour
    }

    /// Ways in which a value came to wait.
    enum Waiting: String, CaseIterable, Sendable {
        /// The chat refused the bot.
        case closed
        /// The chat refused a value that is to be lowered or taken off.
        case closedCorrection
        /// Telegram refused the call in words that nobody has seen before.
        case unrecognized
        /// The same, until it was given up.
        case dead
        /// The only message left is an inline one, and it is refused, too.
        case forbiddenInline
        /// No message is left.
        case noTarget
    }

    /// What of all this has player 1 tried again at once, whose score of 10 waits.
    private static let wakes: [Waiting: Set<Sign>] = [
        .closed: Set(Sign.allCases), .closedCorrection: Set(Sign.allCases),
        .forbiddenInline: Set(Sign.allCases),
        // Another message may be another matter, and so may a better score; somebody else's is not.
        .unrecognized: [.press, .inlinePress, .newValue, .retry, .anHour],
        .dead: [.press, .samePress, .reportedPress, .inlinePress, .newValue, .retry],
        .noTarget: [.press, .samePress, .reportedPress, .inlinePress],
    ]

    @Test(arguments: Waiting.allCases, Sign.allCases)
    func `a sign of life has what waits tried again`(waiting: Waiting, sign: Sign) async throws {
        try await Stage.with { stage in
            try await bring(stage, into: waiting)
            #expect(try await claim(stage).isEmpty)
            try await give(stage, sign)
            var tried: Set<Int64> = []
            // Others may have their turn first.
            for _ in 0..<3 {
                for delivery in try await claim(stage) {
                    tried.insert(delivery.key.player.rawValue)
                    try await settle(stage, delivery, .delivered)
                }
                stage.clock.advance(by: .milliseconds(1_050))
            }
            #expect(tried.contains(1) == Self.wakes[waiting]?.contains(sign))
        }
    }

    private func bring(_ stage: Stage, into waiting: Waiting) async throws {
        try await stage.setClock()
        if waiting == .closedCorrection {
            _ = try await stage.play(1, in: chat, score: 20)
            for delivery in try await claim(stage) { try await settle(stage, delivery, .delivered) }
            stage.clock.advance(by: .seconds(2))
            try await stage.sql(
                "UPDATE deliveries SET desired_score = 10, is_correction = true, state = 'pending'"
            )
            try await stage.sql("UPDATE delivery_chats SET ready_at = free_at")
        } else if waiting == .forbiddenInline {
            _ = try await stage.press(2, in: chat)
            _ = try await stage.play(1, in: chat, target: .inline("AAAA"), score: 10)
            try await stage.sql("UPDATE targets SET is_gone = true WHERE target LIKE 'message:%'")
        } else {
            _ = try await stage.play(1, in: chat, score: 10)
        }
        let answer: DeliveryAnswer =
            switch waiting {
            case .closed, .closedCorrection, .forbiddenInline: kicked
            case .unrecognized, .dead: .unrecognized("Bad Request: SOMETHING_NEW")
            case .noTarget: .targetGone("Bad Request: message not found")
            }
        for _ in 0..<(waiting == .dead ? 4 : 1) {
            for delivery in try await claim(stage) { try await settle(stage, delivery, answer) }
            if waiting == .dead { stage.clock.advance(by: .seconds(3_600)) }
        }
        stage.clock.advance(by: .seconds(30))
        let state = try await stage.value(String.self, "SELECT state FROM deliveries")
        #expect(state == (waiting == .dead ? "dead" : waiting == .noTarget ? "no_target" : "pending"))
    }

    private func give(_ stage: Stage, _ sign: Sign) async throws {
        switch sign {
        case .press: _ = try await stage.press(2, in: chat, target: chat.message(77))
        case .samePress: _ = try await stage.press(1, in: chat)
        case .reportedPress:
            let game = try #require(stage.highscores.game(bot: "arcade_bot", shortName: "tetris"))
            let press = ServerPress(
                player: PlayerID(rawValue: 1),
                profile: nil,
                chatInstance: ChatInstance(chat.instance),
                target: chat.message()
            )
            _ = try await stage.highscores.open(press, of: game)
        case .inlinePress: _ = try await stage.press(2, in: chat, target: .inline("AAAA"))
        case .newValue: _ = try await stage.submit(30, with: stage.launchToken(1, in: chat))
        case .newPlayer:
            _ = try await stage.submit(5, with: stage.launchToken(2, in: chat, target: chat.message()))
        case .retry: _ = try await stage.administration.retryDeliveries(DeliveryFilter(), subject: "all")
        case .member:
            try await stage.highscores.record(
                .writable(ChatSighting(id: chat.id, title: nil), true),
                bot: Stage.bot
            )
        // As with webhooks, where nothing is told of how it was sent.
        case .askedForMessage:
            let limits = ScoringConfiguration().callLimits
            #expect(
                try await stage.pool.transaction { session throws(PostgresError) in
                    try session.messageAdmit(
                        .game,
                        after: 1,
                        to: chat.id,
                        bot: Stage.bot,
                        limits: limits,
                        now: stage.clock.now
                    )
                }
            )
        case .sentMessage: await stage.highscores.noteSent(to: chat.id, bot: Stage.bot)
        case .anHour: stage.clock.advance(by: .seconds(3_600))
        }
    }

    func claim(_ stage: Stage) async throws -> [DeliveryClaim] {
        // What is sent elsewhere has its turn with the next claim.
        var claimed: [DeliveryClaim] = []
        for _ in 0..<3 where claimed.isEmpty { claimed = try await lead.claim(stage).claims }
        return claimed
    }

    func settle(_ stage: Stage, _ delivery: DeliveryClaim, _ answer: DeliveryAnswer) async throws {
        _ = try await stage.deliveries.settle(delivery, answer)
    }

    func closed(_ stage: Stage) async throws -> Bool {
        try await stage.value(Bool.self, "SELECT closed_at IS NOT NULL FROM delivery_chats") ?? false
    }

    /// A chat that was refused once, with the deliveries of some players waiting.
    func refused(_ stage: Stage, players: ClosedRange<Int64>) async throws {
        try await stage.setClock()
        for player in players { _ = try await stage.play(player, in: chat, score: Int32(player)) }
        for delivery in try await claim(stage) { try await settle(stage, delivery, kicked) }
        stage.clock.advance(by: .seconds(2))
        #expect(try await claim(stage).isEmpty)
        #expect(try await closed(stage))
    }

    @Test func `a try is one call, and what is taken opens the chat to all`() async throws {
        try await Stage.with { stage in
            try await refused(stage, players: 1...3)
            stage.clock.advance(by: .seconds(3_600))
            let tried = try await claim(stage)
            #expect(tried.count == 1)
            stage.clock.advance(by: .seconds(15))
            #expect(try await claim(stage).isEmpty)
            try await settle(stage, try #require(tried.first), .delivered)
            #expect(try await !closed(stage))
            for _ in 0..<2 {
                #expect(try await claim(stage).count == 1)
                stage.clock.advance(by: .milliseconds(1_050))
            }
        }
    }

    @Test func `nobody is left to say how a try ended: another one is made`() async throws {
        try await Stage.with { stage in
            try await refused(stage, players: 1...2)
            stage.clock.advance(by: .seconds(3_600))
            #expect(try await claim(stage).count == 1)
            stage.clock.advance(by: .seconds(33))
            #expect(try await claim(stage).count == 1)
        }
    }

    @Test func `by itself it is tried after 1 h, 6 h, then daily`() async throws {
        try await Stage.with { stage in
            try await refused(stage, players: 1...1)
            stage.clock.advance(by: .seconds(-2))
            for hours in [1, 6, 24, 24] {
                stage.clock.advance(by: .seconds(hours * 3_600 - 1))
                #expect(try await claim(stage).isEmpty, "\(hours) h")
                stage.clock.advance(by: .seconds(1))
                let tried = try await claim(stage)
                #expect(tried.count == 1, "\(hours) h")
                for delivery in tried { try await settle(stage, delivery, kicked) }
            }
        }
    }

    @Test func `new values have it tried once in five minutes, presses every ten seconds`() async throws {
        try await Stage.with { stage in
            try await refused(stage, players: 1...1)
            for score: Int32 in 11...13 {
                _ = try await stage.submit(score, with: stage.launchToken(1, in: chat))
                let tried = try await claim(stage)
                #expect(tried.map(\.call.value) == (score == 11 ? [11] : []))
                for delivery in tried { try await settle(stage, delivery, kicked) }
                stage.clock.advance(by: .seconds(60))
            }
            stage.clock.advance(by: .seconds(119))
            #expect(try await claim(stage).isEmpty)
            stage.clock.advance(by: .seconds(1))
            let late = try await claim(stage)
            #expect(late.map(\.call.value) == [13])
            try await settle(stage, try #require(late.first), kicked)
            _ = try await stage.press(2, in: chat)
            #expect(try await claim(stage).isEmpty)
            stage.clock.advance(by: .seconds(10))
            #expect(try await claim(stage).count == 1)
        }
    }

    @Test func `an inline message takes at once what came after the refusal and what waited`() async throws {
        try await Stage.with { stage in
            try await refused(stage, players: 1...3)
            _ = try await stage.press(9, in: chat, target: .inline("AAAA"))
            _ = try await stage.play(4, in: chat, score: 4)
            var sent: Set<Int64> = []
            for _ in 0..<6 {
                for delivery in try await claim(stage) {
                    #expect(delivery.target.target == .inline("AAAA"))
                    sent.insert(delivery.key.player.rawValue)
                    try await settle(stage, delivery, .delivered)
                }
                stage.clock.advance(by: .milliseconds(1_050))
            }
            #expect(sent == [1, 2, 3, 4])
            // Somebody else's message says nothing of the bot's own.
            #expect(try await closed(stage))
        }
    }

    @Test func `a message that is gone is replaced by the other address of the chat`() async throws {
        try await Stage.with { stage in
            // In the bot's inline mode its own message comes by an inline id from then on.
            _ = try await stage.press(1, in: chat, target: .inline("SAME"))
            stage.clock.advance(by: .seconds(1))
            _ = try await stage.play(1, in: chat, target: chat.message(5), score: 10)
            let gone = DeliveryAnswer.targetGone("Bad Request: message to set game score not found")
            for expected in [chat.message(5), .inline("SAME")] {
                let tried = try await claim(stage)
                #expect(tried.map(\.target.target) == [expected])
                for delivery in tried { try await settle(stage, delivery, gone) }
                stage.clock.advance(by: .milliseconds(1_050))
            }
            var filter = DeliveryFilter()
            filter.states = ["no_target"]
            let waiting = try await stage.administration.deliveries(filter, limit: 10)
            #expect(waiting.map(\.lastError) == ["Bad Request: message to set game score not found"])
            // A better score goes on waiting for the same reason.
            _ = try await stage.submit(20, with: stage.launchToken(1, in: chat))
            let still = try await stage.administration.deliveries(filter, limit: 10)
            #expect(still.map(\.lastError) == ["Bad Request: message to set game score not found"])
            #expect(still.map(\.desired) == [20])
        }
    }

    @Test func `closed chats and what waits for them are counted, with Telegram's words`() async throws {
        try await Stage.with { stage in
            try await refused(stage, players: 1...2)
            let status = try await DeliveryStatus.read(from: stage.pool)
            #expect(status.backlogs.map(\.cause) == [.forbidden])
            #expect(status.backlogs.map(\.count) == [2])
            #expect(status.bots.map(\.closedChats) == [1])
            let words = "Forbidden: bot was kicked from the supergroup chat"
            #expect(status.remarks.map(\.code) == [.chatsClosed])
            #expect(status.backlogs.map(\.retryAt) == [stage.clock.now + .seconds(3_598)])
            #expect(status.remarks.allSatisfy { $0.isDegraded && $0.text.contains(words) })
            // Also of the one that was never sent.
            let waiting = try await stage.administration.deliveries(DeliveryFilter(), limit: 10)
            #expect(waiting.map(\.lastError) == [words, words])
            let chats = try await stage.administration.chatBacklogs(limit: 10)
            #expect(chats.map(\.retryAt) == [stage.clock.now + .seconds(3_598)])
        }
    }

    @Test func `when a closed chat is tried again is said only of those in which something waits`()
        async throws
    {
        try await Stage.with { stage in
            try await refused(stage, players: 1...1)
            try await stage.sql(
                "INSERT INTO chats (bot_id) VALUES (\(Stage.bot))"
            )
            try await stage.sql(
                """
                INSERT INTO delivery_chats (bot_id, chat_id, closed_at, closed_reason, refusals, refused_at, retry_at)
                SELECT \(Stage.bot), max(chat_id), 'epoch', 'blocked', 1, 'epoch', 'epoch' FROM chats
                """
            )
            let status = try await DeliveryStatus.read(from: stage.pool)
            #expect(status.bots.map(\.closedChats) == [2])
            #expect(status.backlogs.map(\.retryAt) == [stage.clock.now + .seconds(3_598)])
        }
    }

    @Test func `a closed chat has its turn when it is tried, and then when something there is due`()
        async throws
    {
        try await Stage.with { stage in
            try await refused(stage, players: 1...3)
            #expect(try await lead.claim(stage).next == stage.clock.now + .seconds(3_598))
            // What waits for a time of its own does not bring the turn forward or put it off.
            try await stage.sql("UPDATE deliveries SET due_at = due_at + interval '2 hours', rejections = 1")
            stage.clock.advance(by: .seconds(3_598))
            for _ in 0..<2 { #expect(try await lead.claim(stage).claims.isEmpty) }
            let due = try await stage.value(Instant.self, "SELECT min(due_at) FROM deliveries")
            #expect(try await lead.claim(stage).next == due)
        }
    }

    @Test func `an operator is told what will be tried and what keeps the rest`() async throws {
        try await Stage.with { stage in
            try await refused(stage, players: 1...2)
            _ = try await stage.submit(7, with: stage.launchToken(3, in: StageChat(2)))
            let done = try await stage.administration.retryDeliveries(DeliveryFilter(), subject: "all")
            #expect(done.causes == [.forbidden: 2, .noTarget: 1])
            #expect(done.changed == 2)
            // Nobody leads on this stage.
            #expect(done.idleBots == [Stage.bot])
            let tried = try await claim(stage)
            #expect(tried.count == 1)
            try await stage.sql("UPDATE delivery_bots SET refusal = 'Unauthorized', refused_at = now()")
            let paused = try await stage.administration.retryDeliveries(DeliveryFilter(), subject: "all")
            #expect(paused.causes == [.sending: 1, .tokenRefused: 1, .noTarget: 1])
        }
    }
}
