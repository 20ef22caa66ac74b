import Instruments
import Leaderboards
import Logging
import Scoring
import TestSupport
import Testing

@testable import Telemetry

/// Counters, histograms and gauges in the text format of Prometheus.
@Suite struct MetricTextTests {
    @Test func `a metric says what it is before its series, and does without any`() {
        let metric = Metric(
            "b_total",
            .counter,
            "Bees.",
            [([("kind", "tame")], .count(3)), ([("kind", "wild")], .count(2))]
        )
        #expect(
            metric.text == """
                # HELP b_total Bees.
                # TYPE b_total counter
                b_total{kind="tame"} 3
                b_total{kind="wild"} 2

                """
        )
        #expect(
            Metric("ready", .gauge, "Ready.", 1).text
                == "# HELP ready Ready.\n# TYPE ready gauge\nready 1.0\n"
        )
        #expect(Metric("ready", .gauge, "Ready.", []).text == "# HELP ready Ready.\n# TYPE ready gauge\n")
    }

    @Test func `the buckets of a histogram hold all that is not longer`() throws {
        var histogram = Histogram(bounds: Histogram.durations)
        for milliseconds in [1, 2, 60, 30_000] { histogram.record(.milliseconds(milliseconds)) }
        let text = Metric("a_seconds", .histogram, "How long.", [([("route", "/")], .seconds(histogram))])
            .text
        let lines = text.split(separator: "\n")
        for (bound, count) in [
            ("0.001", 1), ("0.0025", 2), ("0.05", 2), ("0.1", 3), ("20.0", 3), ("+Inf", 4),
        ] {
            #expect(lines.contains("a_seconds_bucket{route=\"/\",le=\"\(bound)\"} \(count)"), "\(bound)")
        }
        let read = try PrometheusText(text)
        #expect(read.values["a_seconds_count{route=\"/\"}"] == 4)
        #expect(abs((read.values["a_seconds_sum{route=\"/\"}"] ?? 0) - 30.063) < 1e-6)
    }

    @Test func `sizes are counted as they are`() {
        var histogram = Histogram(bounds: Histogram.sizes)
        for size: Int64 in [1, 1, 3, 500, 501] { histogram.record(size) }
        #expect(histogram.counts == [2, 0, 1, 0, 0, 0, 0, 0, 1, 1] && histogram.sum == 1006)
        #expect(histogram.total == 5)
    }

    @Test func `a label may hold anything`() throws {
        let text = Metric("a", .gauge, "A.", [([("game", "a\"b\\c\nd")], .number(1))]).text
        #expect(try PrometheusText(text).values == [#"a{game="a\"b\\c\nd"}"#: 1])
    }

    @Test func `two hundred games have counts of their own, all others one together`() throws {
        let telemetry = Telemetry(logger: RecordedLog().logger)
        for _ in 0..<2 {
            for game in 1...201 {
                telemetry.record(.score(GameID(rawValue: Int64(game)), .newBest, isReplay: false))
            }
        }
        telemetry.record(.score(GameID(rawValue: 202), .held, isReplay: false))
        telemetry.record(.score(GameID(rawValue: 7), .newBest, isReplay: true))
        telemetry.record(.launch(GameID(rawValue: 7), .opened))
        telemetry.record(.launch(nil, .unknownGame))
        let text = telemetry.prometheusText([]) { $0.rawValue == 9 ? nil : "bot/game_\($0)" }
        let read = try PrometheusText(String(decoding: text, as: UTF8.self))
        func scores(_ game: String, _ outcome: String) -> Double? {
            read.values["highscores_scores_total{game=\"\(game)\",outcome=\"\(outcome)\"}"]
        }
        #expect(scores("bot/game_1", "new_best") == 2 && scores("bot/game_200", "new_best") == 2)
        #expect(scores("bot/game_201", "new_best") == nil && scores("other", "new_best") == 2)
        #expect(scores("other", "held") == 1 && scores("bot/game_7", "repeated") == 1)
        #expect(scores("9", "new_best") == 2, "one whose name is not known")
        let games = read.values.keys.filter { $0.hasPrefix("highscores_scores_total") }
        #expect(games.count == 203)
        #expect(read.values[#"highscores_launches_total{game="bot/game_7",outcome="opened"}"#] == 1)
        #expect(read.values[#"highscores_launches_total{game="other",outcome="unknown_game"}"#] == 1)
    }

    @Test func `what a process takes is told under the names that dashboards know`() throws {
        let text = [Metric].ofProcess.map(\.text).joined()
        let values = try PrometheusText(text).values
        let now = Double(Instant.now.milliseconds) / 1000
        #expect((1...now).contains(try #require(values["process_start_time_seconds"])))
        for (name, least) in [
            ("process_cpu_seconds_total", 0), ("process_threads", 1), ("process_open_fds", 3),
            ("process_max_fds", 64), ("process_resident_memory_bytes", 1_048_576),
            ("process_virtual_memory_bytes", 1_048_576),
        ] as [(String, Double)] {
            #expect(try #require(values[name]) >= least, "\(name)")
        }
    }

    @Test(arguments: [
        "a 1\n", "# TYPE a gauge\na 1\n", "# HELP a A.\n# TYPE a gauge\nb 1\n",
        "# HELP a A.\n# TYPE a gauge\na 1",
        "# HELP a A.\n# TYPE a gauge\na 1\na 2\n", "# HELP a A.\n# TYPE a counter\na 1\n",
        "# HELP a A.\n# TYPE a gauge\na{b=\"c} 1\n", "# HELP a A.\n# TYPE a gauge\na x\n",
        "# HELP a A.\n# TYPE a histogram\na_count 1\na_sum 1\n",
        "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 2\na_count 1\na_sum 1\n",
    ]) func `what breaks the format is seen`(_ text: String) {
        #expect(throws: PrometheusText.Fault.self) { try PrometheusText(text) }
    }
}
