extension JSONWriter {
    /// Writes a member that holds a string.
    package mutating func member(_ name: StaticString, _ string: String) {
        key(name)
        value(string)
    }

    /// Writes a member that holds a string known in advance, without characters that need an escape.
    package mutating func member(_ name: StaticString, literal: StaticString) {
        key(name)
        value(literal: literal)
    }

    /// Writes a member that holds an integer as a number.
    package mutating func member(_ name: StaticString, _ integer: Int64) {
        key(name)
        value(integer)
    }

    /// Writes a member that holds an integer as a number.
    package mutating func member(_ name: StaticString, _ integer: Int) {
        key(name)
        value(integer)
    }

    /// Writes a member that holds a truth value.
    package mutating func member(_ name: StaticString, _ bool: Bool) {
        key(name)
        value(bool)
    }

    /// Writes a member that holds an integer as a string of its decimal digits.
    package mutating func member(_ name: StaticString, quoting integer: Int64) {
        key(name)
        value(quoting: integer)
    }

    /// Writes a member that holds a number with a fixed count of decimals.
    package mutating func member(_ name: StaticString, _ number: Double, decimals: Int) {
        key(name)
        value(number, decimals: decimals)
    }

    /// Writes a member that holds bytes which are one JSON value already.
    package mutating func member(_ name: StaticString, raw json: [UInt8]) {
        key(name)
        value(raw: json)
    }

    /// Writes a member that holds `null`.
    package mutating func nullMember(_ name: StaticString) {
        key(name)
        null()
    }

    @inlinable
    package mutating func object<E>(
        _ name: StaticString,
        _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        key(name)
        try object(body)
    }

    @inlinable
    package mutating func array<E>(
        _ name: StaticString,
        _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        key(name)
        try array(body)
    }

    // MARK: - Values that may be missing

    /// Writes a member that holds a string, or nothing at all.
    package mutating func member(_ name: StaticString, ifPresent string: String?) {
        if let string { member(name, string) }
    }

    /// Writes a member that holds an integer, or nothing at all.
    package mutating func member(_ name: StaticString, ifPresent integer: Int64?) {
        if let integer { member(name, integer) }
    }

    /// Writes a member that holds an integer, or nothing at all.
    package mutating func member(_ name: StaticString, ifPresent integer: Int?) {
        if let integer { member(name, integer) }
    }

    /// Writes a member that holds a truth value, or nothing at all.
    package mutating func member(_ name: StaticString, ifPresent bool: Bool?) {
        if let bool { member(name, bool) }
    }

    /// Writes a member that holds a string or `null`.
    package mutating func member(_ name: StaticString, orNull string: String?) {
        key(name)
        if let string { value(string) } else { null() }
    }

    /// Writes a member that holds an integer or `null`.
    package mutating func member(_ name: StaticString, orNull integer: Int64?) {
        key(name)
        if let integer { value(integer) } else { null() }
    }

    /// Writes a member that holds an integer or `null`.
    package mutating func member(_ name: StaticString, orNull integer: Int?) {
        member(name, orNull: integer.map(Int64.init))
    }
}
