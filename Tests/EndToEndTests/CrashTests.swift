import Curl
import Foundation
import JSON
import Postgres
import Simulator
import TestSupport
import Testing

/// `serve` killed without warning: what was answered with 200 stays, and Telegram ends at the right value.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct CrashTests {
    @Test(arguments: [true, false])
    func `the loop goes on after a kill between any two steps`(isWebhook: Bool) async throws {
        try await Arena.with { arena in
            var service = try await arena.serve(isWebhook: isWebhook)
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let port = service.port
            func crash() async throws {
                try await service.program.kill9()
                service = try await arena.serve(port: port, isWebhook: isWebhook)
            }
            try await crash()
            let launch = try await arena.launch(Arena.ada, message)
            try await crash()
            let run = try await service.startRun(launch)
            try await crash()
            let first = try await service.submit(500, run)
            #expect(first.status == 200, "\(first)")
            try await crash()
            let again = try await service.submit(500, run)
            #expect(again.status == 200, "\(again)")
            #expect(again.headers["Idempotency-Replayed"] == "true")
            #expect(again.json["outcome"]?.string == "new_best")
            #expect(try await service.submit(501, run).code == "run_already_scored")
            try await crash()
            #expect(try await service.board(launch) == ["\(Arena.ada)": 500])
            // The call may have been under way at a kill; its lease runs out after 30 s.
            await arena.expectTable([Arena.ada: 500], within: 60_000)
            try await crash()
            try await arena.play(Arena.ada, message, at: service, 900)
            await arena.expectTable([Arena.ada: 900], within: 60_000)
            #expect(try await scoreCount() == 2)
            try await service.stop()
        }
    }

    @Test func `a press made while nothing runs is answered after the start`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve(isWebhook: false)
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            try await service.program.kill9()
            async let pressed = arena.telegram.press(user: Arena.ada, message)
            let second = try await arena.serve(isWebhook: false)
            // It may come so early that the games are not known yet; then the player is told to try again.
            let answer = try await pressed
            #expect(answer.url != nil || answer.showsAlert)
            let run = try await second.startRun(try await arena.launch(Arena.ada, message))
            #expect(try await second.submit(5, run).status == 200)
            await arena.expectTable([Arena.ada: 5])
            try await second.stop()
        }
    }

    @Test func `no score of a burst that was acknowledged is lost, and none counts twice`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let people = [Arena.ada, Arena.zoe, Arena.omar]
            var runs: [(token: String, player: Int64, score: Int)] = []
            for player in people {
                let launch = try await arena.launch(player, message)
                for _ in 0..<60 {
                    let score = 1000 + runs.count * 7919 % 997
                    runs.append((try await service.startRun(launch), player, score))
                }
            }
            let acknowledged = Acknowledged()
            await withTaskGroup { group in
                for run in runs {
                    group.addTask {
                        guard let answer = try? await service.submit(run.score, run.token),
                            answer.status == 200
                        else { return }
                        if acknowledged.add(run.token, run.score) == 20 { service.program.send(SIGKILL) }
                    }
                }
            }
            _ = try await service.program.exitCode()
            let before = acknowledged.all
            #expect(before.count >= 20)
            #expect(try await scoreCount() >= before.count)
            let second = try await arena.serve(port: service.port)
            for run in runs {
                let answer = try await second.submit(run.score, run.token)
                #expect(answer.status == 200, "\(answer)")
                if before[run.token] != nil { #expect(answer.headers["Idempotency-Replayed"] == "true") }
            }
            #expect(try await scoreCount() == runs.count)
            let best = Dictionary(runs.map { ($0.player, Int64($0.score)) }, uniquingKeysWith: max)
            let board = try await second.board(try await arena.launch(Arena.ada, message))
            #expect(board == Dictionary(uniqueKeysWithValues: best.map { ("\($0.key)", $0.value) }))
            await arena.expectTable(best, within: 60_000)
            try await second.stop()
        }
    }

    @Test(arguments: [Fault.Behaviour.delay(15_000), .loseAnswer])
    func `a kill during a call to Telegram delays the delivery and nothing else`(fault: Fault.Behaviour)
        async throws
    {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            arena.telegram.plan(Fault("setGameScore", fault))
            try await arena.play(Arena.ada, message, at: service, 70)
            if case .delay = fault {
                try await Program.wait(for: "the call to be under way") {
                    try await deliveryState() == "sending" ? () : nil
                }
            } else {
                _ = await arena.telegram.waitForCalls { calls in
                    calls.contains { $0.method.lowercased() == "setgamescore" } ? true : nil
                }
            }
            try await service.program.kill9()
            let second = try await arena.serve(port: service.port)
            // A better score while the row is still leased must not get lost behind it.
            try await arena.play(Arena.ada, message, at: second, 80)
            await arena.expectTable([Arena.ada: 80], within: 60_000)
            try await Program.wait(for: "the delivery to be settled") {
                try await deliveryState() == "done" ? () : nil
            }
            try await second.stop()
        }
    }

    @Test func `when the instance that calls Telegram is killed, another one goes on within ten seconds`()
        async throws
    {
        try await Arena.with { arena in
            let first = try await arena.serve()
            let second = try await arena.serve(
                [],
                ["HIGHSCORES_PUBLIC_URL": "", "HIGHSCORES_UPDATES": "off"],
                isWebhook: false
            )
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            try await arena.play(Arena.ada, message, at: first, 100)
            await arena.expectTable([Arena.ada: 100])
            let run = try await second.startRun(try await arena.launch(Arena.zoe, message))
            // The one that was there first has the say.
            #expect(try await leads(first))
            #expect(try await !leads(second))
            try await first.program.kill9()
            #expect(try await second.submit(200, run).status == 200)
            await arena.expectTable([Arena.ada: 100, Arena.zoe: 200], within: 60_000)
            #expect(try await leads(second))
            try await second.stop()
        }
    }

    private func leads(_ service: Service) async throws -> Bool {
        let metrics = String(decoding: try await service.send(.get, "/metrics").body, as: UTF8.self)
        return metrics.contains("highscores_delivery_leader{bot=\"\(Arena.bot)\"} 1.0")
    }

    private func scoreCount() async throws -> Int64 {
        try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            try session.query("SELECT count(*) FROM scores").decode(Int64.self)[0]
        }
    }

    private func deliveryState() async throws -> String? {
        try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            try session.query("SELECT state FROM deliveries").decode(String.self).first
        }
    }
}
