import Curl
import Foundation
import JSON
import TestSupport
import Testing

/// Whoever complains brings the name of the request, and operators find it in the log.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct RequestLogTests {
    @Test func `the lines that a request causes carry the name that its answer has`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve([], ["HIGHSCORES_LOG_LEVEL": "debug"])
            let refused = try await service.send(.get, "/v1/leaderboard", token: "nonsense")
            let name = try #require(refused.headers["X-Request-Id"])
            let line = try await Program.wait(for: "the line of the request") {
                service.program.logged("request.answered").first { $0["request_id"]?.string == name }
            }
            #expect(line["status"]?.string == "401" && line["code"]?.string == "token_invalid", "\(line)")
            // An update is handled on the way, and its lines are the request's.
            let pressed = try arena.post(Arena.tetris, in: Arena.friday)
            _ = try await arena.launch(Arena.ada, pressed)
            let handled = try await Program.wait(for: "the line of the update") {
                service.program.logged("update.handled").first
            }
            let request = try #require(handled["request_id"]?.string)
            #expect(
                service.program.logged("request.answered").contains {
                    $0["request_id"]?.string == request && $0["route"]?.string == "/telegram/{bot_id}"
                }
            )
            try await service.stop()
        }
    }

    @Test func `a service says when it starts and stops, who leads and what it lost`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let started = try #require(service.program.logged("service.started").first)
            #expect(started["mode"]?.string == "webhook" && started["bots"]?.string?.isEmpty == false)
            #expect(started["version"]?.string?.isEmpty == false)
            #expect(started["database"]?.string?.first?.isNumber == true, "\(started)")
            _ = try await Program.wait(for: "the leader") {
                service.program.logged("leader.gained").first { $0["of"]?.string == "deliveries" }
            }
            try await service.stop()
            let names = service.program.standardError.split(separator: "\n").compactMap {
                try? JSON.parse(Array($0.utf8))["message"]?.string
            }
            let lost = service.program.logged("leader.lost").first
            #expect(lost?["reason"]?.string == "the service stops", "\(names)")
            #expect(names.last == "service.stopped" && names.contains("service.draining"))
            #expect(service.program.logged("database.lost").isEmpty)
        }
    }
}
