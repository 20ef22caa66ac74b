import Testing

@testable import Bench

/// Reading what the load generators print.
@Suite
struct LoadOutputTests {
    private static let pgbench = """
        pgbench (15.18 (Debian 15.18-0+deb12u1))
        transaction type: upsert.sql
        scaling factor: 1
        query mode: prepared
        number of clients: 16
        number of threads: 2
        maximum number of tries: 1
        duration: 6 s
        number of transactions actually processed: 45012
        number of failed transactions: 0 (0.000%)
        latency average = 2.131 ms
        initial connection time = 18.340 ms
        tps = 7502.500000 (without initial connection time)
        """

    @Test func `the rate of pgbench is the one without the time to connect`() throws {
        let log = (1...100).map { "0 \($0) \($0 * 1000) 0 1767225600 \($0)" }.joined(separator: "\n")
        let run = try #require(try Pgbench.result(Self.pgbench, log: log, of: "upsert"))
        #expect(run.count == 45012)
        #expect(abs(run.rate - 7502.5) < 0.001)
        #expect(run.p50 == 50)
        #expect(run.p99 == 99)
    }

    @Test func `failed transactions of pgbench fail the bench`() {
        let output = Self.pgbench.replacing(
            "failed transactions: 0 (0.000%)",
            with: "failed transactions: 3 (0.007%)"
        )
        #expect(throws: BenchError.self) { try Pgbench.result(output, log: "0 1 1 0 1 1", of: "upsert") }
    }

    @Test(arguments: ["", "tps = 10", "number of transactions actually processed: 45012\n"])
    func `a report of pgbench without results fails the bench`(_ output: String) {
        #expect(throws: BenchError.self) { try Pgbench.result(output, log: "0 1 1 0 1 1", of: "upsert") }
    }

    @Test func `a run of pgbench without transactions, or without their times, is made again`() throws {
        let output = "number of transactions actually processed: 0\nnumber of failed transactions: 0 (NaN%)"
        #expect(try Pgbench.result(output, log: "", of: "upsert") == nil)
        #expect(try Pgbench.result(Self.pgbench, log: "", of: "upsert") == nil)
    }

    @Test func `a run is made again twice, each time longer, and no more`() async throws {
        var tries: [Int] = []
        let run = try await LoadRun.measured("steady", seconds: 2) { seconds in
            tries.append(seconds)
            return tries.count < 3 ? nil : LoadRun(count: 1, seconds: 1, p50: 1, p99: 1)
        }
        #expect(run.count == 1)
        await #expect(throws: BenchError.self) {
            try await LoadRun.measured("steady", seconds: 1) { seconds in
                tries.append(seconds)
                return nil
            }
        }
        #expect(tries == [2, 6, 18, 1, 3, 9])
    }

    @Test func `the line that ends a script of wrk is its result`() throws {
        let output = """
            Running 6s test @ http://127.0.0.1:8080
              1 threads and 64 connections
            Requests/sec:  9999.00
            highscores-bench 60012 6001200 5123 17001 0 0 0 0 0

            """
        let run = try #require(try Wrk.result(output, of: "steady"))
        #expect(run == LoadRun(count: 60012, seconds: 6.0012, p50: 5.123, p99: 17.001))
        #expect(abs(run.rate - 10_000) < 0.001)
    }

    @Test(arguments: 0..<5)
    func `a single error that wrk has counted fails the bench`(_ place: Int) {
        let errors = (0..<5).map { $0 == place ? "1" : "0" }.joined(separator: " ")
        #expect(throws: BenchError.self) {
            try Wrk.result("highscores-bench 60012 6001200 5123 17001 \(errors)", of: "steady")
        }
    }

    @Test(arguments: ["", "highscores-bench 1 2 3"])
    func `a report of wrk without the line fails the bench`(_ output: String) {
        #expect(throws: BenchError.self) { try Wrk.result(output, of: "steady") }
    }

    @Test func `a run of wrk without answers is made again`() throws {
        #expect(try Wrk.result("highscores-bench 0 1001200 0 0 0 0 0 0 0", of: "steady") == nil)
    }
}
