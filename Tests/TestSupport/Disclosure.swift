/// What somebody might read from an opaque text who looks for ids in it.
package enum Disclosure {
    /// All numbers that stand in bytes, taken in every way in which programs write them.
    ///
    /// - Parameter bytes: The bytes.
    /// - Returns: Numbers of 4, 5, 6 and 8 bytes in both orders, signed and not, variable-length numbers of seven bits a
    ///   byte, plain and in zigzag, each at every offset, and numbers written in decimal digits.
    package static func numbers(in bytes: [UInt8]) -> Set<Int64> {
        var found: Set<Int64> = []
        for start in bytes.indices {
            let rest = bytes[start...]
            for width in [4, 5, 6, 8] where rest.count >= width {
                let part = rest.prefix(width)
                for number in [bigEndian(part), bigEndian(part.reversed())] {
                    let unused = UInt64(64 - 8 * width)
                    found.insert(Int64(bitPattern: number))
                    found.insert(Int64(bitPattern: number << unused) >> Int64(unused))
                }
            }
            if let number = variableLength(rest) {
                found.insert(Int64(bitPattern: number))
                found.insert(Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1))
            }
        }
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        for digits in bytes.split(whereSeparator: { !isDigit($0) }) {
            guard let number = Int64(String(decoding: digits, as: UTF8.self)) else { continue }
            found.formUnion([number, -number])
        }
        return found
    }

    private static func bigEndian(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func variableLength(_ bytes: ArraySlice<UInt8>) -> UInt64? {
        guard let end = bytes.firstIndex(where: { $0 < 0x80 }), end - bytes.startIndex < 10 else {
            return nil
        }
        return bytes[...end].reversed().reduce(0) { $0 << 7 | UInt64($1 & 0x7F) }
    }
}
