/// 128 bits as type `uuid` holds them; no meaning is attached to version bits.
@usableFromInline package struct UUIDBytes: PostgresValue, Hashable, Comparable {
    /// The first eight bytes as a number in network byte order.
    @usableFromInline package let high: UInt64
    /// The last eight bytes as a number in network byte order.
    @usableFromInline package let low: UInt64

    @inlinable
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    @inlinable
    package static func < (left: UUIDBytes, right: UUIDBytes) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    @inlinable
    package static var postgresType: PostgresType {
        .uuid
    }

    @inlinable
    package func encode(into bytes: inout [UInt8]) {
        bytes.appendBigEndian(high)
        bytes.appendBigEndian(low)
    }

    @inlinable
    package static func decode(_ bytes: RawSpan) throws(PostgresError) -> UUIDBytes {
        guard bytes.byteCount == 16 else {
            throw PostgresError(.decoding, "\(bytes.byteCount) bytes where 16 are expected")
        }
        return UUIDBytes(high: bytes.bigEndian(at: 0), low: bytes.bigEndian(at: 8))
    }
}
