/// An SQL statement whose interpolated values are bound as parameters, never pasted into its text.
///
/// `"SELECT name FROM games WHERE id = \(id)"` becomes `SELECT name FROM games WHERE id = $1` and one bound value.
/// Text enters only through `\(unescaped:)`. The text and the parameters' types are the key under which each
/// connection keeps a prepared statement, so a text must not vary with data. Printing shows the text alone.
package struct Query: Sendable, ExpressibleByStringInterpolation {
    /// The statement with `$1`, `$2` … where values are bound.
    package let sql: String
    let bindings: Bindings

    package init(stringLiteral value: String) {
        sql = value
        bindings = Bindings()
    }

    package init(stringInterpolation: StringInterpolation) {
        sql = stringInterpolation.sql
        bindings = stringInterpolation.bindings
    }

    /// Creates a query without parameters from text that contains nobody's input.
    package init(unescaped sql: String) {
        self.init(stringLiteral: sql)
    }

    /// The statement that declares a cursor for this one's rows.
    ///
    /// - Parameter name: The cursor's name; holds nobody's input.
    /// - Returns: The statement, with the same values bound.
    package func declaring(cursor name: StaticString) -> Query {
        Query(sql: "DECLARE \(name) NO SCROLL CURSOR FOR \(sql)", bindings: bindings)
    }

    private init(sql: String, bindings: Bindings) {
        self.sql = sql
        self.bindings = bindings
    }

    /// Collects the text and the bound values of an interpolated query.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql = ""
        fileprivate var bindings = Bindings()

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql.reserveCapacity(literalCapacity + 3 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            sql += literal
        }

        /// Binds a value, an optional, or an array of either.
        package mutating func appendInterpolation<Cell: PostgresCell>(_ value: Cell) {
            bindings.append(value)
            sql += "$\(bindings.types.count)"
        }

        /// Binds an optional; spelt out because the compiler takes other optionals in a text for a mistake.
        package mutating func appendInterpolation<Value: PostgresValue>(_ value: Value?) {
            bindings.append(value)
            sql += "$\(bindings.types.count)"
        }

        /// Pastes text that contains nobody's input, for instance a fixed table name.
        package mutating func appendInterpolation(unescaped text: String) {
            sql += text
        }
    }
}

extension Query: CustomStringConvertible, CustomReflectable {
    package var description: String {
        sql
    }

    /// Hides the bound values from `dump` and from test failures.
    package var customMirror: Mirror {
        Mirror(self, children: ["sql": sql])
    }
}
