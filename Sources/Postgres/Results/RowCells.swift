/// The cells of a row one after the other, where their types follow from what is made of them.
package struct RowCells {
    private let row: Row
    private var column = 0

    fileprivate init(_ row: Row) { self.row = row }

    package mutating func next<Cell: PostgresCell>() throws(PostgresError) -> Cell {
        defer { column += 1 }
        return try row.decode(column: column)
    }
}

extension Row {
    /// Begins to read; throws `.decoding` unless the row has that many columns.
    package func cells(_ count: Int) throws(PostgresError) -> RowCells {
        try checkColumnCount(count)
        return RowCells(self)
    }
}
