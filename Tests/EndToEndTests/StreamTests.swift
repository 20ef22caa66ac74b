import Curl
import Foundation
import JSON
import TestSupport
import Testing

/// Leaderboards that are watched while people play.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct StreamTests {
    private static let path = "/v1/leaderboard/events"

    private static func bearer(_ token: String) -> String { "Authorization: Bearer \(token)" }

    private static func scores(_ event: EventReader.Event?) -> [Int64] {
        event?.board?["entries"]?.elements.compactMap { $0["score"]?.int64 } ?? [-1]
    }

    @Test func `a score is seen on every instance, and a stop says goodbye`() async throws {
        try await Arena.with { arena in
            let first = try await arena.serve()
            let second = try await arena.serve([], ["HIGHSCORES_PUBLIC_URL": first.base])
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let launch = try await arena.launch(Arena.ada, message)
            let other = try await arena.launch(Arena.zoe, message)
            let run = try await first.send(.post, "/v1/runs", token: launch)
            let board = try #require(run.json["board_token"]?.string)
            let here = try EventReader(Self.path, at: first.port, headers: [Self.bearer(launch)])
            let there = try EventReader(Self.path + "?access_token=\(board)", at: second.port)
            #expect(Self.scores(await here.next()) == [])
            #expect(Self.scores(await there.next()) == [])

            try await arena.play(Arena.ada, message, at: first, 7)
            let shown = await here.next()
            #expect(Self.scores(shown) == [7])
            let told = await there.next()
            #expect(told == shown, "an event's id and data are the same on every instance")
            #expect(shown?.board?["me"] == nil)

            try await first.stop()
            #expect(await here.next()?.name == "bye")
            #expect(await here.next() == nil)

            // The reader goes to the other instance and is not told again what it has.
            let id = try #require(shown?.id)
            let resumed = try EventReader(
                Self.path,
                at: second.port,
                headers: [Self.bearer(launch), "Last-Event-ID: \(id)"]
            )
            #expect(try await second.submit(9, second.startRun(other)).status == 200)
            #expect(Self.scores(await resumed.next()) == [9, 7])
            #expect(Self.scores(await there.next()) == [9, 7])
            try await second.stop()
        }
    }

    @Test func `a reader that goes away frees its stream`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let launch = try await arena.launch(Arena.ada, try arena.post(Arena.tetris, in: Arena.friday))
            let reader = try EventReader(Self.path, at: service.port, headers: [Self.bearer(launch)])
            #expect(await reader.next() != nil)
            func streams() async throws -> Double? {
                let metrics = try await service.send(.get, "/metrics")
                let lines = String(decoding: metrics.body, as: UTF8.self).split(separator: "\n")
                return lines.first { $0.hasPrefix("highscores_streams ") }.flatMap {
                    Double($0.split(separator: " ")[1])
                }
            }
            #expect(try await streams() == 1)
            reader.leave()
            try await Program.wait(for: "the stream to be free") {
                try await streams() == 0 ? () : nil
            }
            try await service.stop()
        }
    }

    @Test func `the leaderboard page shows a new score by itself`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let launch = try await arena.launch(Arena.ada, message)
            try await WebDriver.withBrowser(width: 500, height: 700) { browser in
                try await browser.open("\(service.base)/leaderboard#hs=\(launch)")
                try await browser.waitForText("Nobody has a score here yet.", in: "#note")
                try await arena.play(Arena.ada, message, at: service, 1234)
                try await browser.waitForText("1,234", in: "li[data-rank='1']")
                try await browser.waitForText("Ada", in: "li[data-rank='1']")
                try await arena.play(Arena.zoe, message, at: service, 5678)
                try await browser.waitForText("5,678", in: "li[data-rank='1']")
                try await browser.waitForText("1,234", in: "li[data-rank='2']")
                let complaints = try await browser.console().filter {
                    $0.level == "SEVERE" && !$0.message.contains("favicon.ico")
                }
                #expect(complaints.isEmpty)
            }
            try await service.stop()
        }
    }
}
