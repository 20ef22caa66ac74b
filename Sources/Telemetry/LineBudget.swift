import Instruments
package import Logging

/// How many lines of one kind are written: while everything fails, thousands a second would say no more than the first.
struct LineBudget {
    static let linesPerSecond = 100

    private var begin: ContinuousClock.Instant?
    private var written = 0
    private var omitted = 0

    /// Asks for a line.
    ///
    /// - Returns: How many were left out before it; nil where it is to be left out itself.
    mutating func take(at now: ContinuousClock.Instant) -> Int? {
        if begin.map({ now - $0 >= .seconds(1) }) ?? true { (begin, written) = (now, 0) }
        guard written < Self.linesPerSecond else {
            omitted += 1
            return nil
        }
        written += 1
        defer { omitted = 0 }
        return omitted
    }
}

extension Logger.MetadataProvider {
    /// Says in each line which request caused it.
    package static let request = Logger.MetadataProvider {
        RequestName.current.map { ["request_id": "\($0)"] } ?? [:]
    }
}
