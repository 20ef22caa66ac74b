import Foundation
import JSON
import Postgres
import Simulator
import TestSupport
import Testing

/// SIGTERM while people play.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct ShutdownTests {
    @Test func `a stop under load loses nothing that was acknowledged and ends within ten seconds`()
        async throws
    {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let launch = try await arena.launch(Arena.ada, message)
            let acknowledged = Acknowledged()
            await withTaskGroup { group in
                for lane in 0..<16 {
                    group.addTask {
                        for round in 0..<200 {
                            let score = 1 + lane * 200 + round
                            guard let run = try? await service.startRun(launch),
                                let answer = try? await service.submit(score, run)
                            else { return }
                            guard answer.status == 200, let id = answer.json["run_id"]?.string else {
                                continue
                            }
                            if acknowledged.add(id, score) == 100 { service.program.send(SIGTERM) }
                        }
                    }
                }
            }
            #expect(try await service.program.exitCode() == 0)
            let kept = try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
                try session.query("SELECT run_id::text, score FROM scores").decode(String.self, Int32.self)
            }
            let scores = Dictionary(uniqueKeysWithValues: kept.map { ($0.0.filter { $0 != "-" }, Int($0.1)) })
            let lost = acknowledged.all.filter { scores[$0.key.filter { $0 != "-" }] != $0.value }
            #expect(lost.isEmpty, "\(lost.count) of \(acknowledged.all.count) are not kept")
            // What was written but not answered is still one run each, and the best of all reaches Telegram.
            let second = try await arena.serve(port: service.port)
            let best = try #require(scores.values.max())
            #expect(try await second.board(launch) == ["\(Arena.ada)": Int64(best)])
            await arena.expectTable([Arena.ada: Int64(best)], within: 60_000)
            try await second.stop()
        }
    }

    @Test func `a stop while the database and Telegram hang still ends in time`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            arena.telegram.plan(Fault("setGameScore", .delay(60_000)))
            try await arena.play(Arena.ada, message, at: service, 4)
            try await Program.wait(for: "the call to be under way") {
                let states = try await ScratchDatabase.current.pool.withSession {
                    session throws(PostgresError) in
                    try session.query("SELECT state FROM deliveries").decode(String.self)
                }
                return states == ["sending"] ? () : nil
            }
            try await Database.locking("scores") {
                let run = try await service.startRun(try await arena.launch(Arena.zoe, message))
                async let answer = service.submit(5, run)
                service.program.send(SIGTERM)
                let code = try await service.program.exitCode()
                #expect(code == 0, "\(service.program.standardError.suffix(2000))")
                _ = try? await answer
            }
        }
    }
}
