import Leaderboards
import Postgres
import Scoring
import ScoringSupport
import TestSupport
import Testing

/// Pages of a leaderboard hang together.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct PagingTests {
    private let chat = StageChat(1)

    /// Puts players 1 to `count` on the board, player 1 at the top.
    private func fill(_ stage: Stage, _ count: Int64) async throws {
        for player in 1...count {
            _ = try await stage.submit(Int32(1000 - 10 * player), with: stage.launchToken(player, in: chat))
        }
    }

    private func page(
        _ stage: Stage,
        as player: Int64 = 1,
        _ start: LeaderboardRequest.Start,
        limit: Int = 3
    ) async throws -> LeaderboardPage {
        try await stage.leaderboard(stage.launchToken(player, in: chat), start: start, limit: limit)
    }

    @Test func `pages lead forth and back`() async throws {
        try await Stage.with { stage in
            try await fill(stage, 8)
            let first = try await page(stage, .top)
            #expect(first.lines.map(\.playerID) == ["1", "2", "3"])
            #expect(first.previous == nil)
            let second = try await page(stage, .cursor(#require(first.next)))
            #expect(second.lines.map(\.playerID) == ["4", "5", "6"])
            #expect(second.lines.map(\.rank) == [4, 5, 6])
            let third = try await page(stage, .cursor(#require(second.next)))
            #expect(third.lines.map(\.playerID) == ["7", "8"])
            #expect(third.next == nil)
            let back = try await page(stage, .cursor(#require(third.previous)))
            #expect(back.lines == second.lines)
            let start = try await page(stage, .cursor(#require(back.previous)))
            #expect(start.lines == first.lines)
            #expect(start.previous == nil)
        }
    }

    @Test func `a page that ends with the board has no next`() async throws {
        try await Stage.with { stage in
            try await fill(stage, 3)
            let page = try await page(stage, .top)
            #expect(page.lines.count == 3)
            #expect(page.next == nil)
        }
    }

    @Test func `while scores change a walk neither repeats nor skips who did not move`() async throws {
        try await Stage.with { stage in
            try await fill(stage, 9)
            let first = try await page(stage, .top)
            // One who was seen falls behind nobody and one from behind rises above: neither disturbs the rest.
            _ = try await stage.submit(999, with: stage.launchToken(9, in: chat))
            _ = try await stage.submit(1000, with: stage.launchToken(20, in: chat))
            let second = try await page(stage, .cursor(#require(first.next)))
            #expect(second.lines.map(\.playerID) == ["4", "5", "6"])
            #expect(second.lines.map(\.rank) == [6, 7, 8])
            #expect(second.total == 10)
            // A new entry right behind the edge is seen, since it was not there before.
            _ = try await stage.submit(935, with: stage.launchToken(21, in: chat))
            let third = try await page(stage, .cursor(#require(second.next)))
            #expect(third.lines.map(\.playerID) == ["21", "7", "8"])
            #expect(third.next == nil)
        }
    }

    @Test(
        arguments: [
            (1, 3, ["1", "2", "3"]), (2, 3, ["1", "2", "3"]), (4, 3, ["3", "4", "5"]),
            (7, 3, ["5", "6", "7"]),
            (6, 3, ["5", "6", "7"]), (4, 4, ["3", "4", "5", "6"]), (4, 1, ["4"]), (7, 1, ["7"]),
            (3, 100, ["1", "2", "3", "4", "5", "6", "7"]),
        ] as [(Int64, Int, [String])]
    )
    func `a page around a player has the player in its middle`(
        player: Int64,
        limit: Int,
        shown: [String]
    ) async throws {
        try await Stage.with { stage in
            try await fill(stage, 7)
            let own = try await page(stage, as: player, .aroundMe, limit: limit)
            #expect(own.lines.map(\.playerID) == shown)
            #expect(own.lines.map { "\($0.rank)" } == shown)
            let others = try await page(stage, as: 1, .around("\(player)"), limit: limit)
            #expect(others.lines.map(\.playerID) == shown)
            #expect((own.previous == nil) == (shown.first == "1"))
            #expect((own.next == nil) == (shown.last == "7"))
        }
    }

    @Test func `around a player without an entry is the top`() async throws {
        try await Stage.with { stage in
            try await fill(stage, 4)
            let page = try await page(stage, as: 99, .aroundMe)
            #expect(page.lines.map(\.playerID) == ["1", "2", "3"])
            #expect(page.me == .withoutEntry)
        }
    }

    @Test func `a board nobody is on is empty`() async throws {
        try await Stage.with { stage in
            for scope in Scope.allCases {
                for start in [LeaderboardRequest.Start.top, .aroundMe] {
                    let token = stage.launchToken(1, in: chat)
                    let page = try await stage.leaderboard(token, scope: scope, start: start)
                    #expect(page.lines.isEmpty)
                    #expect(page.total == 0)
                    #expect(page.me == .withoutEntry)
                    #expect(page.next == nil && page.previous == nil)
                }
            }
        }
    }

    @Test func `a cursor is good for its own board only`() async throws {
        try await Stage.with { stage in
            try await fill(stage, 4)
            let cursor = try #require(try await page(stage, .top).next)
            let elsewhere = stage.launchToken(1, in: StageChat(2))
            for (token, scope) in [(elsewhere, Scope.chat), (stage.launchToken(1, in: chat), .global)] {
                await #expect(throws: Refusal.self) {
                    try await stage.leaderboard(token, scope: scope, start: .cursor(cursor))
                }
            }
            for text in ["", "x", String(cursor.dropLast())] {
                await #expect(throws: Refusal.self) { try await page(stage, .cursor(text)) }
            }
        }
    }

    @Test func `the game's board shows pseudonyms, which lead back to their place`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 50)
            _ = try await stage.play(2, in: StageChat(2), score: 60)
            let token = stage.launchToken(1, in: chat)
            let page = try await stage.leaderboard(token, scope: .global)
            #expect(page.lines.map(\.username) == [nil, nil])
            #expect(page.lines.map(\.name) == ["Player 2", "Player 1"])
            #expect(page.lines.map(\.isViewer) == [false, true])
            #expect(!page.showsIdentity)
            let pseudonyms = page.lines.map(\.playerID)
            #expect(pseudonyms.allSatisfy { $0.count == 22 })
            let around = try await stage.leaderboard(
                token,
                scope: .global,
                start: .around(pseudonyms[1]),
                limit: 1
            )
            #expect(around.lines.map(\.playerID) == [pseudonyms[1]])
            await #expect(throws: Refusal.self) {
                try await stage.leaderboard(token, scope: .global, start: .around("2"))
            }
        }
    }

    @Test func `only a public game is open to all, and only its own board`() async throws {
        try await Stage.with {
            $0.isPublic = true
        } _: { stage in
            _ = try await stage.play(1, in: chat, score: 50)
            func read(_ bot: String, _ name: String, _ scope: Scope? = nil) async throws -> LeaderboardPage {
                try await stage.highscores.leaderboard(
                    LeaderboardRequest(viewer: .anybody(bot: bot, shortName: name), scope: scope)
                )
            }
            let page = try await read("Arcade_Bot", "tetris")
            #expect(page.lines.map(\.score) == [50])
            #expect(page.me == .nobody)
            #expect(page.lines[0].playerID.count == 22)
            #expect(try await read("\(Stage.bot)", "tetris", .global).total == 1)
            await #expect(throws: Refusal.self) { try await read("arcade_bot", "tetris", .chat) }
            await #expect(throws: Refusal.self) { try await read("arcade_bot", "other") }
            try await stage.sql("UPDATE games SET is_public = false")
            try await until { (try? await read("arcade_bot", "tetris")) == nil }
            await #expect(throws: Refusal.keyRequired) { try await read("arcade_bot", "tetris") }
        }
    }

    @Test func `an operator sees ids everywhere and any chat`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 50)
            let game = try #require(stage.highscores.game(bot: "arcade_bot", shortName: "tetris"))
            let instance = ChatInstance(chat.instance)
            for viewer in [
                LeaderboardRequest.Viewer.operator(game: game, chat: nil),
                .operator(game: game, chat: instance),
            ] {
                let page = try await stage.highscores.leaderboard(LeaderboardRequest(viewer: viewer))
                #expect(page.lines.map(\.playerID) == ["1"])
                #expect(page.lines.map(\.username) == ["player1"])
                #expect(page.me == .nobody)
            }
        }
    }

    @Test func `the latest name is shown, on every board`() async throws {
        try await Stage.with { stage in
            _ = try await stage.submit(50, with: stage.launchToken(1, in: chat))
            #expect(try await page(stage, .top).lines.map(\.name) == [nil])
            _ = try await stage.press(1, in: StageChat(2))
            #expect(try await page(stage, .top).lines.map(\.name) == ["Player 1"])
        }
    }
}
