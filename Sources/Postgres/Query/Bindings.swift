/// The values bound to a query's parameters, encoded into one buffer.
struct Bindings: Sendable {
    /// Where a parameter lies in the buffer; nil is NULL.
    private(set) var ranges: [Range<Int>?] = []
    private(set) var types: [UInt32] = []
    private(set) var bytes: [UInt8] = []
    /// Why a value could not be encoded; thrown when the query is about to be sent.
    private(set) var failure: PostgresError?

    mutating func append<Cell: PostgresCell>(_ value: Cell) {
        types.append(Cell.postgresType.oid)
        let start = bytes.count
        do throws(PostgresError) {
            let isPresent = try value.encodeCell(into: &bytes)
            guard bytes.count - start <= Int(Int32.max) else {
                throw PostgresError(.encoding, "value is larger than 2 GiB")
            }
            ranges.append(isPresent ? start..<bytes.count : nil)
        } catch {
            bytes.removeSubrange(start...)
            ranges.append(nil)
            failure = failure ?? error
        }
    }
}
