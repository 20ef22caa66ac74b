/// Comma-separated values as a program writes them (RFC 4180, lines ended by LF).
package enum CSVText {
    /// Lays a record out.
    ///
    /// A field is quoted where it holds a quote, a comma, a line break or a blank at its ends, where other programs
    /// write for no value what it says, and where it is the only one and empty, which would be no record.
    package static func line(_ fields: [String]) -> String {
        guard fields != [""] else { return "\"\"\n" }
        return fields.map(field).joined(separator: ",") + "\n"
    }

    private static func field(_ text: String) -> String {
        guard
            text.utf8.contains(where: isSpecial) || text.utf8.first.map(isBlank) == true
                || text.utf8.last.map(isBlank) == true || noValue.contains(text)
        else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }

    /// What programs write where there is no value, without quotes.
    package static let noValue: Set<String> = ["\\N", "NULL"]

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
        default: false
        }
    }
}
