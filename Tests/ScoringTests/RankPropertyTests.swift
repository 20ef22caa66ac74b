import Leaderboards
import Postgres
@testable import Scoring
import ScoringSupport
import TestSupport
import Testing
import Tokens

/// Whatever is submitted, on however many instances at once: every board is the one that a plain sort gives.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct RankPropertyTests {
    private static let rules: [GameRules] = [
        GameRules(order: .higher, keep: .best),
        GameRules(order: .lower, keep: .best, telegramScore: .inverted(ceiling: 1000)),
        GameRules(order: .higher, keep: .sum),
        GameRules(order: .higher, keep: .latest),
    ]

    /// One submission of a wave.
    private struct Attempt: Sendable {
        let player: Int64
        let chat: Int
        let score: Int32
        let key: String
        let isInline: Bool
    }

    @Test(arguments: rules, [1, 2])
    func `boards of concurrent instances equal a plain sort`(rules: GameRules, seed: Int) async throws {
        try await Stage.with {
            $0.rules = rules
            $0.instances = 3
        } _: { stage in
            var generator = SeededGenerator(seed: UInt64(seed))
            var chats = [PlainBoard](repeating: PlainBoard(rules: rules), count: 3)
            var global = PlainBoard(rules: rules)
            for wave in 0..<12 {
                stage.clock.advance(by: .milliseconds(7))
                let attempts = attempts(wave: wave, rules: rules, using: &generator)
                try await withThrowingTaskGroup { group in
                    for (index, attempt) in attempts.enumerated() {
                        group.addTask { try await submit(attempt, on: index % 3, stage) }
                    }
                    try await group.waitForAll()
                }
                // All of a wave were accepted at one instant, so that their order among themselves decides nothing.
                for attempt in attempts {
                    let run = PlainBoard.Run(
                        player: attempt.player,
                        score: Int64(attempt.score),
                        acceptedAt: stage.clock.now
                    )
                    chats[attempt.chat].runs.append(run)
                    global.runs.append(run)
                }
            }
            for (index, chat) in chats.enumerated() {
                try await compare(chat, scope: .chat, StageChat(Int64(index)), stage)
            }
            try await compare(global, scope: .global, StageChat(0), stage)
            try await compareDeliveries(chats, stage)
        }
    }

    private func attempts(wave: Int, rules: GameRules, using generator: inout SeededGenerator) -> [Attempt] {
        var seen: Set<Int64> = []
        return (0..<30).compactMap { number in
            let player = Int64.random(in: 1...25, using: &generator)
            // Of two runs that are accepted at one instant nobody knows which is the latest.
            guard seen.insert(player).inserted || rules.keep != .latest else { return nil }
            return Attempt(
                player: player,
                chat: Int.random(in: 0..<3, using: &generator),
                score: Int32.random(in: 0...6, using: &generator) * 50,
                key: "\(wave)-\(number)",
                isInline: Bool.random(using: &generator)
            )
        }
    }

    private func submit(_ attempt: Attempt, on instance: Int, _ stage: Stage) async throws {
        let chat = StageChat(Int64(attempt.chat))
        let target: Target = attempt.isInline ? .inline("INLINE\(attempt.chat)") : chat.message()
        let token = stage.launchToken(attempt.player, in: chat, target: target)
        _ = try await stage.submit(attempt.score, with: token, key: attempt.key, on: instance)
    }

    private func compare(_ board: PlainBoard, scope: Scope, _ chat: StageChat, _ stage: Stage) async throws {
        let expected = board.lines
        let ids = Dictionary(
            uniqueKeysWithValues: expected.map { line in
                let player = PlayerID(rawValue: Int64(line.player) ?? 0)
                return (
                    line.player,
                    scope == .chat ? line.player : stage.pseudonym(of: player)
                )
            }
        )
        let first = try #require(expected.first)
        let token = stage.launchToken(Int64(first.player) ?? 0, in: chat)
        var pages: [LeaderboardPage] = []
        var start: LeaderboardRequest.Start? = .top
        while let from = start {
            let page = try await stage.leaderboard(token, scope: scope, start: from, limit: 7)
            #expect(page.total == expected.count)
            pages.append(page)
            start = page.next.map { .cursor($0) }
        }
        let walked = pages.flatMap(\.lines)
        #expect(walked.map(\.rank) == expected.map(\.rank))
        #expect(walked.map(\.playerID) == expected.map { ids[$0.player] })
        #expect(walked.map(\.score) == expected.map(\.score))
        #expect(walked.map(\.achievedAt) == expected.map(\.achievedAt))

        for line in expected {
            let own = stage.launchToken(Int64(line.player) ?? 0, in: chat)
            let page = try await stage.leaderboard(own, scope: scope, start: .aroundMe, limit: 5)
            let share = 100 * Double(expected.count - line.rank + 1) / Double(expected.count)
            #expect(page.me == .entry(.init(rank: line.rank, score: line.score, percentile: share)))
            #expect(page.lines.first { $0.isViewer }?.rank == line.rank)
            let firstRank = min(max(line.rank - 2, 1), max(expected.count - 4, 1))
            #expect(page.lines.map(\.rank) == Array(firstRank..<min(firstRank + 5, expected.count + 1)))
            #expect(
                page.lines.map(\.playerID)
                    == expected[(firstRank - 1)..<min(firstRank + 4, expected.count)].map { ids[$0.player] }
            )
        }
    }

    /// What Telegram is to hold follows from the boards of the chats, whatever was written in between.
    private func compareDeliveries(_ chats: [PlainBoard], _ stage: Stage) async throws {
        let rules = chats[0].rules
        for (index, chat) in chats.enumerated() {
            let instance = try #require(ChatInstance(StageChat(Int64(index)).instance))
            for line in chat.lines {
                let wanted = try await stage.value(
                    Int32?.self,
                    """
                    SELECT d.desired_score FROM deliveries d JOIN chat_instances i USING (chat_id)
                    WHERE i.chat_instance = \(instance.rawValue) AND d.player_id = \(Int64(line.player))
                    """
                )
                #expect(wanted == .some(rules.telegramScore.value(for: line.score)))
            }
        }
        let chatsMade = try await stage.value(Int.self, "SELECT count(*) FROM chats")
        #expect(chatsMade == 3)
    }
}
