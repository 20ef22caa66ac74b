/// Why the bench cannot measure, or why what it measured does not count.
package struct BenchError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Kind: Sendable {
        /// Something must be installed or set first.
        case unprepared
        /// A load or the service under it failed.
        case failed
    }

    package let kind: Kind
    /// What happened and, where that is known, what to do; without secrets.
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
