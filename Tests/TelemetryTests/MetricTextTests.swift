import Logging
import Testing

@testable import Telemetry

/// Counters, histograms and gauges in the text format of Prometheus.
@Suite struct MetricTextTests {
    private static let counter = MetricFamily(name: "b_total", kind: .counter, help: "Bees.")
    private static let histogram = MetricFamily(name: "a_seconds", kind: .histogram, help: "How long.")

    @Test func `a counter says what it is before its series, which are in order`() {
        let store = MetricStore()
        store.count(Self.counter, #"kind="wild""#)
        store.count(Self.counter, #"kind="tame""#, by: 3)
        store.count(Self.counter, #"kind="wild""#)
        #expect(
            store.text() == """
                # HELP b_total Bees.
                # TYPE b_total counter
                b_total{kind="tame"} 3
                b_total{kind="wild"} 2

                """
        )
    }

    @Test func `the buckets of a histogram hold all that is not longer`() {
        let store = MetricStore()
        for milliseconds in [1, 2, 60, 30_000] { store.time(Self.histogram, "", .milliseconds(milliseconds)) }
        let lines = store.text().split(separator: "\n")
        #expect(lines[1] == "# TYPE a_seconds histogram")
        for (bound, count) in [
            ("0.001", 1), ("0.0025", 2), ("0.05", 2), ("0.1", 3), ("20.0", 3), ("+Inf", 4),
        ] {
            #expect(lines.contains("a_seconds_bucket{le=\"\(bound)\"} \(count)"), "\(bound)")
        }
        #expect(lines.suffix(2) == ["a_seconds_sum 30.063", "a_seconds_count 4"])
    }

    @Test func `labels of a histogram stand before the bound, and beside its sum`() {
        let store = MetricStore()
        store.time(Self.histogram, #"route="/""#, .seconds(1))
        #expect(store.text().contains(#"a_seconds_bucket{route="/",le="1.0"} 1"#))
        #expect(store.text().contains(#"a_seconds_sum{route="/"} 1.0"#))
    }

    @Test func `gauges of one name share their head and follow what was counted`() {
        let telemetry = Telemetry(logger: .init(label: "test"))
        telemetry.metrics.count(Self.counter)
        let gauges = [
            Telemetry.Gauge(name: "pool", help: "Connections.", labels: #"state="idle""#, value: 2),
            Telemetry.Gauge(name: "pool", help: "Connections.", labels: #"state="busy""#, value: 1),
            Telemetry.Gauge(name: "ready", help: "Ready.", value: 1),
        ]
        #expect(
            String(decoding: telemetry.prometheusText(gauges: gauges), as: UTF8.self) == """
                # HELP b_total Bees.
                # TYPE b_total counter
                b_total 1
                # HELP pool Connections.
                # TYPE pool gauge
                pool{state="idle"} 2.0
                pool{state="busy"} 1.0
                # HELP ready Ready.
                # TYPE ready gauge
                ready 1.0

                """
        )
    }
}
