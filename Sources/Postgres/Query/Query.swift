/// An SQL statement whose interpolated values are bound as parameters, never pasted into its text.
///
/// `"SELECT name FROM games WHERE id = \(id)"` becomes `SELECT name FROM games WHERE id = $1` and one bound value.
/// Text enters only through `\(unescaped:)`. The text and the parameters' types are the key under which each
/// connection keeps a prepared statement, so a text must not vary with data. Printing shows the text alone.
@usableFromInline package struct Query: Sendable, ExpressibleByStringInterpolation {
    /// The text as it was written, with an empty piece wherever a value is bound.
    ///
    /// It is put together only to be prepared: a literal equals itself at a glance, where a text of copies would have to be
    /// made, looked through and hashed for every use.
    let pieces: [String]
    let bindings: Bindings

    @usableFromInline package init(stringLiteral value: String) {
        self.init(pieces: [value], bindings: Bindings())
    }

    @usableFromInline package init(stringInterpolation: StringInterpolation) {
        self.init(pieces: stringInterpolation.pieces, bindings: stringInterpolation.bindings)
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
        Query(pieces: ["DECLARE \(name) NO SCROLL CURSOR FOR "] + pieces, bindings: bindings)
    }

    private init(pieces: [String], bindings: Bindings) {
        self.pieces = pieces
        self.bindings = bindings
    }

    /// The statement with `$1`, `$2` … where values are bound.
    package var sql: String { Self.text(of: pieces) }

    static func text(of pieces: [String]) -> String {
        var (text, parameters) = ("", 0)
        for piece in pieces {
            parameters += piece.isEmpty ? 1 : 0
            text += piece.isEmpty ? "$\(parameters)" : piece
        }
        return text
    }

    /// Collects the text and the bound values of an interpolated query.
    @usableFromInline package struct StringInterpolation: StringInterpolationProtocol {
        @usableFromInline var pieces: [String] = []
        @usableFromInline var bindings = Bindings()

        @usableFromInline package init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(2 * interpolationCount + 1)
            bindings.reserveCapacity(interpolationCount)
        }

        @usableFromInline package mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { pieces.append(literal) }
        }

        /// Binds a value, an optional, or an array of either.
        @inlinable
        package mutating func appendInterpolation<Cell: PostgresCell>(_ value: Cell) {
            bindings.append(value)
            pieces.append("")
        }

        /// Binds an optional; spelt out because the compiler takes other optionals in a text for a mistake.
        @inlinable
        package mutating func appendInterpolation<Value: PostgresValue>(_ value: Value?) {
            bindings.append(value)
            pieces.append("")
        }

        /// Pastes text that contains nobody's input, for instance a fixed table name.
        package mutating func appendInterpolation(unescaped text: String) {
            appendLiteral(text)
        }
    }
}

extension Query: CustomStringConvertible, CustomReflectable {
    @usableFromInline package var description: String {
        sql
    }

    /// Hides the bound values from `dump` and from test failures.
    @usableFromInline package var customMirror: Mirror {
        Mirror(self, children: ["sql": sql])
    }
}
