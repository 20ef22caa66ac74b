import Leaderboards
import Outbox
import Postgres
import Operations
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// What follows when other calls are refused, too, or a refusal is told again.
extension ClosedChatTests {
    @Test func `an inline message that is refused closes no chat and waits as long as one`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, target: .inline("AAAA"), score: 10)
            for hours in [1, 6, 24, 24] {
                let tried = try await claim(stage)
                #expect(tried.count == 1)
                for delivery in tried { try await settle(stage, delivery, kicked) }
                #expect(try await !closed(stage))
                let waiting = try await stage.administration.deliveries(DeliveryFilter(), limit: 10)
                #expect(waiting.map(\.state) == ["pending"])
                #expect(waiting.map(\.lastError) == ["Forbidden: bot was kicked from the supergroup chat"])
                stage.clock.advance(by: .seconds(hours * 3_600 - 1))
                #expect(try await claim(stage).isEmpty, "\(hours) h")
                stage.clock.advance(by: .seconds(1))
            }
        }
    }

    @Test
    func `what waits for a closed chat does not go to an inline message that refused, until it is pressed`()
        async throws
    {
        try await Stage.with { stage in
            try await refused(stage, players: 1...2)
            _ = try await stage.press(9, in: chat, target: .inline("AAAA"))
            let first = try await claim(stage)
            #expect(first.map(\.target.target) == [.inline("AAAA")])
            for delivery in first { try await settle(stage, delivery, kicked) }
            var tried: [Target] = []
            for _ in 0..<4 {
                stage.clock.advance(by: .seconds(12))
                for delivery in try await claim(stage) {
                    tried.append(delivery.target.target)
                    try await settle(stage, delivery, kicked)
                }
            }
            // The other one had been sent there already; the press had the chat itself tried.
            #expect(tried.filter { $0 == .inline("AAAA") }.count <= 1 && tried.count <= 2)
            stage.clock.advance(by: .seconds(60))
            #expect(try await claim(stage).isEmpty)
            _ = try await stage.press(9, in: chat, target: .inline("AAAA"))
            var sent: Set<Int64> = []
            for _ in 0..<4 {
                for delivery in try await claim(stage) {
                    #expect(delivery.target.target == .inline("AAAA"))
                    sent.insert(delivery.key.player.rawValue)
                    try await settle(stage, delivery, .delivered)
                }
                stage.clock.advance(by: .milliseconds(1_050))
            }
            #expect(sent == [1, 2])
        }
    }

    @Test func `words that nobody knows have the other address tried before it is given up`() async throws {
        try await Stage.with { stage in
            let unknown = DeliveryAnswer.unrecognized("Bad Request: SOMETHING_NEW")
            _ = try await stage.press(1, in: chat, target: .inline("SAME"))
            stage.clock.advance(by: .seconds(1))
            var tried: [Target] = []
            for score: Int32 in [10, 20] {
                _ = try await stage.play(1, in: chat, score: score)
                for _ in 0..<6 {
                    for delivery in try await claim(stage) {
                        tried.append(delivery.target.target)
                        try await settle(
                            stage,
                            delivery,
                            score == 20 && delivery.target.isInline ? .delivered : unknown
                        )
                    }
                    stage.clock.advance(by: .seconds(3_600))
                }
                let state = try await stage.value(String.self, "SELECT state FROM deliveries")
                #expect(state == (score == 10 ? "dead" : "done"))
                _ = try await stage.press(2, in: chat, target: .inline("SAME"))
                if score == 10 {
                    #expect(try await claim(stage).map(\.target.target) == [.inline("SAME")])
                    try await stage.sql(
                        "UPDATE deliveries SET state = 'dead', lease = NULL, lease_until = NULL"
                    )
                }
            }
            let message = chat.message()
            let round = [message, message, message, message, .inline("SAME")]
            #expect(tried == round + round)
        }
    }

    @Test func `a press of the newest message wakes what was given up on an older one`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 10)
            for delivery in try await claim(stage) {
                stage.clock.advance(by: .seconds(1))
                _ = try await stage.press(2, in: chat, target: chat.message(77))
                try await settle(stage, delivery, .rejected("Bad Request: SCORE_INVALID"))
            }
            stage.clock.advance(by: .seconds(60))
            #expect(try await claim(stage).isEmpty)
            _ = try await stage.press(2, in: chat, target: chat.message(77))
            let woken = try await claim(stage)
            #expect(woken.map(\.target.target) == [chat.message(77)])
            for delivery in woken {
                try await settle(stage, delivery, .rejected("Bad Request: SCORE_INVALID"))
            }
            // The same again would be refused again.
            _ = try await stage.press(2, in: chat, target: chat.message(77))
            stage.clock.advance(by: .seconds(60))
            #expect(try await claim(stage).isEmpty)
        }
    }

    @Test func `a new value that comes when the chat is tried anyway counts for the five minutes`()
        async throws
    {
        try await Stage.with { stage in
            try await refused(stage, players: 1...1)
            stage.clock.advance(by: .seconds(3_600))
            for score: Int32 in 11...13 {
                _ = try await stage.submit(score, with: stage.launchToken(1, in: chat))
                let tried = try await claim(stage)
                #expect(tried.map(\.call.value) == (score == 11 ? [11] : []))
                for delivery in tried { try await settle(stage, delivery, kicked) }
                stage.clock.advance(by: .seconds(60))
            }
            stage.clock.advance(by: .seconds(120))
            #expect(try await claim(stage).map(\.call.value) == [13])
        }
    }

    @Test func `to be told again and again that the bot is out changes nothing`() async throws {
        try await Stage.with { stage in
            try await refused(stage, players: 1...1)
            let before = try await stage.value(Instant.self, "SELECT retry_at FROM delivery_chats")
            for _ in 0..<3 {
                stage.clock.advance(by: .seconds(60))
                let sighting = ChatSighting(id: chat.id, title: nil)
                try await stage.highscores.record(.writable(sighting, false), bot: Stage.bot)
            }
            #expect(try await stage.value(Instant.self, "SELECT retry_at FROM delivery_chats") == before)
            #expect(try await stage.value(Int32.self, "SELECT refusals FROM delivery_chats") == 1)
        }
    }
}
