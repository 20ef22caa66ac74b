import Foundation
import Storage

/// PostgreSQL's own load generator: the baseline on the same server.
struct Pgbench: Sendable {
    let program: String
    let folder: ScratchFolder
    /// The environment by which libpq finds the database; a password is passed in no other way.
    let environment: [String: String]

    /// Makes load by 16 clients.
    ///
    /// - Returns: What it has shown; percentiles are those of every twentieth transaction.
    /// - Throws: ``BenchError``, `CancellationError`.
    func load(_ script: LoadScript, seconds: Int) async throws -> LoadRun {
        let file = try folder.write(script.text, to: script.name + ".sql")
        let log = folder.file("pgbench-\(script.name)")
        return try await LoadRun.measured(script.name, seconds: seconds) { seconds in
            defer { logs(script).forEach { try? FileManager.default.removeItem(atPath: $0) } }
            let output = try await folder.run(
                [
                    program, "-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", "\(seconds)", "-f", file,
                    "--log", "--log-prefix", log, "--sampling-rate", "0.05",
                ],
                environment: environment,
                within: .seconds(seconds + 60)
            )
            let lines = logs(script).map {
                String(decoding: FileManager.default.contents(atPath: $0) ?? Data(), as: UTF8.self)
            }
            return try Self.result(output, log: lines.joined(), of: script.name)
        }
    }

    private func logs(_ script: LoadScript) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasPrefix("pgbench-\(script.name).") }.map { folder.file($0) }
    }

    /// Reads what pgbench wrote.
    ///
    /// - Parameter log: Its log, a line for each of some transactions with the microseconds it took in the third field.
    /// - Returns: What it says; nil when no transaction was processed and logged.
    /// - Throws: ``BenchError`` when it cannot be read or says that transactions failed.
    static func result(_ output: String, log: String, of name: String) throws(BenchError) -> LoadRun? {
        /// The number that begins what follows a text.
        func number(after text: String) -> Double? {
            guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix(text) }) else {
                return nil
            }
            return Double(line.dropFirst(text.count).prefix { $0.isNumber || $0 == "." })
        }
        guard let count = number(after: "number of transactions actually processed: ") else {
            throw BenchError(.failed, "\(name): pgbench printed no result:\n\(output.suffix(2000))")
        }
        guard number(after: "number of failed transactions: ") ?? 0 == 0 else {
            throw BenchError(.failed, "\(name): transactions of pgbench failed:\n\(output.suffix(2000))")
        }
        let times = log.split(separator: "\n").compactMap { line -> Double? in
            let fields = line.split(separator: " ")
            return fields.count > 2 ? Double(fields[2]) : nil
        }.sorted()
        // Of very few transactions none may have been picked for the log.
        guard count > 0, !times.isEmpty else { return nil }
        guard let rate = number(after: "tps = "), rate > 0 else {
            throw BenchError(.failed, "\(name): pgbench printed no rate:\n\(output.suffix(2000))")
        }
        return LoadRun(
            count: Int(count),
            seconds: count / rate,
            p50: times.percentile(50) / 1e3,
            p99: times.percentile(99) / 1e3
        )
    }
}
