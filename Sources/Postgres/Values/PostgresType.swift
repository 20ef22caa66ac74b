/// A type of PostgreSQL by its object identifier, with that of its array.
///
/// Only built-in types have fixed identifiers; they come from `pg_type.dat` of PostgreSQL's sources.
package struct PostgresType: Hashable, Sendable {
    package let oid: UInt32
    /// The identifier of the array of this type; 0 for arrays, which PostgreSQL does not nest.
    package let arrayOID: UInt32
    package let name: String

    package init(oid: UInt32, arrayOID: UInt32, name: String) {
        self.oid = oid
        self.arrayOID = arrayOID
        self.name = name
    }

    /// The type of an array of this type.
    package var array: PostgresType {
        PostgresType(oid: arrayOID, arrayOID: 0, name: name + "[]")
    }

    package static let bool = PostgresType(oid: 16, arrayOID: 1000, name: "bool")
    package static let bytea = PostgresType(oid: 17, arrayOID: 1001, name: "bytea")
    package static let name = PostgresType(oid: 19, arrayOID: 1003, name: "name")
    package static let int8 = PostgresType(oid: 20, arrayOID: 1016, name: "int8")
    package static let int2 = PostgresType(oid: 21, arrayOID: 1005, name: "int2")
    package static let int4 = PostgresType(oid: 23, arrayOID: 1007, name: "int4")
    package static let text = PostgresType(oid: 25, arrayOID: 1009, name: "text")
    package static let json = PostgresType(oid: 114, arrayOID: 199, name: "json")
    package static let float8 = PostgresType(oid: 701, arrayOID: 1022, name: "float8")
    package static let varchar = PostgresType(oid: 1043, arrayOID: 1015, name: "varchar")
    package static let timestamptz = PostgresType(oid: 1184, arrayOID: 1185, name: "timestamptz")
    package static let uuid = PostgresType(oid: 2950, arrayOID: 2951, name: "uuid")

    /// The name of a type for an error message.
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
