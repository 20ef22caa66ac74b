/// One row of a result.
@usableFromInline package struct Row: Sendable {
    @usableFromInline let result: ResultHandle
    @usableFromInline let index: Int

    init(result: ResultHandle, index: Int) {
        self.result = result
        self.index = index
    }

    /// Decodes all columns.
    ///
    /// - Parameter types: One type for each column, optional where NULL is possible.
    /// - Returns: The values in the order of the columns.
    /// - Throws: `.decoding`, naming the column and both types, or the two numbers of columns.
    @inlinable
    package func decode<each Cell: PostgresCell>(
        _ types: repeat (each Cell).Type
    ) throws(PostgresError) -> (repeat each Cell) {
        var expected = 0
        for _ in repeat each types { expected += 1 }
        try checkColumnCount(expected)
        var column = 0
        return try (repeat next(each types, &column))
    }

    /// Decodes the only column.
    ///
    /// - Throws: `.decoding`, naming the column and both types, or the number of columns.
    @inlinable
    package func decode<Cell: PostgresCell>(_ type: Cell.Type) throws(PostgresError) -> Cell {
        try checkColumnCount(1)
        return try decode(column: 0, as: type)
    }

    /// Decodes one column by its position.
    ///
    /// - Throws: `.decoding`, naming the column and both types.
    @inlinable
    package func decode<Cell: PostgresCell>(column: Int, as type: Cell.Type = Cell.self) throws(PostgresError)
        -> Cell
    {
        precondition((0..<result.columnCount).contains(column), "column index out of range")
        let actual = result.columnType(column)
        guard Cell.accepts(actual) else { throw unacceptable(actual, Cell.postgresType, column) }
        do throws(PostgresError) {
            return try withExtendedLifetime(result) { result throws(PostgresError) in
                guard let bytes = unsafe result.cell(row: index, column: column) else {
                    return try Cell.decodeNull()
                }
                return try Cell.decode(unsafe bytes.bytes)
            }
        } catch {
            throw located(error, column)
        }
    }

    @usableFromInline
    func unacceptable(_ actual: UInt32, _ expected: PostgresType, _ column: Int) -> PostgresError {
        let names = "\(PostgresType.name(of: actual)) where \(expected.name) is expected"
        return located(PostgresError(.decoding, names), column)
    }

    @usableFromInline
    func checkColumnCount(_ expected: Int) throws(PostgresError) {
        guard expected == result.columnCount else {
            throw PostgresError(
                .decoding,
                "statement returns \(result.columnCount) columns where \(expected) are expected"
            )
        }
    }

    @inlinable
    func next<Cell: PostgresCell>(_ type: Cell.Type, _ column: inout Int) throws(PostgresError)
        -> Cell
    {
        defer { column += 1 }
        return try decode(column: column, as: type)
    }

    @usableFromInline
    func located(_ error: PostgresError, _ column: Int) -> PostgresError {
        error.prefixed("column \(column + 1) \"\(result.columnName(column))\": ")
    }
}
