/// The last statements of a transaction, which travel with its COMMIT, and what the transaction comes to.
///
/// A body that returns one never commits by itself: whoever runs it does, or runs the statements and goes on.
package struct Ending<Value> {
    let queries: [Query]
    let decode: ([Rows]) throws(PostgresError) -> Value

    /// - Parameter decode: Makes the value out of the rows of each statement in order.
    package init(_ queries: [Query], decode: @escaping ([Rows]) throws(PostgresError) -> Value) {
        self.queries = queries
        self.decode = decode
    }

    package init(_ queries: [Query], _ value: Value) {
        self.init(queries) { _ in value }
    }

    /// Ends a transaction whose statements were all sent.
    package init(_ value: Value) { self.init([], value) }
}

extension Session {
    /// Runs an ending's statements within a transaction that goes on.
    package func run<Value>(_ ending: Ending<Value>) throws(PostgresError) -> Value {
        try ending.decode(try pipeline(ending.queries))
    }
}
