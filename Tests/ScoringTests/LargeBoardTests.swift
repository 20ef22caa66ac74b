import Leaderboards
import Postgres
@testable import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing
import Tokens

/// Pages of leaderboards large enough for rank counts equal what a plain sort gives.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct LargeBoardTests {
    private static let players: Int64 = 2500

    /// How the scores of a leaderboard are spread.
    enum Spread: String, CaseIterable, Sendable {
        case wide, few, equal

        var scores: Int64 {
            switch self {
            case .wide: 1_000_000
            case .few: 40
            case .equal: 1
            }
        }
    }

    /// Puts entries on the game's leaderboard, out of a generator.
    private func fill(_ stage: Stage, _ spread: Spread, hasRankBuckets: Bool) async throws -> [SortKey] {
        var generator = SeededGenerator(seed: spread.scores.magnitude)
        let ranking = (1...Self.players).map { player in
            SortKey(
                scoreKey: -Int64.random(in: 0..<spread.scores, using: &generator),
                achievedAt: Instant(
                    milliseconds: 1_772_000_000_000 + Int64.random(in: 0..<50, using: &generator)
                ),
                player: PlayerID(rawValue: player)
            )
        }
        try await stage.pool.transaction { session throws(PostgresError) in
            let name = BoardName(chat: nil)
            guard let board = try session.boardsResolve([name], game: stage.game)[name] else {
                throw PostgresError(.decoding, "no board")
            }
            _ = try session.execute(
                """
                INSERT INTO entries (game_id, board_id, player_id, score_key, achieved_at, run_id)
                SELECT \(stage.game), \(board), x.player_id, x.score_key, x.achieved_at, gen_random_uuid()
                FROM unnest(\(ranking.map(\.player)), \(ranking.map(\.scoreKey)),
                            \(ranking.map(\.achievedAt))) AS x (player_id, score_key, achieved_at)
                """
            )
            _ = try session.execute("UPDATE boards SET entries = \(Self.players)")
            if hasRankBuckets { try session.rankBucketsRebuild(of: [board], game: stage.game) }
        }
        return ranking.sorted()
    }

    @Test(arguments: Spread.allCases, [true, false])
    func `every page equals a plain sort`(spread: Spread, hasRankBuckets: Bool) async throws {
        try await Stage.with { stage in
            let order = try await fill(stage, spread, hasRankBuckets: hasRankBuckets)
            var generator = SeededGenerator(seed: 7)
            try await withThrowingTaskGroup { group in
                for _ in 0..<120 {
                    let index = Int.random(in: order.indices, using: &generator)
                    let limit = Int.random(in: 1...100, using: &generator)
                    group.addTask { try await compare(stage, order, index, limit: limit) }
                }
                for index in [0, 1, order.count - 2, order.count - 1] {
                    for limit in [1, 2, 9, 10] {
                        group.addTask { try await compare(stage, order, index, limit: limit) }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// Reads the top, around one player, and from there one page on and one back.
    private func compare(_ stage: Stage, _ order: [SortKey], _ index: Int, limit: Int) async throws {
        let token = stage.launchToken(order[index].player.rawValue, in: nil)
        func page(_ start: LeaderboardRequest.Start) async throws -> LeaderboardPage {
            let page = try await stage.leaderboard(token, scope: .global, start: start, limit: limit)
            #expect(page.total == order.count)
            let share = 100 * Double(order.count - index) / Double(order.count)
            #expect(
                page.me == .entry(.init(rank: index + 1, score: -order[index].scoreKey, percentile: share))
            )
            return page
        }
        func expect(_ page: LeaderboardPage, _ range: Range<Int>) {
            #expect(page.lines.map(\.rank) == range.map { $0 + 1 })
            #expect(
                page.lines.map(\.playerID)
                    == order[range].map { stage.pseudonym(of: $0.player) }
            )
            #expect(page.lines.map(\.score) == order[range].map { -$0.scoreKey })
            #expect((page.next == nil) == (range.upperBound == order.count))
            #expect((page.previous == nil) == (range.lowerBound == 0))
        }
        expect(try await page(.top), 0..<min(limit, order.count))
        let first = min(max(index - (limit - 1) / 2, 0), max(order.count - limit, 0))
        let around = try await page(.aroundMe)
        expect(around, first..<first + limit)
        if let next = around.next {
            expect(try await page(.cursor(next)), first + limit..<min(first + 2 * limit, order.count))
        }
        if let previous = around.previous {
            expect(try await page(.cursor(previous)), max(first - limit, 0)..<first)
        }
    }

    @Test func `whatever is being written, each page fits together`() async throws {
        try await Stage.with { stage in
            _ = try await fill(stage, .few, hasRankBuckets: true)
            try await withThrowingTaskGroup { group in
                for writer in 0..<4 as Range<Int64> {
                    group.addTask {
                        var generator = SeededGenerator(seed: UInt64(writer))
                        for _ in 0..<40 {
                            // Some climb, some come new.
                            let player = Int64.random(in: 1...Self.players + 200, using: &generator)
                            let score = Int32.random(in: 0...60, using: &generator)
                            _ = try await stage.submit(score, with: stage.launchToken(player, in: nil))
                        }
                    }
                }
                for reader in 0..<6 as Range<Int64> {
                    group.addTask {
                        var generator = SeededGenerator(seed: UInt64(100 + reader))
                        for _ in 0..<60 {
                            let player = Int64.random(in: 1...Self.players, using: &generator)
                            let token = stage.launchToken(player, in: nil)
                            let start: LeaderboardRequest.Start =
                                Bool.random(using: &generator) ? .top : .aroundMe
                            check(try await stage.leaderboard(token, scope: .global, start: start, limit: 20))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// A page in which two moments met would have a viewer at two ranks, a gap, or more entries than there are.
    private func check(_ page: LeaderboardPage) {
        guard case .entry(let me) = page.me, let first = page.lines.first else {
            Issue.record("the viewer has no place")
            return
        }
        #expect(page.lines.map(\.rank) == (0..<page.lines.count).map { first.rank + $0 })
        #expect(page.lines.map(\.score) == page.lines.map(\.score).sorted(by: >))
        #expect(first.rank + page.lines.count - 1 <= page.total && me.rank <= page.total)
        #expect(page.lines.count == 20)
        #expect(me.percentile == 100 * Double(page.total - me.rank + 1) / Double(page.total))
        if let own = page.lines.first(where: \.isViewer) {
            #expect(own.rank == me.rank && own.score == me.score)
        } else {
            #expect(!page.lines.map(\.rank).contains(me.rank))
        }
    }
}
