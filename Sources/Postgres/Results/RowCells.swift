/// The cells of a row one after the other, where their types follow from what is made of them.
@usableFromInline package struct RowCells {
    @usableFromInline let row: Row
    @usableFromInline var column = 0

    fileprivate init(_ row: Row) { self.row = row }

    @inlinable
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
