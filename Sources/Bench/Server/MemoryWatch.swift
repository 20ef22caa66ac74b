import Foundation
import Glibc
import Synchronization

/// Reads the memory of a process again and again.
final class MemoryWatch: Sendable {
    private let process: pid_t
    /// Resident bytes, four times a second.
    private let samples = Mutex<[Int]>([])

    init(process: pid_t) { self.process = process }

    /// Reads while a body runs.
    func watching<Result>(_ body: () async throws -> Result) async throws -> Result {
        let reading = Task {
            while !Task.isCancelled {
                if let resident = Self.bytes("VmRSS", of: process) {
                    samples.withLock { $0.append(resident) }
                }
                try? await Task.sleep(for: .milliseconds(250))
            }
        }
        defer { reading.cancel() }
        return try await body()
    }

    /// The most bytes that were resident: ever, in the first tenth of the time and in the last; nil when the process is
    /// gone or nothing was read.
    var use: (peak: Int, early: Int, late: Int)? {
        let samples = samples.withLock { $0 }
        guard let peak = Self.bytes("VmHWM", of: process), !samples.isEmpty else { return nil }
        let tenth = max(samples.count / 10, 1)
        return (peak, samples.prefix(tenth).max() ?? 0, samples.suffix(tenth).max() ?? 0)
    }

    /// A field of `/proc/PID/status` (proc(5)) in bytes.
    static func bytes(_ field: String, of process: pid_t) -> Int? {
        guard let status = FileManager.default.contents(atPath: "/proc/\(process)/status") else { return nil }
        for line in String(decoding: status, as: UTF8.self).split(separator: "\n")
        where line.hasPrefix(field + ":") {
            return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map {
                $0 << 10
            }
        }
        return nil
    }
}
