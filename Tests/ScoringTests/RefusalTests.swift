import Leaderboards
import Postgres
import Scoring
import ScoringSupport
import TestSupport
import Testing

/// What is refused leaves nothing behind.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct RefusalTests {
    private func nothingIsWritten(_ stage: Stage) async throws -> Bool {
        try await stage.value(
            Int.self,
            """
            SELECT (SELECT count(*) FROM scores) + (SELECT count(*) FROM entries) + (SELECT count(*) FROM deliveries)
                 + (SELECT count(*) FROM boards)
            """
        ) == 0
    }

    private func press(_ stage: Stage, chat: String?, game: String? = "tetris") async -> Opening {
        let player = PlayerProfile.sample(11, "A")
        return await stage.highscores.open(
            Press(
                bot: Stage.bot,
                gameShortName: game,
                player: player,
                chatInstance: chat,
                target: .none,
                chat: nil
            )
        )
    }

    @Test(arguments: ["0", nil, "", "-0", "+5", "05", "9223372036854775808", "abc", "1 "])
    func `a press without a chat opens nothing and leaves nothing`(instance: String?) async throws {
        try await Stage.with { stage in
            #expect(await press(stage, chat: instance) == .notice(.noChat))
            let players = try await stage.value(Int.self, "SELECT count(*) FROM players")
            #expect(players == 0)
        }
    }

    @Test func `a press on a game that is not there is answered`() async throws {
        try await Stage.with { stage in
            #expect(await press(stage, chat: "5", game: "other") == .notice(.unknownGame))
            #expect(await press(stage, chat: "5", game: nil) == .notice(.unknownGame))
        }
    }

    @Test(arguments: [false, true])
    func `a banned player neither opens nor plays nor scores`(everywhere: Bool) async throws {
        try await Stage.with { stage in
            let launch = try await stage.press(11, in: StageChat(1))
            let run = try stage.highscores.startRun(launchToken: launch).runToken
            let game = everywhere ? nil : stage.game
            try await stage.sql(
                "INSERT INTO bans (bot_id, player_id, game_id) VALUES (\(Stage.bot), \(Int64(11)), \(game?.rawValue))"
            )
            // The database's own word is what counts for scores; presses follow as soon as it was heard.
            await #expect(throws: Refusal.playerBanned) { try await stage.submit(5, with: run) }
            try await until { await press(stage, chat: "5") == .notice(.playerBanned) }
            #expect(throws: Refusal.playerBanned) { try stage.highscores.startRun(launchToken: launch) }
            #expect(try await nothingIsWritten(stage))
            _ = try await stage.play(12, in: StageChat(1), score: 5)
            try await stage.sql("DELETE FROM bans")
            #expect(try await stage.submit(5, with: run).outcome == .newBest)
        }
    }

    @Test func `a game that is switched off is not played`() async throws {
        try await Stage.with { stage in
            let launch = try await stage.press(11, in: StageChat(1))
            let run = try stage.highscores.startRun(launchToken: launch).runToken
            try await stage.sql("UPDATE games SET is_enabled = false")
            await #expect(throws: Refusal.gameDisabled) { try await stage.submit(5, with: run) }
            try await until { await press(stage, chat: "5") == .notice(.gameDisabled) }
            #expect(throws: Refusal.gameDisabled) { try stage.highscores.startRun(launchToken: launch) }
            await #expect(throws: Refusal.gameDisabled) { try await stage.submit(5, with: launch) }
            #expect(stage.highscores.games(of: Stage.bot).isEmpty)
            #expect(try await nothingIsWritten(stage))
        }
    }

    @Test(
        arguments: [(9, ["below_min_score"]), (101, ["above_max_score"]), (10, []), (100, [])]
            as [(Int32, [String])]
    )
    func `a score out of bounds is logged with its reasons and on no board`(score: Int32, reasons: [String])
        async throws
    {
        try await Stage.with {
            $0.rules.bounds = ScoreBounds(minimum: 10, maximum: 100)
        } _: { stage in
            let receipt = try await stage.play(11, in: StageChat(1), score: score)
            #expect(receipt.reasons == reasons)
            #expect(receipt.outcome == (reasons.isEmpty ? .newBest : .refused))
            #expect(receipt.places.first?.rank == (reasons.isEmpty ? 1 : nil))
            #expect(receipt.best == (reasons.isEmpty ? Int64(score) : nil))
            let isOnBoard = reasons.isEmpty ? 1 : 0
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM deliveries") == isOnBoard)
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM entries") == 8 * isOnBoard)
            #expect(
                try await stage.value([String].self, "SELECT coalesce(reasons, '{}') FROM scores") == reasons
            )
        }
    }

    @Test func `a refused score leaves an earlier entry as it is`() async throws {
        try await Stage.with {
            $0.rules.bounds = ScoreBounds(maximum: 100)
        } _: { stage in
            _ = try await stage.play(11, in: StageChat(1), score: 70)
            let receipt = try await stage.play(11, in: StageChat(1), score: 101)
            #expect(receipt.outcome == .refused)
            #expect(receipt.best == 70)
            #expect(receipt.places.first?.rank == 1)
        }
    }

    @Test func `rules on time judge by the server's clock`() async throws {
        try await Stage.with {
            $0.rules.bounds = ScoreBounds(maximumPerSecond: 10, minimumSeconds: 5)
        } _: { stage in
            let launch = stage.launchToken(11, in: StageChat(1))
            await #expect(throws: Refusal.runRequired) { try await stage.submit(5, with: launch) }
            await #expect(throws: Refusal.runRequired) { try await stage.submit(5, with: launch, key: "a") }
            let run = try stage.highscores.startRun(launchToken: launch).runToken
            let other = try stage.highscores.startRun(launchToken: launch).runToken
            stage.clock.advance(by: .milliseconds(4_999))
            #expect(try await stage.submit(49, with: run).reasons == ["too_short"])
            stage.clock.advance(by: .milliseconds(1))
            #expect(try await stage.submit(50, with: other).reasons == [])
        }
    }

    @Test func `a game that adds up wants to know which run it is`() async throws {
        try await Stage.with {
            $0.rules.keep = .sum
        } _: { stage in
            let launch = stage.launchToken(11, in: StageChat(1))
            await #expect(throws: Refusal.idempotencyKeyRequired) { try await stage.submit(5, with: launch) }
            let receipt = try await stage.submit(5, with: launch, key: "a")
            #expect(receipt.best == 5)
        }
    }

    @Test func `tokens that are not ours or over are refused`() async throws {
        try await Stage.with { stage in
            let launch = stage.launchToken(11, in: StageChat(1))
            let run = try stage.highscores.startRun(launchToken: launch)
            for token in ["", "x", run.boardToken, String(launch.dropLast()), launch + "A"] {
                await #expect(throws: Refusal.tokenInvalid) { try await stage.submit(5, with: token) }
                #expect(throws: Refusal.tokenInvalid) { try stage.highscores.startRun(launchToken: token) }
                await #expect(throws: Refusal.tokenInvalid) { try await stage.leaderboard(token) }
            }
            #expect(throws: Refusal.tokenInvalid) { try stage.highscores.startRun(launchToken: run.runToken) }
            stage.clock.advance(by: .seconds(6 * 3600))
            await #expect(throws: Refusal.tokenExpired) { try await stage.submit(5, with: run.runToken) }
            #expect(throws: Never.self) { try stage.highscores.startRun(launchToken: launch) }
            stage.clock.advance(by: .seconds(18 * 3600))
            #expect(throws: Refusal.tokenExpired) { try stage.highscores.startRun(launchToken: launch) }
            await #expect(throws: Refusal.tokenExpired) { try await stage.submit(5, with: launch) }
            #expect(try await nothingIsWritten(stage))
        }
    }

    @Test func `a token that is known is known by its bytes`() async throws {
        try await Stage.with { stage in
            var launch = ""
            while !launch.contains("K") { launch = try await stage.press(11, in: StageChat(1)) }
            _ = try await stage.leaderboard(launch)
            // The sign of the kelvin is the same letter to Unicode, and to texts.
            let other = launch.replacing("K", with: "\u{212A}")
            #expect(other == launch)
            await #expect(throws: Refusal.tokenInvalid) { try await stage.leaderboard(other) }
        }
    }

    @Test func `a run is good until it expires, even after its launch`() async throws {
        try await Stage.with { stage in
            let launch = stage.launchToken(11, in: StageChat(1))
            stage.clock.advance(by: .seconds(24 * 3600 - 1))
            let run = try stage.highscores.startRun(launchToken: launch).runToken
            stage.clock.advance(by: .seconds(6 * 3600 - 1))
            #expect(try await stage.submit(5, with: run).outcome == .newBest)
        }
    }

    @Test func `a season that has not begun cannot be asked about`() async throws {
        try await Stage.with { stage in
            let launch = stage.launchToken(11, in: StageChat(1))
            let season = [BoardKind(scope: .chat, window: .season)]
            let error = await #expect(throws: Refusal.self) {
                try await stage.submit(5, with: launch, boards: season)
            }
            guard case .noSuchWindow = error else {
                Issue.record("refused with \(String(describing: error))")
                return
            }
            let isUntouched = try await nothingIsWritten(stage)
            #expect(isUntouched)
        }
    }

    @Test func `a player over the rate is told when to come back`() async throws {
        try await Stage.with {
            $0.scoring.playerRate = RateLimit(perSecond: 5, burst: 3)
        } _: { stage in
            for score: Int32 in 1...3 { _ = try await stage.play(11, in: StageChat(1), score: score) }
            await #expect(throws: Refusal.rateLimited(retryAfter: .milliseconds(200))) {
                try await stage.play(11, in: StageChat(2), score: 4)
            }
            _ = try await stage.play(12, in: StageChat(1), score: 4)
            stage.clock.advance(by: .milliseconds(200))
            #expect(try await stage.play(11, in: StageChat(1), score: 4).best == 4)
        }
    }
}
