/// A private cluster that could not be created, started, joined or stopped.
///
/// The message is one sentence for an operator and says what to do. It holds no secrets: the cluster has none.
package struct ClusterError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, as far as a program may want to tell the cases apart.
    package enum Code: Sendable, Equatable {
        /// No server programs were found.
        case programsMissing
        /// The data was made by another major version of PostgreSQL than the ones installed.
        case versionMismatch
        /// A folder belongs to somebody else, cannot be reached, or cannot be made.
        case folderUnusable
        /// Another command held the cluster's lock for too long.
        case busy
        /// The server did not start; ``ClusterError/details`` holds the end of its log.
        case startFailed
        /// The task that waited was cancelled.
        case cancelled
        /// The operating system refused a call.
        case system
    }

    /// The kind of failure.
    package let code: Code
    /// One sentence: what was wrong and what to do.
    package let message: String
    /// The last lines of the server's log or of a program's output, or nothing.
    package let details: [String]

    init(_ code: Code, _ message: String, details: [String] = []) {
        self.code = code
        self.message = message
        self.details = details
    }

    /// The message, followed by the details one a line.
    package var description: String {
        ([message] + details.map { "  " + $0 }).joined(separator: "\n")
    }
}
