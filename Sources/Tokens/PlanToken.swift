import Crypto

/// A name for what a change was going to do when it was shown: the same only as long as it would do the same.
package struct PlanToken: Hashable, Sendable, CustomStringConvertible {
    private static let digits = Array("0123456789abcdef".utf8)

    /// 16 hexadecimal digits.
    package let description: String

    /// Names the plan that says these lines.
    package init(of lines: [String]) {
        var hash = SHA256()
        for line in lines {
            hash.update(data: Array("\(line.utf8.count):".utf8))
            hash.update(data: Array(line.utf8))
        }
        var text: [UInt8] = []
        for byte in hash.finalize().prefix(8) {
            text.append(Self.digits[Int(byte >> 4)])
            text.append(Self.digits[Int(byte & 15)])
        }
        description = String(decoding: text, as: UTF8.self)
    }

    /// Reads what ``description`` gave; nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.count == 16, text.utf8.allSatisfy(Self.digits.contains) else { return nil }
        description = text
    }
}
