import Operations
import Application
import ArgumentParser
import Bench
import Foundation

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "bench",
        "Measure this machine: launches, submissions, reads and ranks, beside pgbench.",
        "highscores bench",
        "everything, up to ten million entries: half an hour and 10 GB in TMPDIR",
        "highscores bench --entries 100000",
        "everything with small leaderboards, in five minutes",
        "highscores bench --only launches,submissions --json",
        "two parts, as one JSON document",
        "DATABASE_URL=postgresql://bench@db/postgres highscores bench",
        "on another server, in a database made for it and dropped afterwards",
        more: """
            Every rate is measured in turns with its baseline on the same machine and
            judged by the median of their ratios. Load comes from wrk and pgbench, whose
            Debian packages are wrk and postgresql. Without DATABASE_URL a private
            PostgreSQL is run in TMPDIR (/var/tmp), which should be on a disk.
            """
    )

    @Option(
        help: ArgumentHelp(
            """
            The parts: deliveries, launches, submissions, boards, instances, reads, refusals, ranks, loading; without it all.
            """,
            valueName: "a,b"
        )
    )
    var only: Sections?

    @Option(help: "Entries of the largest leaderboard.")
    var entries = BenchPlan().entries

    @Option(help: "How long each load lasts.")
    var seconds = BenchPlan().seconds

    @Option(help: "How many times a load and its yardstick take turns.")
    var pairs = BenchPlan().pairs

    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        guard (10_000...100_000_000).contains(entries) else {
            throw ValidationError("'--entries' takes a number from 10000 to 100000000.")
        }
        guard (1...600).contains(seconds) else {
            throw ValidationError("'--seconds' takes a number from 1 to 600.")
        }
        guard (1...100).contains(pairs) else {
            throw ValidationError("'--pairs' takes a number from 1 to 100.")
        }
        guard !(output.json && output.fields != nil) else {
            throw ValidationError("'--json' prints the whole document; use '--ndjson' with '--fields'.")
        }
    }

    func run() async throws {
        // A field that there is not shall not be found out after an hour.
        _ = try output.names(of: BenchResult.columns)
        let context = try CommandContext()
        let bench = BenchRun(
            plan: BenchPlan(
                sections: only?.sections ?? Set(BenchPlan.Section.allCases),
                entries: entries,
                seconds: seconds,
                pairs: pairs
            ),
            databaseURL: context.settings.databaseURL,
            program: try Self.ownProgram(),
            environment: ProcessInfo.processInfo.environment,
            logger: context.logger
        ) { text in
            remark("\(text)")
        }
        let report = try await bench.run()
        if output.json {
            try StandardOutput.write(report.document(schema: documentSchema) + [UInt8(ascii: "\n")])
            return
        }
        remark("measured on \(report.machine.text)")
        try output.print(report.results.map(\.record), columns: BenchResult.columns)
    }

    private static func ownProgram() throws -> String {
        do {
            return try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        } catch {
            throw CommandFailure(.failed, "this program cannot find itself: \(error)")
        }
    }

    /// Parts of the bench by their names.
    struct Sections: ExpressibleByArgument {
        let sections: Set<BenchPlan.Section>

        init?(argument: String) {
            let names = argument.split(separator: ",", omittingEmptySubsequences: false)
            let known = names.compactMap { BenchPlan.Section(rawValue: String($0)) }
            guard known.count == names.count else { return nil }
            sections = Set(known)
        }
    }
}

extension BenchResult {
    static let columns = [
        "what", "value", "unit", "p50_ms", "p99_ms", "yardstick", "yardstick_value", "ratio", "goal", "met",
        "note",
    ]

    /// The line of the table.
    var record: Record {
        Record([
            "what": name, "value": FieldValue.rounded(value), "unit": unit, "p50_ms": FieldValue.rounded(p50),
            "p99_ms": FieldValue.rounded(p99), "yardstick": baseline?.name,
            "yardstick_value": FieldValue.rounded(baseline?.value), "ratio": FieldValue.rounded(ratio),
            "goal": goals.isEmpty ? nil : goals.map(\.text).joined(separator: ", "), "met": isMet,
            "note": note,
        ])
    }
}

extension FieldValue {
    /// A number with as many decimals as it has a use for.
    fileprivate static func rounded(_ number: Double?) -> FieldValue {
        guard let number, number.isFinite else { return .none }
        let scale: Double = abs(number) >= 100 ? 1 : abs(number) >= 10 ? 10 : 1000
        return .number((number * scale).rounded() / scale)
    }
}

extension Machine {
    /// The machine in a line.
    fileprivate var text: String {
        let place = fileSystem.map { " on \($0)" } ?? ""
        return "\(processor), \(cores) cores, \(memory >> 20) MiB, \(kernel), PostgreSQL \(postgres)\(place),"
            + " fsync \(fsync), synchronous_commit \(synchronousCommit), full_page_writes \(fullPageWrites),"
            + " shared_buffers \(sharedBuffers)"
    }
}
