import Leaderboards
import Postgres
@testable import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// One player's pages fill no more of the log in a UTC day than the quota says.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct QuotaTests {
    private let chat = StageChat(1)

    private func submit(
        _ score: Int32,
        _ stage: Stage,
        player: Int64 = 11,
        key: String? = nil,
        metadata: String? = nil,
        on instance: Int = 0
    ) async throws -> Receipt {
        try await stage.submit(
            score,
            with: stage.launchToken(player, in: chat),
            key: key,
            metadata: metadata,
            on: instance
        )
    }

    @Test func `runs beyond the quota are refused until the next day begins`() async throws {
        try await Stage.with {
            $0.scoring.playerQuota = PlayerQuota(runs: 3, bytes: 1000)
            $0.instances = 2
        } _: { stage in
            // The stage's day has half of its hours left.
            let wait = Duration.seconds(12 * 3600)
            for score in 1...3 { _ = try await submit(Int32(score), stage) }
            await #expect(throws: Refusal.quotaExceeded(retryAfter: wait)) { try await submit(4, stage) }
            // Others play on, and an instance that was not there looks at the log.
            _ = try await submit(4, stage, player: 12)
            await #expect(throws: Refusal.quotaExceeded(retryAfter: wait)) {
                try await submit(4, stage, on: 1)
            }
            stage.clock.advance(by: wait - .milliseconds(1))
            await #expect(throws: Refusal.quotaExceeded(retryAfter: .milliseconds(1))) {
                try await submit(4, stage)
            }
            stage.clock.advance(by: .milliseconds(1))
            for instance in 0...1 { _ = try await submit(5, stage, on: instance) }
        }
    }

    @Test func `metadata beyond the quota are refused, runs without go on`() async throws {
        try await Stage.with {
            $0.scoring.playerQuota = PlayerQuota(runs: 100, bytes: 20)
            $0.instances = 2
        } _: { stage in
            _ = try await submit(1, stage, metadata: #"{"a":"123456"}"#)
            for instance in 0...1 {
                await #expect(throws: Refusal.self) {
                    try await submit(2, stage, metadata: #"{"a":12}"#, on: instance)
                }
                _ = try await submit(2, stage, on: instance)
            }
            _ = try await submit(3, stage, metadata: #"{"":1}"#)
        }
    }

    @Test func `what was not written does not count`() async throws {
        try await Stage.with {
            $0.scoring.playerQuota = PlayerQuota(runs: 2, bytes: 1000)
            $0.rules = GameRules(bounds: ScoreBounds(maximum: 10))
        } _: { stage in
            let launch = stage.launchToken(11, in: chat)
            for _ in 0..<3 { _ = try await stage.submit(1, with: launch, key: "one") }
            await #expect(throws: Refusal.runAlreadyScored) {
                try await stage.submit(2, with: launch, key: "one")
            }
            // A run that the rules refuse is in the log.
            #expect(try await stage.submit(11, with: launch, key: "two").outcome == .refused)
            await #expect(throws: Refusal.self) { try await stage.submit(3, with: launch, key: "three") }
        }
    }

    @Test func `a repetition is answered when the quota is used up`() async throws {
        try await Stage.with {
            $0.scoring.playerQuota = PlayerQuota(runs: 1, bytes: 1000)
            $0.instances = 2
        } _: { stage in
            let launch = stage.launchToken(11, in: chat)
            let first = try await stage.submit(5, with: launch, key: "last")
            for instance in 0...1 {
                for _ in 0..<2 {
                    let again = try await stage.submit(5, with: launch, key: "last", on: instance)
                    #expect(again == first.replayed)
                }
                await #expect(throws: Refusal.runAlreadyScored) {
                    try await stage.submit(6, with: launch, key: "last", on: instance)
                }
                await #expect(throws: Refusal.quotaExceeded(retryAfter: .seconds(12 * 3600))) {
                    try await stage.submit(5, with: launch, key: "next", on: instance)
                }
            }
        }
    }

    @Test func `a run that was written after its caller had given up counts`() async throws {
        try await Stage.with {
            $0.scoring.playerQuota = PlayerQuota(runs: 2, bytes: 1000)
            $0.scoring.submissionTimeout = .seconds(3)
        } _: { stage in
            let launch = stage.launchToken(11, in: chat)
            // What betters nothing is written by the first look at it.
            _ = try await stage.submit(10, with: launch, key: "first")
            let game = stage.game
            try await stage.holding { session throws(PostgresError) in
                try session.run(.gameLock(game))
            } while: {
                await #expect(throws: Refusal.databaseUnavailable) {
                    try await stage.submit(5, with: launch, key: "last")
                }
            }
            try await until { try await stage.value(Int.self, "SELECT count(*) FROM scores") == 2 }
            for _ in 0..<3 { #expect(try await stage.submit(5, with: launch, key: "last").isReplay) }
            await #expect(throws: Refusal.quotaExceeded(retryAfter: .seconds(12 * 3600))) {
                try await stage.submit(5, with: launch, key: "next")
            }
        }
    }

    @Test func `what the database did not take is not held against a player`() async throws {
        try await Stage.with {
            $0.scoring.playerQuota = PlayerQuota(runs: 2, bytes: 1000)
        } _: { stage in
            let launch = stage.launchToken(11, in: chat)
            _ = try await stage.submit(1, with: launch, key: "first")
            try await stage.failing("scores", with: "58030") {
                for _ in 0..<3 {
                    await #expect(throws: Refusal.databaseUnavailable) {
                        try await stage.submit(5, with: launch, key: "last")
                    }
                }
            }
            #expect(try await stage.submit(5, with: launch, key: "last").isReplay == false)
            await #expect(throws: Refusal.self) { try await stage.submit(5, with: launch, key: "next") }
        }
    }

    @Test func `keys and imports are exempt, on an instance that looks at the log, too`() async throws {
        try await Stage.with {
            $0.scoring.playerQuota = PlayerQuota(runs: 2, bytes: 1000)
            $0.instances = 2
        } _: { stage in
            let game = try await stage.currentGame()
            for number in 1...5 {
                let score = ServerScore(
                    id: "run-\(number)",
                    player: PlayerID(rawValue: 11),
                    chatInstance: ChatInstance(chat.instance),
                    score: try #require(Score(Int32(number))),
                    metadata: Array(#"{"a":1}"#.utf8)
                )
                #expect(
                    try await stage.highscores.submit([score], of: game).allSatisfy { (try? $0.get()) != nil }
                )
            }
            for score in 10...11 { _ = try await submit(Int32(score), stage) }
            await #expect(throws: Refusal.self) { try await submit(12, stage) }
            try await stage.sql("UPDATE scores SET outcome = 'i'")
            for score in 13...14 { _ = try await submit(Int32(score), stage, on: 1) }
            await #expect(throws: Refusal.self) { try await submit(15, stage, on: 1) }
        }
    }

    @Test func `the day is looked up once for each player`() async throws {
        try await Stage.with {
            $0.scoring.playerQuota = PlayerQuota(runs: 100, bytes: 1000)
        } _: { stage in
            for score in 1...3 { _ = try await submit(Int32(score), stage) }
            // Whoever looked at the log again would find none.
            try await stage.sql("DELETE FROM scores")
            for score in 4...100 { _ = try await submit(Int32(score), stage) }
            await #expect(throws: Refusal.self) { try await submit(101, stage) }
        }
    }
}
