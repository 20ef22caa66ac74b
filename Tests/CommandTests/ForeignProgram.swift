import Encodings
import TestSupport

/// Somebody with a score, as other programs have them.
struct ForeignScore: Hashable {
    /// What 2026-03-01T12:00:00Z is.
    static let noon: Int64 = 1_772_366_400_000

    let player: Int64
    let score: Int32
    /// Minutes after noon.
    let minute: Int
    let name: String?

    init(_ player: Int64, _ score: Int32, _ minute: Int, _ name: String?) {
        (self.player, self.score, self.minute, self.name) = (player, score, minute, name)
    }

    var milliseconds: Int64 { Self.noon + Int64(minute) * 60_000 }
    func time(_ between: String = "T", seconds: String = ":00", _ zone: String = "Z") -> String {
        "2026-03-01\(between)12:\(minute < 10 ? "0" : "")\(minute)\(seconds)\(zone)"
    }
}

/// What a program writes when it exports scores.
struct ForeignProgram: Sendable {
    let name: String
    /// Whether it tells names, times.
    var hasNames = true
    var hasTimes = true
    /// Whether players have ids of another service, which are their Telegram ids behind `id-`.
    var hasOwners = false
    let write: @Sendable ([ForeignScore]) -> [UInt8]

    enum Quoting { case needed, all, never, backslash }
    enum Encoding { case utf8, marked, utf16, utf16BigEndian }

    /// A program that writes values between delimiters.
    static func table(
        _ name: String,
        _ columns: [String],
        _ delimiter: String = ",",
        quoting: Quoting = .needed,
        lineEnd: String = "\n",
        before: String = "",
        encoding: Encoding = .utf8,
        endsLastLine: Bool = true,
        hasNames: Bool = true,
        hasTimes: Bool = true,
        row: @escaping @Sendable (ForeignScore) -> [String?]
    ) -> ForeignProgram {
        @Sendable func quoted(_ text: String) -> String {
            switch quoting {
            case .never: text
            case .backslash:
                "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
            case .all: "\"" + text.replacing("\"", with: "\"\"") + "\""
            case .needed:
                text.contains { "\"\n".contains($0) || delimiter.contains($0) }
                    ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
            }
        }
        return ForeignProgram(name: name, hasNames: hasNames, hasTimes: hasTimes) { scores in
            var lines = before.isEmpty ? [] : [before]
            if !columns.isEmpty { lines.append(columns.map(quoted).joined(separator: delimiter)) }
            // What is no text stands without quotes.
            lines += scores.map {
                row($0).map { $0.map { $0 == "NULL" || $0 == "\\N" ? $0 : quoted($0) } ?? "" }
            }
            .map { $0.joined(separator: delimiter) }
            return encoded(lines.joined(separator: lineEnd) + (endsLastLine ? lineEnd : ""), encoding)
        }
    }

    /// A program that writes JSON.
    static func json(
        _ name: String,
        before: String = "",
        between: String = "\n",
        after: String = "\n",
        hasNames: Bool = true,
        hasTimes: Bool = true,
        hasOwners: Bool = false,
        object: @escaping @Sendable (ForeignScore) -> String
    ) -> ForeignProgram {
        ForeignProgram(name: name, hasNames: hasNames, hasTimes: hasTimes, hasOwners: hasOwners) { scores in
            Array((before + scores.map(object).joined(separator: between) + after).utf8)
        }
    }

    /// The same, packed.
    func packed(_ name: String, members: Int = 1) -> ForeignProgram {
        ForeignProgram(name: name, hasNames: hasNames, hasTimes: hasTimes, hasOwners: hasOwners) { scores in
            let bytes = write(scores)
            let size = (bytes.count + members - 1) / members
            return stride(from: 0, to: bytes.count, by: size)
                .flatMap { Gzip.pack(Array(bytes[$0..<min($0 + size, bytes.count)])) }
        }
    }

    static func encoded(_ text: String, _ encoding: Encoding) -> [UInt8] {
        switch encoding {
        case .utf8: Array(text.utf8)
        case .marked: [0xEF, 0xBB, 0xBF] + text.utf8
        case .utf16: [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        case .utf16BigEndian: [0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        }
    }

    /// A JSON string, with everything but ASCII escaped where a program does so.
    static func quoted(_ text: String?, escapes: Bool = false) -> String {
        guard let text else { return "null" }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "/" where escapes: result += "\\/"
            case "\u{80}"... where escapes:
                for unit in UTF16.encode(scalar) ?? .init() {
                    result += "\\u" + String(UInt32(unit) + 0x10000, radix: 16).dropFirst()
                }
            default: result.unicodeScalars.append(scalar)
            }
        }
        return "\"\(result)\""
    }
}
