import Leaderboards
import Postgres
import ScoringSupport
import Storage
import TestSupport
import Testing

@testable import Scoring

/// What is remembered of leaderboards is never seen once it is no longer so, whoever changed it.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct PageMemoryTests {
    private let chat = StageChat(1)

    private func page(_ stage: Stage, _ scope: Scope = .chat, limit: Int = 10) async throws -> LeaderboardPage
    {
        try await stage.leaderboard(
            stage.launchToken(1, in: chat),
            scope: scope,
            start: .aroundMe,
            limit: limit
        )
    }

    @Test(arguments: [3, 200])
    func `what another instance changes is seen at once`(players: Int64) async throws {
        try await Stage.with {
            $0.instances = 2
        } _: { stage in
            for player in 1...players {
                _ = try await stage.submit(Int32(player), with: stage.press(player, in: chat))
            }
            let first = try await page(stage)
            #expect(try await page(stage) == first)
            #expect(
                first.me == .entry(.init(rank: Int(players), score: 1, percentile: 100 / Double(players)))
            )

            _ = try await stage.submit(1000, with: stage.press(1, in: chat), on: 1)
            let second = try await page(stage)
            #expect(second.me == .entry(.init(rank: 1, score: 1000, percentile: 100)))

            _ = try await stage.pool.transaction { session throws(PostgresError) in
                try session.execute(
                    .playersUpsert(
                        [PlayerProfile.sample(1, "Renamed", lastName: nil, username: "player1")],
                        bot: Stage.bot
                    )
                )
            }
            #expect(try await page(stage).lines.first?.name == "Renamed")
            #expect(try await page(stage, .global).lines.first?.name == "Renamed")
            #expect(try await page(stage).lines.dropFirst() == second.lines.dropFirst())

            _ = try await stage.submit(2000, with: stage.press(2, in: chat), on: 1)
            #expect(try await page(stage).lines.map(\.playerID).prefix(2) == ["2", "1"])
        }
    }

    @Test func `a leaderboard that grows beyond what is remembered whole is read on`() async throws {
        try await Stage.with { stage in
            for player in Int64(1)...70 {
                _ = try await stage.submit(Int32(player), with: stage.press(player, in: chat))
                for (start, limit) in [(LeaderboardRequest.Start.top, 100), (.aroundMe, 3), (.top, 1)] {
                    let page = try await stage.leaderboard(
                        stage.launchToken(1, in: chat),
                        start: start,
                        limit: limit
                    )
                    #expect(page.total == Int(player))
                    #expect(page.lines.count == min(limit, Int(player)))
                    #expect(
                        page.me
                            == .entry(.init(rank: Int(player), score: 1, percentile: 100 / Double(player)))
                    )
                }
            }
        }
    }
}
