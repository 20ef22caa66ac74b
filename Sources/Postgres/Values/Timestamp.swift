/// A point in time with microseconds, as `timestamptz` holds it.
@usableFromInline package struct Timestamp: PostgresValue, Hashable, Comparable {
    /// Microseconds since 1970-01-01 00:00:00 UTC, without leap seconds.
    @usableFromInline package let microsecondsSinceEpoch: Int64

    /// PostgreSQL counts from 2000-01-01 00:00:00 UTC.
    @inlinable static var postgresEpoch: Int64 { 946_684_800_000_000 }

    @inlinable
    package init(microsecondsSinceEpoch: Int64) {
        self.microsecondsSinceEpoch = microsecondsSinceEpoch
    }

    @inlinable
    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microsecondsSinceEpoch < right.microsecondsSinceEpoch
    }

    @inlinable
    package static var postgresType: PostgresType {
        .timestamptz
    }

    @inlinable
    package func encode(into bytes: inout [UInt8]) throws(PostgresError) {
        let (value, overflow) = microsecondsSinceEpoch.subtractingReportingOverflow(Self.postgresEpoch)
        // The extremes mean minus and plus infinity on the wire.
        guard !overflow, value != .min, value != .max else {
            throw PostgresError(.encoding, "time is outside the range of timestamptz")
        }
        bytes.appendBigEndian(value)
    }

    @inlinable
    package static func decode(_ bytes: RawSpan) throws(PostgresError) -> Timestamp {
        let value = try bytes.bigEndian(as: Int64.self)
        let (microseconds, overflow) = value.addingReportingOverflow(postgresEpoch)
        guard !overflow, value != .min else {
            throw PostgresError(.decoding, "infinite timestamptz where a point in time is expected")
        }
        return Timestamp(microsecondsSinceEpoch: microseconds)
    }
}
