package import Leaderboards

/// The beginning of a run's id.
package struct RunPrefix: Sendable {
    /// A shorter one could be that of any run.
    private static let leastDigits = 4

    /// The first and the last id that begin so.
    package let first: RunID
    package let last: RunID

    /// Reads some of the hexadecimal digits of an id, four at least, with or without its hyphens and in any case.
    package init?(_ text: String) {
        let digits = text.filter { $0 != "-" }
        guard (Self.leastDigits...32).contains(digits.count),
            digits.allSatisfy({ $0.isASCII && $0.isHexDigit })
        else { return nil }
        func id(filledWith digit: Character) -> RunID? {
            let all = digits + String(repeating: digit, count: 32 - digits.count)
            guard let high = UInt64(all.prefix(16), radix: 16), let low = UInt64(all.suffix(16), radix: 16)
            else {
                return nil
            }
            return RunID(Identifier128(high: high, low: low))
        }
        guard let first = id(filledWith: "0"), let last = id(filledWith: "f") else { return nil }
        (self.first, self.last) = (first, last)
    }
}
