import Curl
import Foundation
import JSON
import TestSupport
import Testing

/// What Prometheus reads of a running service is what operators are told of.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct MetricsTests {
    private struct Described: Hashable {
        let name: String
        let kind: String
        let labels: Set<String>
    }

    /// The metrics of the operators' manual.
    private static func described() throws -> [Described] {
        let manual = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Deploy/README.md").standardizedFileURL
        return try String(contentsOf: manual, encoding: .utf8).split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 4, ["counter", "gauge", "histogram"].contains(cells[1]) else { return nil }
            return Described(
                name: cells[0].replacing("`", with: ""),
                kind: cells[1],
                labels: Set(cells[2].matches(of: /`([a-z_]+)`/).map { String($0.1) })
            )
        }
    }

    @Test func `each metric is described, each that is described is there, and all are well formed`()
        async throws
    {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            try await arena.play(Arena.ada, message, at: service, 100)
            await arena.expectTable([Arena.ada: 100])
            #expect(try await service.send(.get, "/v1/leaderboard", token: "nonsense").status == 401)
            // The leader looks at what waits now and then.
            let text = try await Program.wait(for: "the call to be counted") {
                let text = try await service.send(.get, "/metrics").text
                return text.contains("highscores_delivery_calls_total{") ? text : nil
            }
            let read = try PrometheusText(text)
            let described = try Self.described()
            #expect(described.map(\.name) == described.map(\.name).sorted())
            #expect(Set(described.map(\.name)) == Set(read.families.map(\.name)))
            for family in read.families {
                let told = described.first { $0.name == family.name }
                #expect(told?.kind == family.kind, "\(family.name)")
                // Of some there is nothing to count yet.
                #expect(family.labels.isEmpty || told?.labels == family.labels, "\(family.name)")
            }
            #expect(read.families.filter { !$0.labels.isEmpty }.count >= 14)
            let game = "game=\"arena_bot/tetris\""
            #expect(read.values["highscores_scores_total{\(game),outcome=\"new_best\"}"] == 1)
            #expect(read.values["highscores_launches_total{\(game),outcome=\"opened\"}"] == 1)
            #expect(read.values["highscores_ready"] == 1)
            let version = try await arena.command("--version").output
            let words = try #require(version.wholeMatch(of: /highscores (\S+) \((\S+)\)\n/), "\(version)")
            #expect(words.2.wholeMatch(of: /[0-9a-f]{7,}(-dirty)?|unknown/) != nil, "\(version)")
            #expect(
                read.values["highscores_build_info{version=\"\(words.1)\",commit=\"\(words.2)\"}"] == 1
            )
            #expect(
                service.program.logged("service.started").first?["version"]?.string
                    == "\(words.1) (\(words.2))"
            )
            for name in ["highscores_database_seconds", "highscores_database_wait_seconds"] {
                #expect(try #require(read.values["\(name)_count"]) > 0)
            }
            #expect(try #require(read.values["highscores_batch_size_count{of=\"writes\"}"]) >= 1)
            try await service.stop()
        }
    }
}
