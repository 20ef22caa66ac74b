package import Leaderboards

/// Whole numbers as spreadsheets and other programs write them.
extension String {
    /// The digits without what does not change a whole number: `'5` and `="5"`, by which spreadsheets keep a text a text,
    /// and the `.0` of programs that know fractions only; any other text as it is.
    var plainNumber: String {
        var digits = self[...]
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
        return digits.utf8.count == utf8.count ? self : String(digits)
    }

    /// Whether it is a number in the notation in which spreadsheets show, and write, only its first digits.
    var isRoundedNumber: Bool {
        utf8.contains { $0 | 0x20 == UInt8(ascii: "e") } && Double(self) != nil
    }
}

extension PlayerID {
    /// Reads a Telegram id.
    package init?(imported text: String) {
        guard let number = Int64(text) ?? Int64(text.plainNumber), number > 0 else { return nil }
        self.init(rawValue: number)
    }
}
