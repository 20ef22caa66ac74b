import Leaderboards
import Outbox
import Postgres
import Operations
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// Commands bring messages to a chat as often as it bears, and leave its budget to scores.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(5)))
struct OwnMessageTests {
    private let chat = StageChat(1)
    private static let gap: Duration = .milliseconds(2_900)

    private func admit(_ update: Int64, _ stage: Stage, to chat: StageChat? = nil) async throws -> Bool {
        // In turns, so that nothing depends on what one instance remembers.
        let instance = stage.instances[Int(update) % stage.instances.count]
        return try await instance.admitMessage(after: update, to: (chat ?? self.chat).id, bot: Stage.bot)
    }

    @Test func `a flood of commands is answered once in ten seconds, whichever instances it reaches`()
        async throws
    {
        try await Stage.with {
            $0.instances = 2
        } _: { stage in
            for update in Int64(1)...300 {
                let isAdmitted = try await admit(update, stage)
                #expect(isAdmitted == (update == 1))
            }
            #expect(try await admit(301, stage, to: StageChat(2)))
            stage.clock.advance(by: .milliseconds(9_999))
            #expect(try await !admit(302, stage))
            stage.clock.advance(by: .milliseconds(1))
            #expect(try await admit(303, stage))
            #expect(try await !admit(303, stage))
        }
    }

    @Test func `of commands at the same moment one is answered`() async throws {
        try await Stage.with {
            $0.instances = 2
        } _: { stage in
            let admitted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for update in Int64(1)...40 { group.addTask { try await admit(update, stage) } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(admitted == 1)
        }
    }

    @Test(arguments: [(1, 5), (2, 10), (3, 10), (5, 20), (20, 60)])
    func `messages take half of what a group bears, at most six a minute`(perMinute: Int, inTenMinutes: Int)
        async throws
    {
        try await Stage.with {
            $0.scoring.callLimits = CallLimits(chatPerMinute: perMinute)
        } _: { stage in
            var admitted = 0
            for update in Int64(1)...600 {
                if try await admit(update, stage) { admitted += 1 }
                stage.clock.advance(by: .seconds(1))
            }
            #expect(admitted == inTenMinutes)
        }
    }

    @Test func `a command every three seconds leaves scores their turns`() async throws {
        try await Stage.with { stage in
            for player in Int64(1)...30 { _ = try await stage.play(player, in: chat, score: 10) }
            let lead = Lead()
            var delivered = 0
            for update in Int64(1)...21 {
                _ = try await admit(update, stage)
                stage.clock.advance(by: Self.gap)
                delivered += try await lead.claim(stage).claims.count
            }
            #expect(delivered >= 10)
        }
    }

    @Test func `a clock that went ahead once keeps no chat silent`() async throws {
        try await Stage.with { stage in
            stage.clock.advance(by: .seconds(3600))
            _ = try await admit(1, stage)
            stage.clock.advance(by: .seconds(-3600))
            #expect(try await admit(2, stage))
            #expect(try await !admit(3, stage))
        }
    }

    @Test func `chats that turn out to be one have had the messages of both`() async throws {
        try await Stage.with { stage in
            #expect(try await admit(1, stage))
            #expect(try await admit(2, stage, to: StageChat(2)))
            try await stage.highscores.record(.migrated(from: chat.id, to: StageChat(2).id), bot: Stage.bot)
            #expect(try await !admit(3, stage))
            #expect(
                try await stage.value(Int64.self, "SELECT cardinality(games)::bigint FROM delivery_chats")
                    == 2
            )
        }
    }

    @Test func `inline presses in a chat where the bot posts alone are of its own messages`() async throws {
        try await Stage.with { stage in
            func messages() async throws -> ChatMessages? {
                let instance = try #require(ChatInstance(chat.instance))
                return try await stage.administration.messages(of: stage.administration.chat(named: instance))
            }
            _ = try await stage.press(11, in: chat, target: .inline("AAAA"))
            #expect(try await messages() == ChatMessages(byNumber: 0, inline: 1, areInlineOwn: false))
            _ = try await stage.press(11, in: chat)
            #expect(try await messages() == ChatMessages(byNumber: 1, inline: 1, areInlineOwn: true))
            #expect(try await stage.administration.chatsPressedInline() == [Stage.bot: 1])
            let sighting = ChatSighting(id: chat.id, title: nil)
            for _ in 0..<2 { try await stage.highscores.record(.sharesGames(sighting), bot: Stage.bot) }
            #expect(try await messages() == ChatMessages(byNumber: 1, inline: 1, areInlineOwn: false))
            #expect(try await stage.administration.chatsPressedInline() == [:])
        }
    }
}
