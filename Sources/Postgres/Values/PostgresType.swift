/// A type of PostgreSQL by its object identifier, with that of its array.
///
/// Only built-in types have fixed identifiers; they come from `pg_type.dat` of PostgreSQL's sources.
@usableFromInline package struct PostgresType: Sendable {
    @usableFromInline package let oid: UInt32
    /// The identifier of the array of this type; 0 for arrays, which PostgreSQL does not nest.
    @usableFromInline package let arrayOID: UInt32
    @usableFromInline let element: StaticString
    @usableFromInline let isArray: Bool

    @inlinable
    package init(oid: UInt32, arrayOID: UInt32, name: StaticString, isArray: Bool = false) {
        self.oid = oid
        self.arrayOID = arrayOID
        element = name
        self.isArray = isArray
    }

    @usableFromInline package var name: String { isArray ? "\(element)[]" : "\(element)" }

    /// The type of an array of this type.
    @inlinable
    package var array: PostgresType {
        PostgresType(oid: arrayOID, arrayOID: 0, name: element, isArray: true)
    }

    @inlinable package static var bool: PostgresType { Self(oid: 16, arrayOID: 1000, name: "bool") }
    @inlinable package static var bytea: PostgresType { Self(oid: 17, arrayOID: 1001, name: "bytea") }
    @inlinable package static var name: PostgresType { Self(oid: 19, arrayOID: 1003, name: "name") }
    @inlinable package static var int8: PostgresType { Self(oid: 20, arrayOID: 1016, name: "int8") }
    @inlinable package static var int2: PostgresType { Self(oid: 21, arrayOID: 1005, name: "int2") }
    @inlinable package static var int4: PostgresType { Self(oid: 23, arrayOID: 1007, name: "int4") }
    @inlinable package static var text: PostgresType { Self(oid: 25, arrayOID: 1009, name: "text") }
    @inlinable package static var json: PostgresType { Self(oid: 114, arrayOID: 199, name: "json") }
    @inlinable package static var float8: PostgresType { Self(oid: 701, arrayOID: 1022, name: "float8") }
    @inlinable package static var varchar: PostgresType { Self(oid: 1043, arrayOID: 1015, name: "varchar") }
    @inlinable package static var timestamptz: PostgresType {
        Self(oid: 1184, arrayOID: 1185, name: "timestamptz")
    }
    @inlinable package static var uuid: PostgresType { Self(oid: 2950, arrayOID: 2951, name: "uuid") }

    /// The name of a type for an error message.
    @usableFromInline
    static func name(of oid: UInt32) -> String {
        for type in known {
            if type.oid == oid { return type.name }
            if type.arrayOID == oid { return type.array.name }
        }
        return "type with OID \(oid)"
    }

    private static let known: [PostgresType] = [
        .bool, .bytea, .name, .int8, .int2, .int4, .text, .json, .float8, .varchar, .timestamptz, .uuid,
        PostgresType(oid: 700, arrayOID: 1021, name: "float4"),
        PostgresType(oid: 705, arrayOID: 0, name: "unknown"),
        PostgresType(oid: 1042, arrayOID: 1014, name: "bpchar"),
        PostgresType(oid: 1082, arrayOID: 1182, name: "date"),
        PostgresType(oid: 1114, arrayOID: 1115, name: "timestamp"),
        PostgresType(oid: 1186, arrayOID: 1187, name: "interval"),
        PostgresType(oid: 1700, arrayOID: 1231, name: "numeric"),
        PostgresType(oid: 2278, arrayOID: 0, name: "void"),
        PostgresType(oid: 3802, arrayOID: 3807, name: "jsonb"),
    ]
}
