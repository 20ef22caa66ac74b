import Leaderboards
import Postgres
import Scoring
import ScoringSupport
import TestSupport
import Testing
import Tokens

/// What is handed to pages is good for one game, whatever number its row has.
@Suite(.scratchDatabase(.migrated))
struct GameTokenTests {
    private let chat = StageChat(1)

    @Test func `nothing of a lost game opens the one that got its row's number`() async throws {
        try await Stage.with { stage in
            for player in Int64(11)...13 { _ = try await stage.play(player, in: chat, score: Int32(player)) }
            let launch = try await stage.press(11, in: chat)
            let run = try stage.highscores.startRun(launchToken: launch)
            let page = try await stage.leaderboard(launch, scope: .global, limit: 1)
            let (next, pseudonym) = (try #require(page.next), page.lines[0].playerID)

            // As after the restore of a dump that is older than the game, or in another deployment with its secret.
            try await stage.sql("UPDATE games SET token_id = token_id # 1")
            try await until {
                stage.highscores.game(bot: "arcade_bot", shortName: "tetris")?.tokenID != stage.tokenID
            }
            for token in [launch, run.runToken] {
                await #expect(throws: Refusal.tokenInvalid) { try await stage.submit(50, with: token) }
                await #expect(throws: Refusal.tokenInvalid) { try await stage.leaderboard(token) }
                #expect(throws: Refusal.tokenInvalid) {
                    try stage.highscores.boardAccess(ofPlayer: token)
                }
            }
            #expect(throws: Refusal.tokenInvalid) { try stage.highscores.startRun(launchToken: launch) }
            #expect(throws: Refusal.tokenInvalid) {
                try stage.highscores.boardAccess(ofBoard: run.boardToken)
            }

            let fresh = try await stage.press(11, in: chat)
            for start in [LeaderboardRequest.Start.cursor(next), .around(pseudonym)] {
                await #expect(throws: Refusal.self) {
                    try await stage.leaderboard(fresh, scope: .global, start: start)
                }
            }
            let shown = try await stage.leaderboard(fresh, scope: .global).lines.map(\.playerID)
            #expect(shown.count == 3 && !shown.contains(pseudonym))
        }
    }
}
