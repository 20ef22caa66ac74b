import Leaderboards
import Postgres
@testable import Scoring
import ScoringSupport
import TestSupport
import Testing

/// One run has one score, however often it is sent.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct RepetitionTests {
    private func repeated(_ receipt: Receipt) -> Receipt {
        Receipt(
            outcome: receipt.outcome,
            run: receipt.run,
            score: receipt.score,
            best: receipt.best,
            previousBest: receipt.previousBest,
            places: receipt.places,
            reasons: receipt.reasons,
            isReplay: true
        )
    }

    @Test func `a repeated run gets its first figures again`() async throws {
        try await Stage.with { stage in
            let chat = StageChat(1)
            _ = try await stage.play(11, in: chat, score: 70)
            let run = try stage.highscores.startRun(launchToken: stage.launchToken(12, in: chat)).runToken
            let first = try await stage.submit(50, with: run, boards: [.globalAll])
            _ = try await stage.play(13, in: chat, score: 60)
            _ = try await stage.play(12, in: chat, score: 90)
            stage.clock.advance(by: .seconds(60))
            #expect(try await stage.submit(50, with: run) == repeated(first))
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM scores") == 4)
        }
    }

    @Test func `a run with another score is refused and keeps its first`() async throws {
        try await Stage.with { stage in
            let run = try stage.highscores.startRun(launchToken: stage.launchToken(11, in: StageChat(1)))
                .runToken
            _ = try await stage.submit(50, with: run)
            for score: Int32 in [51, 49] {
                await #expect(throws: Refusal.runAlreadyScored) { try await stage.submit(score, with: run) }
            }
            #expect(try await stage.value(Int32.self, "SELECT score FROM scores") == 50)
        }
    }

    @Test func `a refused run is repeated with its reasons`() async throws {
        try await Stage.with {
            $0.rules.bounds = ScoreBounds(maximum: 40)
        } _: { stage in
            let run = try stage.highscores.startRun(launchToken: stage.launchToken(11, in: StageChat(1)))
                .runToken
            let first = try await stage.submit(50, with: run)
            #expect(first.outcome == .refused)
            #expect(first.reasons == ["above_max_score"])
            #expect(try await stage.submit(50, with: run) == repeated(first))
        }
    }

    @Test func `a launch with an idempotency key names one run`() async throws {
        try await Stage.with { stage in
            let chat = StageChat(1)
            let launch = stage.launchToken(11, in: chat)
            let first = try await stage.submit(50, with: launch, key: "a")
            stage.clock.advance(by: .seconds(9))
            #expect(try await stage.submit(50, with: launch, key: "a") == repeated(first))
            await #expect(throws: Refusal.runAlreadyScored) {
                try await stage.submit(51, with: launch, key: "a")
            }
            #expect(try await stage.submit(52, with: launch, key: "b").run != first.run)
            let other = try await stage.submit(53, with: stage.launchToken(11, in: chat), key: "a")
            #expect(other.run != first.run)
            #expect(!other.isReplay)
        }
    }

    @Test func `a launch without a key is a new run every time`() async throws {
        try await Stage.with { stage in
            let launch = stage.launchToken(11, in: StageChat(1))
            let runs = try await [stage.submit(50, with: launch).run, stage.submit(50, with: launch).run]
            #expect(runs[0] != runs[1])
        }
    }

    @Test func `a run token makes the key mean nothing`() async throws {
        try await Stage.with { stage in
            let run = try stage.highscores.startRun(launchToken: stage.launchToken(11, in: StageChat(1)))
                .runToken
            _ = try await stage.submit(50, with: run, key: "a")
            #expect(try await stage.submit(50, with: run, key: "b").isReplay)
        }
    }

    @Test func `a run sent to several instances at once is written once`() async throws {
        try await Stage.with {
            $0.instances = 3
        } _: { stage in
            for number in 0..<10 {
                let token = stage.launchToken(Int64(number + 1), in: StageChat(1))
                let run = try stage.highscores.startRun(launchToken: token).runToken
                let receipts = try await withThrowingTaskGroup { group in
                    for copy in 0..<9 {
                        group.addTask { try await stage.submit(50, with: run, on: copy % 3) }
                    }
                    return try await group.reduce(into: [Receipt]()) { $0.append($1) }
                }
                let first = try #require(receipts.first { !$0.isReplay })
                #expect(receipts.filter { !$0.isReplay }.count == 1)
                #expect(receipts.filter(\.isReplay).allSatisfy { $0 == repeated(first) })
            }
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM scores") == 10)
        }
    }

    @Test func `different scores of a run sent at once leave one of them`() async throws {
        try await Stage.with {
            $0.instances = 3
        } _: { stage in
            let run = try stage.highscores.startRun(launchToken: stage.launchToken(1, in: StageChat(1)))
                .runToken
            let accepted = await withTaskGroup { group in
                for score in Int32(1)...9 {
                    group.addTask { try? await stage.submit(score, with: run, on: Int(score) % 3) }
                }
                return await group.reduce(into: [Receipt]()) { $0 += [$1].compactMap { $0 } }
            }
            #expect(accepted.count == 1)
            #expect(
                try await stage.value(Int32.self, "SELECT score FROM scores").map(Int64.init)
                    == accepted.first?.score
            )
        }
    }

    @Test func `a batch answers repetitions within it by the first`() async throws {
        try await Stage.with { stage in
            let launch = stage.launch(11, in: StageChat(1))
            func finished(_ run: UInt64, _ score: Int32) throws -> FinishedRun {
                FinishedRun(
                    Run(
                        id: RunID(Identifier128(high: 0, low: run)),
                        launch: launch,
                        startedAt: stage.clock.now,
                        lifetime: .seconds(60)
                    ),
                    score: try #require(Score(score))
                )
            }
            let writer = SubmissionWriter(
                pool: stage.pool,
                clock: { stage.clock.now },
                RunBatch.write
            )
            let answers = try await writer.write(
                stage.game,
                try [finished(1, 50), finished(1, 50), finished(1, 60), finished(2, 70), finished(1, 50)]
            )
            let first = try #require(try answers[0].get())
            #expect(!first.isReplay)
            #expect(answers[1] == .success(repeated(first)))
            #expect(answers[2] == .failure(.runAlreadyScored))
            #expect(try answers[3].get()?.previousBest == 50)
            #expect(answers[4] == .success(repeated(first)))
        }
    }
}
