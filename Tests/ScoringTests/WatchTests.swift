import Leaderboards
import Logging
import Postgres
import Operations
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing
import Tokens

/// Watching leaderboards of a real database, on several instances at once.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct WatchTests {
    private static let chat = StageChat(1)

    /// What is told next beside signs of life, which come by the system's clock.
    private static func next(_ watch: BoardWatch) async -> BoardWatch.Event? {
        while let event = await watch.next() {
            if case .pulse = event { continue }
            return event
        }
        return nil
    }

    private static func scores(_ watch: BoardWatch) async -> [Int64] {
        guard case .page(let page) = await next(watch) else { return [-1] }
        return page.page.lines.map(\.score)
    }

    @Test func `a score is told to all who watch, wherever it was submitted`() async throws {
        try await Stage.with({ $0.instances = 2 }) { stage in
            let launch = try await stage.press(1, in: Self.chat)
            var watches: [BoardWatch] = []
            for instance in stage.instances {
                let access = try instance.boardAccess(ofPlayer: launch)
                try await watches.append(instance.watch(BoardTopic(access), with: access))
                try await watches.append(instance.watch(BoardTopic(access, scope: .global), with: access))
            }
            for watch in watches { #expect(await Self.scores(watch) == []) }
            _ = try await stage.play(1, in: Self.chat, score: 5)
            for watch in watches { #expect(await Self.scores(watch) == [5]) }
            _ = try await stage.play(2, in: StageChat(2), score: 9, on: 1)
            #expect(await Self.scores(watches[1]) == [9, 5])
            #expect(await Self.scores(watches[3]) == [9, 5])
            _ = try await stage.play(3, in: Self.chat, score: 7, on: 1)
            // The chat's leaderboard knows nothing of the other chat.
            #expect(await Self.scores(watches[0]) == [7, 5])
            #expect(await Self.scores(watches[2]) == [7, 5])
        }
    }

    @Test func `a held run is told of when it is accepted, and when it is refused after all`() async throws {
        try await Stage.with({
            $0.instances = 2
            $0.rules.bounds = ScoreBounds(maximum: 100, outcomes: [.maximumScore: .hold])
        }) { stage in
            _ = try await stage.play(1, in: Self.chat, score: 5)
            let access = try stage.highscores.boardAccess(ofPlayer: stage.launchToken(1, in: Self.chat))
            let watch = try await stage.instances[1].watch(BoardTopic(access), with: access)
            #expect(await Self.scores(watch) == [5])
            let held = try await stage.play(1, in: Self.chat, score: 500)
            var filter = ReviewFilter()
            filter.runs = [held.run]
            _ = try await stage.administration.decide(filter, .accept)
            #expect(await Self.scores(watch) == [500])
            _ = try await stage.administration.decide(filter, .refuse)
            #expect(await Self.scores(watch) == [5])
        }
    }

    @Test func `a chat that comes into being while it is watched is watched from then on`() async throws {
        try await Stage.with { stage in
            let access = try stage.highscores.boardAccess(ofPlayer: stage.launchToken(1, in: Self.chat))
            let watch = try await stage.highscores.watch(BoardTopic(access), with: access)
            #expect(await Self.scores(watch) == [])
            for score in [3, 4] as [Int32] {
                _ = try await stage.submit(score, with: stage.launchToken(1, in: Self.chat))
                #expect(await Self.scores(watch) == [Int64(score)])
            }
        }
    }

    @Test func `a board token lets watch and nothing else, and no other token stands in for it`() async throws
    {
        try await Stage.with { stage in
            let launch = try await stage.press(1, in: Self.chat)
            let run = try stage.highscores.startRun(launchToken: launch)
            let access = try stage.highscores.boardAccess(ofBoard: run.boardToken)
            #expect(access == (try stage.highscores.boardAccess(ofPlayer: run.runToken)))
            for token in [launch, run.runToken, ""] {
                #expect(throws: Refusal.tokenInvalid) { try stage.highscores.boardAccess(ofBoard: token) }
            }
            #expect(throws: Refusal.tokenInvalid) {
                try stage.highscores.boardAccess(ofPlayer: run.boardToken)
            }
            await #expect(throws: Refusal.tokenInvalid) { try await stage.submit(1, with: run.boardToken) }
            stage.clock.advance(by: .seconds(7 * 3600))
            #expect(throws: Refusal.tokenExpired) {
                try stage.highscores.boardAccess(ofBoard: run.boardToken)
            }
        }
    }

    @Test func `what nobody told of is found when the connection that tells was lost`() async throws {
        @Sendable func names(_ watch: BoardWatch) async -> [String?] {
            guard case .page(let page) = await Self.next(watch) else { return ["no page"] }
            return page.page.lines.map(\.name)
        }
        try await Stage.with { stage in
            _ = try await stage.play(1, in: Self.chat, score: 1)
            let access = try stage.highscores.boardAccess(ofPlayer: stage.launchToken(1, in: Self.chat))
            let watch = try await stage.highscores.watch(BoardTopic(access), with: access)
            #expect(await names(watch) == ["Player 1"])
            try await stage.sql("UPDATE players SET first_name = 'Zoë', last_name = NULL")
            _ = try await stage.value(
                Int64.self,
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """
            )
            #expect(await names(watch) == ["Zoë"])
        }
    }

    @Test func `the end of the service is the end of all watches`() async throws {
        let ended = Recorder<BoardWatch>()
        try await Stage.with { stage in
            let launch = try await stage.press(1, in: Self.chat)
            let access = try stage.highscores.boardAccess(ofPlayer: launch)
            ended.record(try await stage.highscores.watch(BoardTopic(access), with: access))
            #expect(stage.highscores.watchCount == 1)
        }
        let watch = try #require(ended.all.first)
        #expect(await Self.scores(watch) == [])
        guard case .end = await Self.next(watch) else {
            Issue.record("no word of the end")
            return
        }
        #expect(await Self.next(watch) == nil)
    }
}
