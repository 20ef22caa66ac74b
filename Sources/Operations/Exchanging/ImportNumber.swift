package import Leaderboards

/// Whole numbers as spreadsheets and other programs write them.
package enum ImportNumber {
    /// Takes off what does not change a whole number: `'5` and `="5"`, by which spreadsheets keep a text a text, and the
    /// `.0` of programs that know fractions only.
    ///
    /// - Returns: The number's digits, or the text as it is.
    package static func plain(_ text: String) -> String {
        var digits = text[...]
        if digits.first == "'" { digits.removeFirst() }
        if digits.hasPrefix("=\""), digits.hasSuffix("\""), digits.count > 3 {
            digits = digits.dropFirst(2).dropLast()
        }
        if let point = digits.firstIndex(of: ".") {
            let fraction = digits[digits.index(after: point)...]
            if !fraction.isEmpty, fraction.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) {
                digits = digits[..<point]
            }
        }
        return digits.utf8.count == text.utf8.count ? text : String(digits)
    }

    /// Reads a Telegram id.
    package static func player(_ text: String) -> PlayerID? {
        guard let number = Int64(text) ?? Int64(plain(text)), number > 0 else { return nil }
        return PlayerID(rawValue: number)
    }

    /// Whether a number is in the notation in which spreadsheets show, and write, only its first digits.
    static func isRounded(_ text: String) -> Bool {
        text.utf8.contains { $0 | 0x20 == UInt8(ascii: "e") } && Double(text) != nil
    }
}
