/// The HTTP load generator wrk: one process for each run.
struct Wrk: Sendable {
    let program: String
    let folder: ScratchFolder
    /// The port of the service on the loopback address.
    let port: Int

    /// Makes load.
    ///
    /// - Parameter connections: How many requests are under way at any time.
    /// - Throws: ``BenchError`` when a single request failed or was answered by an error, `CancellationError`.
    func load(
        _ script: LoadScript,
        _ arguments: [String] = [],
        connections: Int = 64,
        seconds: Int
    ) async throws -> LoadRun {
        let file = try folder.write(script.text, to: script.name + ".lua")
        return try await LoadRun.measured(script.name, seconds: seconds) { seconds in
            let output = try await folder.run(
                // One thread has room to spare on two cores and leaves the order of requests to the script.
                [
                    program, "--threads", "1", "--connections", "\(connections)", "--duration", "\(seconds)s",
                    "--timeout", "10s", "--script", file, "http://127.0.0.1:\(port)", "--",
                ] + arguments,
                environment: ["PATH": "/usr/bin:/bin"],
                within: .seconds(seconds + 60)
            )
            return try Self.result(output, of: script.name)
        }
    }

    /// Reads the line that every script of the bench prints at its end.
    ///
    /// - Returns: What it says; nil when nothing was answered.
    /// - Throws: ``BenchError`` when there is no such line or when there were errors.
    static func result(_ output: String, of name: String) throws(BenchError) -> LoadRun? {
        let line = output.split(separator: "\n").last { $0.hasPrefix(LoadScript.mark) } ?? ""
        let numbers = line.dropFirst(LoadScript.mark.count).split(separator: " ").compactMap { Int($0) }
        guard numbers.count == 9 else {
            throw BenchError(.failed, "\(name): wrk printed no result:\n\(output.suffix(2000))")
        }
        let errors = zip(
            [
                "connections that failed", "reads that failed", "writes that failed",
                "answers with an error status",
                "answers that did not come",
            ],
            numbers[4...]
        ).filter { $0.1 > 0 }
        guard errors.isEmpty else {
            let list = errors.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
            throw BenchError(
                .failed,
                "\(name): of \(numbers[0]) requests: \(list); the results would be worth nothing"
            )
        }
        guard numbers[0] > 0, numbers[1] > 0 else { return nil }
        return LoadRun(
            count: numbers[0],
            seconds: Double(numbers[1]) / 1e6,
            p50: Double(numbers[2]) / 1e3,
            p99: Double(numbers[3]) / 1e3
        )
    }
}
