/// A type that wraps a value travels as that value: identifiers and enumerations conform without writing anything.
extension PostgresValue where Self: RawRepresentable, RawValue: PostgresValue {
    @inlinable
    package static var postgresType: PostgresType {
        RawValue.postgresType
    }

    @inlinable
    package static var acceptedTypes: [PostgresType] {
        RawValue.acceptedTypes
    }

    @inlinable
    package func encode(into bytes: inout [UInt8]) throws(PostgresError) {
        try rawValue.encode(into: &bytes)
    }

    @inlinable
    package static func decode(_ bytes: RawSpan) throws(PostgresError) -> Self {
        guard let value = Self(rawValue: try RawValue.decode(bytes)) else {
            throw PostgresError(.decoding, "value that \(Self.self) does not know")
        }
        return value
    }
}
