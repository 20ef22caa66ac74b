import Scoring
import ScoringSupport
import Leaderboards
import Postgres
@testable import Operations
import Storage
import TestSupport
import Testing

/// A merge of chats can be taken back, whoever made it.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct ChatSplittingTests {
    private let group = StageChat(1)
    private let other = StageChat(2)

    /// Leaderboards, names, messages and what Telegram is to hold, by the chats as they are.
    private func stored(_ stage: Stage) async throws -> [String] {
        try await stage.pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT concat_ws(' ', 'entry', b.chat_id, b.window_kind, b.label, b.entries, e.player_id, e.score_key, e.run_id)
                FROM boards b JOIN entries e USING (game_id, board_id) WHERE b.entries > 0
                UNION ALL SELECT concat_ws(' ', 'chat', chat_id, merged_into, zone) FROM chats
                UNION ALL SELECT concat_ws(' ', 'instance', chat_instance, chat_id) FROM chat_instances
                UNION ALL SELECT concat_ws(' ', 'address', telegram_chat_id, chat_id) FROM chat_addresses
                UNION ALL SELECT concat_ws(' ', 'target', chat_id, target, is_gone) FROM targets
                UNION ALL SELECT concat_ws(' ', 'wanted', chat_id, player_id, desired_score) FROM deliveries
                WHERE desired_score IS NOT NULL
                ORDER BY 1
                """
            ).decode(String.self)
        }
    }

    private func play(_ stage: Stage) async throws {
        for (player, chat, score) in [(11, group, 50), (12, group, 60), (11, other, 70), (13, other, 40)] {
            _ = try await stage.play(Int64(player), in: chat, score: Int32(score))
            stage.clock.advance(by: .seconds(1))
        }
        _ = try await stage.play(14, in: other, target: .inline("I"), score: 10)
        let chat = try await stage.administration.chat(named: try #require(ChatInstance(other.instance)))
        _ = try await stage.administration.setChatZone(chat, to: "Asia/Tokyo")
    }

    private func lastMerge(_ stage: Stage) async throws -> AuditRecord {
        var filter = AuditFilter()
        filter.action = "chat"
        return try #require(try await stage.administration.audit(filter, limit: 1).first)
    }

    @Test(arguments: [true, false])
    func `undoing a merge brings both chats back`(isByPress: Bool) async throws {
        try await Stage.with { stage in
            try await play(stage)
            let before = try await stored(stage)
            if isByPress {
                // Both names on one chat.
                _ = try await stage.press(11, in: StageChat(instance: group.instance, id: other.id.rawValue))
            } else {
                let administration = stage.administration
                let chats = (
                    try await administration.chat(named: try #require(ChatInstance(group.instance))),
                    try await administration.chat(named: try #require(ChatInstance(other.instance)))
                )
                let plan = try await administration.merge(chats, terms: ChangeTerms(isDryRun: true))
                #expect(try await stored(stage) == before)
                await #expect(throws: OperationError.self) {
                    try await administration.merge(chats, terms: ChangeTerms(maximumRows: 1))
                }
                let change = try await administration.merge(
                    chats,
                    terms: ChangeTerms(reason: "one", plan: plan.plan)
                )
                #expect(change.rows > 1 && change.audit != nil)
            }
            let merged = try await stored(stage)
            #expect(merged.filter { $0.hasPrefix("chat") }.count == 2 && merged != before)
            let merge = try await lastMerge(stage)
            #expect(merge.action == "chat.merge" && merge.actor == (isByPress ? "highscores" : "ada"))
            let undone = try await stage.administration.undo(merge.id)
            // A message that was pressed under the other chat's id since stays with it.
            let news = Set(try await stored(stage)).symmetricDifference(before)
            #expect(news.filter { !$0.hasPrefix("target") } == [])
            #expect(!news.contains { $0.hasPrefix("target 1") })
            // The undoing can be undone, and that again.
            let again = try await stage.administration.undo(try #require(undone.audit))
            #expect(
                try await stored(stage).filter { $0.hasPrefix("entry") }
                    == merged.filter { $0.hasPrefix("entry") }
            )
            _ = try await stage.administration.undo(try #require(again.audit))
            #expect(
                try await stored(stage).filter { $0.hasPrefix("entry") }
                    == before.filter { $0.hasPrefix("entry") }
            )
        }
    }

    @Test func `a press does not redo a merge that was undone, an operator does`() async throws {
        try await Stage.with { stage in
            try await play(stage)
            let administration = stage.administration
            let both = StageChat(instance: group.instance, id: other.id.rawValue)
            func chats() async throws -> Int? {
                try await stage.value(Int.self, "SELECT count(*) FROM chats WHERE merged_into IS NULL")
            }
            func named(_ chat: StageChat) async throws -> ChatRecord {
                try await administration.chat(named: try #require(ChatInstance(chat.instance)))
            }
            _ = try await stage.press(11, in: both)
            #expect(try await chats() == 1)
            let merge = try await lastMerge(stage)
            let split = try await administration.undo(merge.id)
            for _ in 0..<2 { _ = try await stage.press(11, in: both) }
            #expect(try await chats() == 2)
            let conflict = try #require(try await administration.chatConflicts().first)
            #expect(conflict.game == nil)
            #expect(conflict.instance?.description == group.instance && conflict.address == other.id)
            // The undoing of the undoing, and a merge by hand.
            let again = try await administration.undo(try #require(split.audit))
            #expect(try await chats() == 1)
            #expect(try await administration.chatConflicts().isEmpty)
            _ = try await administration.undo(try #require(again.audit))
            _ = try await stage.press(11, in: both)
            #expect(try await chats() == 2)
            let pair = try await (named(group), named(other))
            _ = try await administration.merge(pair)
            #expect(try await chats() == 1)
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM chat_splits") == 0)
        }
    }

    @Test func `of three chats in a row the last merge is undone first`() async throws {
        try await Stage.with { stage in
            let third = StageChat(3)
            _ = try await stage.play(15, in: third, score: 5)
            try await play(stage)
            let before = try await stored(stage)
            let administration = stage.administration
            func chat(_ chat: StageChat) async throws -> ChatRecord {
                try await administration.chat(named: try #require(ChatInstance(chat.instance)))
            }
            let first = try await administration.merge((chat(group), chat(other)))
            let second = try await administration.merge((chat(group), chat(third)))
            await #expect(throws: OperationError.self) {
                try await administration.undo(try #require(first.audit))
            }
            _ = try await administration.undo(try #require(second.audit))
            _ = try await administration.undo(try #require(first.audit))
            #expect(try await stored(stage) == before)
        }
    }

    @Test func `after an undoing people play in two chats, and Telegram's tables follow`() async throws {
        try await Stage.with { stage in
            try await play(stage)
            let administration = stage.administration
            let chats = (
                try await administration.chat(named: try #require(ChatInstance(group.instance))),
                try await administration.chat(named: try #require(ChatInstance(other.instance)))
            )
            let merge = try await administration.merge(chats)
            _ = try await administration.undo(try #require(merge.audit))
            #expect(try await stage.play(13, in: other, score: 90).places.first?.entries == 3)
            #expect(try await stage.play(13, in: group, score: 5).places.first?.entries == 3)
            let due = try await stage.value(
                Int.self,
                "SELECT count(DISTINCT chat_id) FROM delivery_chats WHERE ready_at IS NOT NULL"
            )
            #expect(due == 2)
        }
    }
}
