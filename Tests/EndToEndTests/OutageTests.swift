import Curl
import Foundation
import JSON
import Postgres
import Simulator
import TestSupport
import Testing

/// The database or Telegram gone, and back.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct OutageTests {
    /// Within this a submission must be answered (the contract), plus what a busy machine adds.
    private static let longestWait = Duration.seconds(7)

    @Test func `without the database presses and runs go on, scores are refused, and all recovers`()
        async throws
    {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let before = try await service.startRun(try await arena.launch(Arena.ada, message))
            try await Database.cut()
            let refused = try await service.submit(300, before, within: Self.longestWait)
            #expect(refused.status == 503, "\(refused)")
            #expect(refused.code == "database_unavailable")
            #expect(refused.headers["Retry-After"].flatMap { Int($0) }.map { $0 > 0 } == true)
            let launch = try await arena.launch(Arena.zoe, message)
            let during = try await service.startRun(launch)
            #expect(try await service.submit(400, during, within: Self.longestWait).status == 503)
            let board = try await service.send(
                .get,
                "/v1/leaderboard",
                token: launch,
                within: Self.longestWait
            )
            #expect(board.code == "database_unavailable")
            try await service.waitUntil("unready", "database_unavailable")
            #expect(try await service.send(.get, "/healthz").status == 200)
            try await Database.restore()
            try await service.waitUntilReady()
            for _ in 0..<2 {
                let answers = [try await service.submit(300, before), try await service.submit(400, during)]
                #expect(answers.map(\.status) == [200, 200])
            }
            #expect(try await service.board(launch) == ["\(Arena.ada)": 300, "\(Arena.zoe)": 400])
            await arena.expectTable([Arena.ada: 300, Arena.zoe: 400])
            #expect(try await Database.count("scores") == 2)
            try await service.stop()
        }
    }

    @Test func `a database that does not answer is a database that is gone`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let run = try await service.startRun(try await arena.launch(Arena.ada, message))
            try await Database.locking("scores, players, targets") {
                let refused = try await service.submit(300, run, within: Self.longestWait)
                #expect(refused.status == 503, "\(refused)")
                #expect(refused.headers["Retry-After"] != nil)
                let answer = try await arena.telegram.press(user: Arena.zoe, message)
                #expect(answer.url != nil)
            }
            try await Program.wait(for: "the score to be taken") {
                try await service.submit(300, run).status == 200 ? () : nil
            }
            #expect(try await Database.count("scores") == 1)
            await arena.expectTable([Arena.ada: 300])
            try await service.stop()
        }
    }

    @Test func `a program that starts without the database answers and recovers`() async throws {
        try await Arena.with { arena in
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            try await Database.cut()
            let service = try await arena.serve(until: 503)
            #expect(try await service.readiness().codes.contains("database_unavailable"))
            let answer = try await arena.telegram.press(user: Arena.ada, message)
            // The games are not known yet, and that is what the player is told.
            #expect(answer.url == nil)
            #expect(!answer.text.isEmpty)
            try await Database.restore()
            try await service.waitUntilReady()
            try await arena.play(Arena.ada, message, at: service, 9)
            await arena.expectTable([Arena.ada: 9])
            try await service.stop()
        }
    }

    @Test(arguments: [true, false])
    func `scores made while Telegram is gone reach it afterwards`(isWebhook: Bool) async throws {
        try await Arena.with { arena in
            let service = try await arena.serve(isWebhook: isWebhook)
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            var runs: [String] = []
            for player in [Arena.ada, Arena.zoe] {
                runs.append(try await service.startRun(try await arena.launch(player, message)))
            }
            arena.cutTelegram()
            for (index, run) in runs.enumerated() {
                #expect(try await service.submit(10 + index, run).status == 200)
            }
            _ = await arena.telegram.waitForCalls { calls in
                calls.contains { $0.method.lowercased() == "setgamescore" && $0.status == 0 } ? true : nil
            }
            #expect(arena.telegram.scoreboard(of: Arena.tetris, in: Arena.friday).isEmpty)
            #expect(try await service.readiness().status == 200)
            arena.restoreTelegram()
            await arena.expectTable([Arena.ada: 10, Arena.zoe: 11], within: 60_000)
            try await service.stop()
        }
    }

    @Test func `a program that starts without Telegram becomes ready when it is back`() async throws {
        try await Arena.with { arena in
            arena.cutTelegram()
            let service = try await arena.serve(until: 503)
            try await service.waitUntil("unready", "webhook_not_set")
            arena.restoreTelegram()
            try await service.waitUntilReady()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            try await arena.play(Arena.ada, message, at: service, 3)
            await arena.expectTable([Arena.ada: 3])
            try await service.stop()
        }
    }
}
