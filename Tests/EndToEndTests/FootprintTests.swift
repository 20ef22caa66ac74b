import Foundation
import JSON
import TestSupport
import Testing

/// What `serve` takes of the machine, printed for whoever wants to know: a busy machine would fail an assertion.
@Suite(.scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct FootprintTests {
    private static let isWanted = ProcessInfo.processInfo.environment["HIGHSCORES_FOOTPRINT"] != nil

    @Test(.enabled(if: isWanted)) func `memory at rest and the time from start to ready are printed`()
        async throws
    {
        try await Arena.with { arena in
            let start = ContinuousClock.now
            let service = try await arena.serve([], ["HIGHSCORES_LOG_LEVEL": "info"])
            let ready = ContinuousClock.now - start
            let status = try String(
                contentsOfFile: "/proc/\(service.program.process)/status",
                encoding: .utf8
            )
            let memory = status.split(separator: "\n").filter {
                $0.hasPrefix("VmRSS") || $0.hasPrefix("RssAnon")
            }
            print("ready after \(ready); \(memory.joined(separator: "; "))")
            try await service.stop()
        }
    }
}
