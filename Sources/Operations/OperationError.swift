package import Postgres

/// Why something that an operator asked for was not done.
package enum OperationError: Error, Sendable, CustomStringConvertible {
    /// What was asked for makes no sense; the text says why and what would.
    case invalid(String)
    /// What was named is not there.
    case notFound(String)
    /// A name fits several things.
    case ambiguous(name: String, candidates: [String])
    /// It does not go together with what is there.
    case conflict(String)
    /// It was asked for on terms that forbid it.
    case notAllowed(String)
    /// The database did not do it.
    case database(PostgresError)

    package var description: String {
        switch self {
        case .invalid(let text), .notFound(let text), .conflict(let text), .notAllowed(let text): text
        case .ambiguous(let name, let candidates):
            "'\(name)' could be \(candidates.joined(separator: " or ")); give the whole name"
        case .database(let error): "\(error)"
        }
    }
}
