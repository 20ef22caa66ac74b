import Foundation

/// The programs that make load, which come with Debian's packages.
struct LoadPrograms: Sendable {
    let wrk: String
    let pgbench: String

    /// Looks for the programs.
    ///
    /// - Parameter environment: The variables of this process; `PATH` counts.
    /// - Throws: ``BenchError`` that says what to install.
    init(environment: [String: String]) throws(BenchError) {
        let path = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map(String.init)
        func find(_ name: String, in folders: [String]) -> String? {
            folders.lazy.map { "\($0)/\(name)" }
                .first(where: FileManager.default.isExecutableFile(atPath:))
        }
        guard let wrk = find("wrk", in: path) else {
            throw BenchError(.unprepared, "wrk makes the load and is not installed; run: apt-get install wrk")
        }
        // Debian keeps the programs of each version in a folder of its own; its pgbench in PATH is a script.
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [])
            .compactMap { Int($0) }.sorted(by: >)
        guard let pgbench = find("pgbench", in: versions.map { "\(root)/\($0)/bin" } + path) else {
            throw BenchError(
                .unprepared,
                "pgbench is the yardstick and is not installed; run: apt-get install postgresql"
            )
        }
        self.wrk = wrk
        self.pgbench = pgbench
    }
}
