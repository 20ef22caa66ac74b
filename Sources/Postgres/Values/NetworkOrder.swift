extension [UInt8] {
    /// Appends an integer in network byte order, as PostgreSQL's binary formats want it.
    @inlinable
    package mutating func appendBigEndian<I: FixedWidthInteger>(_ value: I) {
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { unsafe append(contentsOf: $0) }
    }

    /// Overwrites four bytes at a position with an integer in network byte order.
    @inlinable
    mutating func putBigEndian(_ value: Int32, at position: Int) {
        let pattern = UInt32(bitPattern: value)
        self[position] = UInt8(truncatingIfNeeded: pattern >> 24)
        self[position + 1] = UInt8(truncatingIfNeeded: pattern >> 16)
        self[position + 2] = UInt8(truncatingIfNeeded: pattern >> 8)
        self[position + 3] = UInt8(truncatingIfNeeded: pattern)
    }
}

extension RawSpan {
    /// Reads an integer in network byte order that fills these bytes exactly.
    ///
    /// - Throws: `.decoding` if there are more or fewer bytes than the integer has.
    @inlinable
    package func bigEndian<I: FixedWidthInteger & BitwiseCopyable>(
        as type: I.Type = I.self
    ) throws(PostgresError) -> I {
        guard byteCount == MemoryLayout<I>.size else {
            throw PostgresError(
                .decoding,
                "\(byteCount) bytes where \(MemoryLayout<I>.size) are expected"
            )
        }
        return bigEndian(at: 0)
    }

    /// Reads an integer in network byte order at an offset that must lie inside.
    @inlinable
    package func bigEndian<I: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: I.Type = I.self)
        -> I
    {
        unsafe I(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: I.self))
    }

    /// Copies the bytes.
    @inlinable
    package func array() -> [UInt8] {
        unsafe withUnsafeBytes { unsafe [UInt8]($0) }
    }

    /// Copies the bytes as text; the server has already checked that they are UTF-8.
    @inlinable
    package func text() -> String {
        unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
