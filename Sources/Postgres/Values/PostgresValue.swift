/// What one parameter or one column may hold: a value, or a value or NULL.
///
/// Conform to ``PostgresValue`` instead; this protocol exists so that optionals and arrays of optionals bind and
/// decode like values. All methods speak PostgreSQL's binary format.
@usableFromInline package protocol PostgresCell: Sendable {
    /// The type that parameters are declared with.
    static var postgresType: PostgresType { get }

    /// The types of columns that can be decoded.
    static var acceptedTypes: [PostgresType] { get }

    /// Appends the value's bytes, or nothing for NULL.
    ///
    /// - Returns: Whether there was a value.
    func encodeCell(into bytes: inout [UInt8]) throws(PostgresError) -> Bool

    /// Reads a value from its bytes.
    static func decode(_ bytes: RawSpan) throws(PostgresError) -> Self

    /// Reads a NULL.
    static func decodeNull() throws(PostgresError) -> Self
}

/// A Swift type that travels as a value of one PostgreSQL type, in binary form.
///
/// A domain type conforms by handing its raw value on: `encode` appends what the raw value appends, `decode` wraps
/// what the raw value's type decodes, `postgresType` is that type's.
@usableFromInline package protocol PostgresValue: PostgresCell {
    /// Appends the value's bytes, without a length.
    ///
    /// - Throws: `.encoding` if the value has no representation in PostgreSQL.
    func encode(into bytes: inout [UInt8]) throws(PostgresError)
}

extension PostgresCell {
    @inlinable
    package static var acceptedTypes: [PostgresType] {
        [postgresType]
    }

    @inlinable
    static func accepts(_ oid: UInt32) -> Bool {
        oid == postgresType.oid || acceptedTypes.contains { $0.oid == oid }
    }
}

extension PostgresValue {
    @inlinable
    package func encodeCell(into bytes: inout [UInt8]) throws(PostgresError) -> Bool {
        try encode(into: &bytes)
        return true
    }

    @inlinable
    package static func decodeNull() throws(PostgresError) -> Self {
        throw PostgresError(.decoding, "NULL where \(postgresType.name) is expected")
    }
}

extension Optional: PostgresCell where Wrapped: PostgresValue {
    @inlinable
    package static var postgresType: PostgresType {
        Wrapped.postgresType
    }

    @inlinable
    package static var acceptedTypes: [PostgresType] {
        Wrapped.acceptedTypes
    }

    @inlinable
    package func encodeCell(into bytes: inout [UInt8]) throws(PostgresError) -> Bool {
        guard let self else { return false }
        try self.encode(into: &bytes)
        return true
    }

    @inlinable
    package static func decode(_ bytes: RawSpan) throws(PostgresError) -> Wrapped? {
        try Wrapped.decode(bytes)
    }

    @inlinable
    package static func decodeNull() throws(PostgresError) -> Wrapped? {
        nil
    }
}
