import Postgres

extension Query.StringInterpolation {
    /// Adds a condition on a value, or nothing where there is none, so that the planner plans for what is asked.
    ///
    /// The text varies with which values are given, never with the values: there are few variants to prepare.
    ///
    /// - Parameters:
    ///   - start: The condition up to the value; holds nobody's input.
    ///   - end: The rest of the condition; holds nobody's input.
    mutating func appendInterpolation<Value: PostgresValue>(
        and start: StaticString,
        _ value: Value?,
        _ end: StaticString = ""
    ) {
        guard let value else { return }
        appendLiteral("AND \(start) ")
        appendInterpolation(value)
        appendLiteral("\(end)")
    }
}
