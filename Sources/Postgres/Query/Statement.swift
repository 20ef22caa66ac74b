/// A query together with the meaning of its rows, so that several can travel in one round trip.
package struct Statement<Value> {
    package let query: Query
    /// Makes the value out of the rows that came back.
    package let decode: (Rows) throws(PostgresError) -> Value

    /// Gives a query's rows a meaning.
    ///
    /// - Parameter decode: Makes the value out of its rows.
    package init(_ query: Query, decode: @escaping (Rows) throws(PostgresError) -> Value) {
        self.query = query
        self.decode = decode
    }
}

extension Statement {
    /// A statement each of whose rows means an element.
    package init<Element>(each query: Query, _ decode: @escaping (Row) throws(PostgresError) -> Element)
    where Value == [Element] {
        self.init(query) { rows throws(PostgresError) in try rows.map(decode) }
    }

    /// A statement that returns one row or none.
    package init<Wrapped>(first query: Query, _ decode: @escaping (Row) throws(PostgresError) -> Wrapped)
    where Value == Wrapped? {
        self.init(query) { rows throws(PostgresError) in
            guard let row = rows.first else { return nil }
            return try decode(row)
        }
    }

    /// A statement of one column.
    package init<Cell: PostgresCell>(column query: Query) where Value == [Cell] {
        self.init(query) { rows throws(PostgresError) in try rows.decode(Cell.self) }
    }

    /// A statement that always returns one row.
    package init(one query: Query, _ decode: @escaping (Row) throws(PostgresError) -> Value) {
        self.init(query) { rows throws(PostgresError) in
            guard let row = rows.first else {
                throw PostgresError(.decoding, "a statement returned no row: \(query)")
            }
            return try decode(row)
        }
    }

    /// A statement that always returns one row of one column.
    package init(cell query: Query) where Value: PostgresCell {
        self.init(one: query) { row throws(PostgresError) in try row.decode(Value.self) }
    }
}

extension Statement where Value == Int {
    /// A statement of which only the number of rows matters that it inserted, changed, deleted or returned.
    package init(counting query: Query) {
        self.init(query) { rows throws(PostgresError) in rows.affectedRows }
    }
}

extension Statement where Value == Bool {
    /// A statement of which only matters whether it inserted, changed, deleted or returned a row.
    package init(anyRow query: Query) {
        self.init(query) { rows throws(PostgresError) in rows.affectedRows > 0 }
    }
}

extension Session {
    /// Runs a statement.
    @discardableResult
    package func run<Value>(_ statement: Statement<Value>) throws(PostgresError) -> Value {
        try statement.decode(try query(statement.query))
    }

    /// Runs statements in one round trip.
    ///
    /// - Parameter statements: The statements in order; each sees what those before it did.
    /// - Throws: The error of the first that failed; those after it did not run.
    package func run<each Value>(
        _ statements: repeat Statement<each Value>
    ) throws(PostgresError) -> (repeat each Value) {
        var queries: [Query] = []
        for statement in repeat each statements { queries.append(statement.query) }
        let results = try pipeline(queries)
        var position = 0
        func next<V>(_ statement: Statement<V>) throws(PostgresError) -> V {
            defer { position += 1 }
            return try statement.decode(results[position])
        }
        return try (repeat next(each statements))
    }
}
