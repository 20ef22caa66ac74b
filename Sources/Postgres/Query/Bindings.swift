/// The values bound to a query's parameters, encoded into one buffer.
@usableFromInline
struct Bindings: Sendable {
    /// Where a parameter lies in the buffer; nil is NULL.
    private(set) var ranges: [Range<Int>?] = []
    private(set) var types: [UInt32] = []
    @usableFromInline var bytes: [UInt8] = []
    /// Why a value could not be encoded; thrown when the query is about to be sent.
    private(set) var failure: PostgresError?

    init() {}

    mutating func reserveCapacity(_ count: Int) {
        ranges.reserveCapacity(count)
        types.reserveCapacity(count)
        bytes.reserveCapacity(32 * count)
    }

    @inlinable
    mutating func append<Cell: PostgresCell>(_ value: Cell) {
        let start = bytes.count
        do throws(PostgresError) {
            add(Cell.postgresType.oid, from: try value.encodeCell(into: &bytes) ? start : nil)
        } catch {
            fail(Cell.postgresType.oid, from: start, error)
        }
    }

    /// Notes a parameter whose bytes begin at a place and end here; at none if it is NULL.
    @usableFromInline
    mutating func add(_ type: UInt32, from start: Int?) {
        guard let start else {
            types.append(type)
            return ranges.append(nil)
        }
        guard bytes.count - start <= Int(Int32.max) else {
            return fail(type, from: start, PostgresError(.encoding, "value is larger than 2 GiB"))
        }
        types.append(type)
        ranges.append(start..<bytes.count)
    }

    @usableFromInline
    mutating func fail(_ type: UInt32, from start: Int, _ error: PostgresError) {
        bytes.removeSubrange(start...)
        types.append(type)
        ranges.append(nil)
        failure = failure ?? error
    }
}
