extension Bool: PostgresValue {
    @inlinable
    package static var postgresType: PostgresType {
        .bool
    }

    @inlinable
    package func encode(into bytes: inout [UInt8]) {
        bytes.append(self ? 1 : 0)
    }

    @inlinable
    package static func decode(_ bytes: RawSpan) throws(PostgresError) -> Bool {
        try bytes.bigEndian(as: UInt8.self) != 0
    }
}

extension Int16: PostgresValue {
    @inlinable
    package static var postgresType: PostgresType {
        .int2
    }

    @inlinable
    package func encode(into bytes: inout [UInt8]) {
        bytes.appendBigEndian(self)
    }

    @inlinable
    package static func decode(_ bytes: RawSpan) throws(PostgresError) -> Int16 {
        try bytes.bigEndian()
    }
}

extension Int32: PostgresValue {
    @inlinable
    package static var postgresType: PostgresType {
        .int4
    }

    @inlinable
    package static var acceptedTypes: [PostgresType] {
        [.int4, .int2]
    }

    @inlinable
    package func encode(into bytes: inout [UInt8]) {
        bytes.appendBigEndian(self)
    }

    @inlinable
    package static func decode(_ bytes: RawSpan) throws(PostgresError) -> Int32 {
        bytes.byteCount == 2 ? Int32(try bytes.bigEndian(as: Int16.self)) : try bytes.bigEndian()
    }
}

extension Int64: PostgresValue {
    @inlinable
    package static var postgresType: PostgresType {
        .int8
    }

    @inlinable
    package static var acceptedTypes: [PostgresType] {
        [.int8, .int4, .int2]
    }

    @inlinable
    package func encode(into bytes: inout [UInt8]) {
        bytes.appendBigEndian(self)
    }

    @inlinable
    package static func decode(_ bytes: RawSpan) throws(PostgresError) -> Int64 {
        switch bytes.byteCount {
        case 2: Int64(try bytes.bigEndian(as: Int16.self))
        case 4: Int64(try bytes.bigEndian(as: Int32.self))
        default: try bytes.bigEndian()
        }
    }
}

/// Travels as `int8`.
extension Int: PostgresValue {
    @inlinable
    package static var postgresType: PostgresType {
        .int8
    }

    @inlinable
    package static var acceptedTypes: [PostgresType] {
        Int64.acceptedTypes
    }

    @inlinable
    package func encode(into bytes: inout [UInt8]) {
        bytes.appendBigEndian(Int64(self))
    }

    @inlinable
    package static func decode(_ bytes: RawSpan) throws(PostgresError) -> Int {
        Int(try Int64.decode(bytes))
    }
}

extension Double: PostgresValue {
    @inlinable
    package static var postgresType: PostgresType {
        .float8
    }

    @inlinable
    package func encode(into bytes: inout [UInt8]) {
        bytes.appendBigEndian(bitPattern)
    }

    @inlinable
    package static func decode(_ bytes: RawSpan) throws(PostgresError) -> Double {
        Double(bitPattern: try bytes.bigEndian())
    }
}
