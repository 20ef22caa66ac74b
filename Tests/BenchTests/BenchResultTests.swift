import JSON
import Testing

@testable import Bench

/// Medians, ratios, goals, and the document made of them.
@Suite
struct BenchResultTests {
    private static func run(_ rate: Int, p50: Double = 1, p99: Double = 2) -> LoadRun {
        LoadRun(count: rate * 2, seconds: 2, p50: p50, p99: p99)
    }

    private static func pair(_ load: Int, _ baseline: Int) -> LoadPair {
        LoadPair(load: run(load), baseline: run(baseline))
    }

    private static let medians: [([Double], Double)] = [
        ([3], 3), ([5, 1, 9], 5), ([4, 1, 2, 3], 2.5), ([7, 7, 0], 7),
    ]

    @Test(arguments: medians)
    func `the median is the number in the middle`(_ numbers: [Double], _ median: Double) {
        #expect(numbers.median == median)
    }

    @Test(arguments: [(50, 5), (90, 9), (99, 10), (100, 10), (1, 1)] as [(Double, Double)])
    func `a percentile is one of the numbers`(_ percent: Double, _ value: Double) {
        #expect((1...10).map(Double.init).percentile(percent) == value)
    }

    @Test func `pairs are judged by the median of their ratios, not by the ratio of medians`() {
        let pairs = [Self.pair(100, 100), Self.pair(300, 100), Self.pair(200, 400)]
        let result = BenchResult("f", pairs, against: "y", goals: [.ratioAtLeast(1)])
        #expect(result.ratios == [1, 3, 0.5])
        #expect(result.ratio == 1)
        #expect(result.value == 200 && result.baseline?.value == 100)
        #expect(result.p50 == 1 && result.p99 == 2)
        #expect(result.isMet == true)
    }

    @Test(arguments: [
        ([BenchResult.Goal.ratioAtLeast(2)], true), ([.ratioAtLeast(2.001)], false),
        ([.ratioAtMost(2)], true),
        ([.ratioAtMost(1.9)], false), ([.valueAtMost(200)], true), ([.valueAtMost(199)], false),
        ([.ratioAtLeast(1), .valueAtMost(199)], false),
    ])
    func `a result is met when it reaches every goal`(_ goals: [BenchResult.Goal], _ isMet: Bool) {
        #expect(BenchResult("f", [Self.pair(200, 100)], against: "y", goals: goals).isMet == isMet)
    }

    @Test func `without a goal there is nothing to meet, and without a baseline no ratio`() {
        let result = BenchResult("memory", 64, unit: "MiB")
        #expect(result.isMet == nil && result.ratio == nil)
        #expect(BenchResult("f", 1, unit: "ms", goals: [.ratioAtLeast(1)]).isMet == false)
    }

    @Test func `load and baseline take turns, and take turns in going first`() async throws {
        var order: [String] = []
        let pairs = try await LoadPair.measure(3) {
            order.append("y")
            return Self.run(10)
        } load: { number in
            order.append("l\(number)")
            return Self.run(number + 1)
        } onPair: { _ in
        }
        #expect(order == ["y", "l0", "l1", "y", "y", "l2"])
        #expect(pairs.map(\.load.rate) == [1, 2, 3])
        #expect(pairs.allSatisfy { $0.baseline.rate == 10 })
    }

    @Test func `the document says all that was measured, where and how`() throws {
        let machine = Machine(
            processor: "A \"fast\" one",
            cores: 2,
            memory: 1 << 34,
            kernel: "Linux 6.1",
            fileSystem: nil,
            postgres: "15.18",
            fsync: "on",
            synchronousCommit: "on",
            fullPageWrites: "on",
            sharedBuffers: "128MB"
        )
        let report = BenchReport(
            machine: machine,
            plan: BenchPlan(sections: [.reads], entries: 20_000, seconds: 6, pairs: 5),
            results: [
                BenchResult(
                    "reads, top 10",
                    [Self.pair(150, 100)],
                    against: "select",
                    goals: [.ratioAtLeast(0.45)]
                ),
                BenchResult("memory", 64.5, unit: "MiB", note: "peak"),
            ]
        )
        let document = try JSON.parse(report.document(schema: 1))
        #expect(document["machine"]?["processor"]?.string == "A \"fast\" one")
        #expect(document["machine"]?["file_system"]?.isNull == true)
        #expect(document["plan"]?["entries"]?.int64 == 20_000)
        #expect(document["plan"]?["sections"]?.elements.map(\.string) == ["reads"])
        let results = try #require(document["figures"]?.elements.map { $0 } as [JSONValue]?)
        #expect(results.count == 2)
        #expect(results[0]["ratio"]?.numberText == "1.500" && results[0]["met"]?.bool == true)
        #expect(results[0]["yardstick"]?["name"]?.string == "select")
        #expect(results[1]["value"]?.numberText == "64.500" && results[1]["yardstick"]?.isNull == true)
        #expect(results[1]["note"]?.string == "peak")
    }
}
