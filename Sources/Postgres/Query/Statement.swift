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

extension Statement where Value == Int {
    /// A statement of which only the number of rows matters that it inserted, changed, deleted or returned.
    package init(counting query: Query) {
        self.init(query) { rows throws(PostgresError) in rows.affectedRows }
    }
}

extension Session {
    /// Runs a statement.
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
