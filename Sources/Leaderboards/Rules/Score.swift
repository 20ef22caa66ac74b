/// A score as a page may submit it: 0…2147483647, the range of Telegram's own tables.
package struct Score: Hashable, Sendable {
    package let value: Int32

    /// Takes a number that is in range.
    ///
    /// - Parameter value: The number; a negative one gives nil.
    package init?(_ value: Int32) {
        guard value >= 0 else { return nil }
        self.value = value
    }

    /// Reads a JSON number by its text, so that `1e3`, `1.0` and `-0` are not taken for integers.
    ///
    /// - Parameter digits: `0` or `[1-9][0-9]*` up to 2147483647; anything else gives nil.
    package init?(digits: some StringProtocol) {
        guard let number = Int32(digits), number >= 0, String(number) == digits else { return nil }
        self.value = number
    }
}
