/// The rows that a statement returned, in order.
///
/// A value independent of the connection: it may be decoded after the transaction has ended.
@usableFromInline package struct Rows: RandomAccessCollection, Sendable {
    private let result: ResultHandle
    @usableFromInline package let endIndex: Int

    init(_ result: ResultHandle) {
        self.result = result
        endIndex = result.rowCount
    }

    @usableFromInline package var startIndex: Int {
        0
    }

    @usableFromInline package subscript(position: Int) -> Row {
        precondition(indices.contains(position), "row index out of range")
        return Row(result: result, index: position)
    }

    /// How many rows the statement inserted, changed, deleted or returned.
    package var affectedRows: Int {
        result.affectedRows
    }

    /// Decodes all rows of one column.
    ///
    /// - Throws: `.decoding` naming the column.
    @inlinable
    package func decode<Cell: PostgresCell>(_ type: Cell.Type) throws(PostgresError) -> [Cell] {
        try map { row throws(PostgresError) in try row.decode(type) }
    }

    /// Decodes all rows.
    ///
    /// - Parameter types: One type for each column, optional where NULL is possible.
    /// - Returns: The values of each row in the order of the columns.
    /// - Throws: `.decoding` naming the column.
    @inlinable
    package func decode<each Cell: PostgresCell>(
        _ types: repeat (each Cell).Type
    ) throws(PostgresError) -> [(repeat each Cell)] {
        var values: [(repeat each Cell)] = []
        values.reserveCapacity(count)
        for row in self {
            values.append(try row.decode(repeat each types))
        }
        return values
    }
}
