import Postgres
import TestSupport
import Testing

/// Values come back from the server as they were sent.
struct ValueRoundTripTests {
    private func echo<V: PostgresCell & Equatable>(_ value: V) async throws -> V {
        try await ScratchServer.shared.pool.withSession { session throws(PostgresError) in
            guard let row = try session.first("SELECT \(value)") else {
                throw PostgresError(.decoding, "no row")
            }
            return try row.decode(V.self)
        }
    }

    @Test(arguments: [true, false])
    func `a boolean comes back`(value: Bool) async throws {
        #expect(try await echo(value) == value)
    }

    @Test(arguments: [Int16.min, -1, 0, 1, .max])
    func `an int2 comes back`(value: Int16) async throws {
        #expect(try await echo(value) == value)
    }

    @Test(arguments: [Int32.min, -1, 0, 1, .max])
    func `an int4 comes back`(value: Int32) async throws {
        #expect(try await echo(value) == value)
    }

    @Test(arguments: [Int64.min, -1, 0, 1, .max])
    func `an int8 comes back`(value: Int64) async throws {
        #expect(try await echo(value) == value)
        #expect(try await echo(Int(value)) == Int(value))
    }

    @Test(arguments: [
        -Double.infinity, -.greatestFiniteMagnitude, -0.0, .leastNonzeroMagnitude, 0.1, .infinity,
    ])
    func `a float8 comes back to the bit`(value: Double) async throws {
        #expect(try await echo(value).bitPattern == value.bitPattern)
    }

    @Test(arguments: ["", "a", "it's; DROP TABLE scores --", "שלום", "👨‍👩‍👧", "\u{1}\r\n\t\u{202E}", "$1"])
    func `a text comes back`(value: String) async throws {
        #expect(try await echo(value) == value)
    }

    @Test func `a text of one megabyte comes back`() async throws {
        let value = String(repeating: "ø", count: 1 << 19)
        #expect(try await echo(value) == value)
    }

    @Test(arguments: [[], [0], [0, 255, 0], Array(0...255)] as [[UInt8]])
    func `bytes come back`(value: [UInt8]) async throws {
        #expect(try await echo(Bytea(value)).bytes == value)
    }

    @Test(arguments: [0, -1, 1, 253_402_300_799_999_999, -62_135_596_800_000_000] as [Int64])
    func `a time comes back to the microsecond`(value: Int64) async throws {
        let time = Timestamp(microsecondsSinceEpoch: value)
        #expect(try await echo(time) == time)
    }

    @Test func `a time means the same to the server`() async throws {
        let time = Timestamp(microsecondsSinceEpoch: 1_700_000_000_123_456)
        let text = try await ScratchServer.shared.pool.withSession { session throws(PostgresError) in
            try session.first("SELECT (\(time))::text")?.decode(String.self)
        }
        #expect(text == "2023-11-14 22:13:20.123456+00")
    }

    @Test func `a uuid comes back and reads the same to the server`() async throws {
        let value = UUIDBytes(high: 0x0011_2233_4455_6677, low: 0x8899_aabb_ccdd_eeff)
        #expect(try await echo(value) == value)
        let text = try await ScratchServer.shared.pool.withSession { session throws(PostgresError) in
            try session.first("SELECT (\(value))::text")?.decode(String.self)
        }
        #expect(text == "00112233-4455-6677-8899-aabbccddeeff")
    }

    @Test(arguments: [#"{"b": 1,  "a": [1.0, null]}"#, #""\u0000""#, "null"])
    func `a JSON text comes back as it was written`(value: String) async throws {
        #expect(try await echo(JSONText(value)).text == value)
    }

    @Test func `an optional is NULL or its value`() async throws {
        #expect(try await echo(String?.none) == nil)
        #expect(try await echo(String?.some("")) == "")
        #expect(try await echo(Timestamp?.none) == nil)
    }

    @Test(arguments: [[], [1], [.min, 0, .max], Array(1...1000)] as [[Int64]])
    func `an array of numbers comes back`(value: [Int64]) async throws {
        #expect(try await echo(value) == value)
    }

    @Test(arguments: [[], [nil], [nil, "", "a", nil, "NULL", "{\",\\}"]] as [[String?]])
    func `an array of texts with NULLs comes back`(value: [String?]) async throws {
        #expect(try await echo(value) == value)
    }

    @Test func `arrays of every other type come back`() async throws {
        #expect(try await echo([true, false]) == [true, false])
        #expect(try await echo([Int16.min, .max]) == [.min, .max])
        #expect(try await echo([Int32.min, .max]) == [.min, .max])
        #expect(try await echo([1, nil, 3] as [Int?]) == [1, nil, 3])
        #expect(try await echo([0.5, -1]) == [0.5, -1])
        #expect(try await echo([Bytea([]), Bytea([0])]) == [Bytea([]), Bytea([0])])
        #expect(try await echo([UUIDBytes(high: 1, low: .max)]) == [UUIDBytes(high: 1, low: .max)])
        #expect(try await echo([JSONText("{}"), nil]) == [JSONText("{}"), nil])
        let time = Timestamp(microsecondsSinceEpoch: 1)
        #expect(try await echo([time]) == [time])
    }

    @Test func `an optional array is NULL, empty or filled`() async throws {
        #expect(try await echo([Int]?.none) == nil)
        #expect(try await echo([Int]?.some([])) == [])
        #expect(try await echo([Int]?.some([1])) == [1])
    }

    private enum Order: Int16, PostgresValue {
        case descending = 1
        case ascending = 2
    }

    @Test func `an enumeration travels as its raw value`() async throws {
        #expect(try await echo(Order.ascending) == .ascending)
        #expect(try await echo([Order.descending, nil]) == [.descending, nil])
        let rows = try await ScratchServer.shared.pool.withSession { session throws(PostgresError) in
            try session.query("SELECT 3::int2")
        }
        #expect(throws: PostgresError.self) { try rows[0].decode(Order.self) }
    }

    @Test func `the server sees an array's elements in order, NULLs included`() async throws {
        let values: [Int32?] = [3, nil, 1]
        let rows = try await ScratchServer.shared.pool.withSession { session throws(PostgresError) in
            try session.query(
                "SELECT position, element FROM unnest(\(values)) WITH ORDINALITY AS list (element, position)"
            ).decode(Int.self, Int32?.self)
        }
        #expect(rows.map(\.0) == [1, 2, 3])
        #expect(rows.map(\.1) == values)
    }
}
