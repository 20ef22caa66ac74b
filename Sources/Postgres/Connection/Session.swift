/// A connection as a closure sees it: statements are sent, answers awaited, without suspension.
///
/// Valid inside the closure that received it, on the connection's own thread; not being `Sendable` keeps it there.
package final class Session {
    let wire: WireConnection
    /// Whether a session-level advisory lock was taken, to be given back with the connection.
    var holdsSessionLocks = false

    init(_ wire: WireConnection) {
        self.wire = wire
    }

    /// Makes sure that every text can be stored as it is.
    ///
    /// - Throws: `.invalidConfiguration` for a database in another encoding than UTF-8.
    package func requireUTF8() throws(PostgresError) {
        guard let encoding = wire.serverEncoding, encoding != "UTF8" else { return }
        throw PostgresError(
            .invalidConfiguration,
            "the database's encoding is \(encoding), which cannot hold every name; make another one by CREATE"
                + " DATABASE highscores ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0, and name it in DATABASE_URL"
        )
    }

    /// Runs a statement.
    ///
    /// - Returns: How many rows it inserted, changed, deleted or returned.
    @discardableResult
    package func execute(_ query: Query) throws(PostgresError) -> Int {
        try self.query(query).affectedRows
    }

    /// Runs a statement and returns its rows.
    package func query(_ query: Query) throws(PostgresError) -> Rows {
        Rows(try wire.exchange([query])[0])
    }

    /// Runs a statement and returns its first row, if there is one.
    package func first(_ query: Query) throws(PostgresError) -> Row? {
        try self.query(query).first
    }

    /// Finds out whether the server still answers.
    ///
    /// - Throws: `PostgresError` when it does not.
    package func ping() throws(PostgresError) { try execute("SELECT 1") }

    /// Sends statements together and reads their answers: one round trip for all.
    ///
    /// Outside a transaction they are one by themselves: all take effect, or none.
    ///
    /// - Returns: The rows of each statement, in order.
    /// - Throws: The error of the first statement that failed; those after it did not run.
    package func pipeline(_ queries: [Query]) throws(PostgresError) -> [Rows] {
        guard !queries.isEmpty else { return [] }
        return try wire.exchange(queries).map { Rows($0) }
    }

    /// Runs a script of several statements without parameters, for migrations only.
    ///
    /// Outside a transaction the script is one by itself, unless it contains transaction commands.
    package func script(_ sql: String) throws(PostgresError) {
        try wire.script(sql)
    }
}
