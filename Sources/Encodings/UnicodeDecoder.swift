/// Makes UTF-8 of Unicode text piece by piece, however it is cut.
///
/// A byte order mark tells which form the text has, and is dropped. Without one it is UTF-8, or UTF-16 where one of the
/// first two bytes is zero, as in every such text that begins in ASCII.
package struct UnicodeDecoder: Sendable {
    /// Stands for what is no character in UTF-16: no UTF-8 has it, so whoever checks the text finds it there.
    private static let noCharacter: UInt8 = 0xFF

    private enum Form { case utf8, littleEndian, bigEndian }

    private var form: Form?
    /// Bytes that are not enough to decide, or half of a unit.
    private var rest: [UInt8] = []
    /// The first half of a surrogate pair.
    private var high: UInt16?

    /// A decoder at the start of a text.
    package init() {}

    /// Decodes the next piece.
    package mutating func decode(_ piece: [UInt8]) -> [UInt8] {
        if let form { return decode(piece, form) }
        rest += piece
        guard rest.count >= 3 else { return [] }
        return begin()
    }

    /// Ends the text; returns what was still waited with.
    package mutating func finish() -> [UInt8] {
        var text = form == nil ? begin() : []
        if !rest.isEmpty || high != nil { text.append(Self.noCharacter) }
        (rest, high) = ([], nil)
        return text
    }

    private mutating func begin() -> [UInt8] {
        var start = rest
        rest = []
        let form = Self.form(of: start)
        self.form = form
        if form == .utf8 {
            if start.starts(with: [0xEF, 0xBB, 0xBF]) { start.removeFirst(3) }
        } else if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
            start.removeFirst(2)
        }
        return decode(start, form)
    }

    private static func form(of start: [UInt8]) -> Form {
        guard start.count >= 2 else { return .utf8 }
        return switch (start[0], start[1]) {
        case (0xFF, 0xFE): .littleEndian
        case (0xFE, 0xFF): .bigEndian
        case (1..., 0): .littleEndian
        case (0, 1...): .bigEndian
        default: .utf8
        }
    }

    private mutating func decode(_ piece: [UInt8], _ form: Form) -> [UInt8] {
        guard form != .utf8 else { return piece }
        var text: [UInt8] = []
        text.reserveCapacity(piece.count)
        for byte in piece {
            guard let first = rest.popLast() else {
                rest.append(byte)
                continue
            }
            let (low, top) = form == .littleEndian ? (first, byte) : (byte, first)
            take(UInt16(top) << 8 | UInt16(low), &text)
        }
        return text
    }

    private mutating func take(_ unit: UInt16, _ text: inout [UInt8]) {
        if let high {
            self.high = nil
            guard UTF16.isTrailSurrogate(unit) else {
                text.append(Self.noCharacter)
                return take(unit, &text)
            }
            return append(UTF16.decode(UTF16.EncodedScalar([high, unit])), &text)
        }
        if UTF16.isLeadSurrogate(unit) {
            high = unit
        } else if let scalar = Unicode.Scalar(unit) {
            append(scalar, &text)
        } else {
            text.append(Self.noCharacter)
        }
    }

    private func append(_ scalar: Unicode.Scalar, _ text: inout [UInt8]) {
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
}
