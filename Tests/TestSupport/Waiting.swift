import Synchronization

/// Waits until something that happens elsewhere has happened; the test's time limit ends it otherwise.
///
/// For what a test cannot be told of, such as a lock that another session waits for. It looks again after a pause:
/// asking without one would take the processors from what is waited for.
///
/// - Parameter condition: Whether it has happened.
/// - Throws: What the condition throws, and `CancellationError`.
package func until(_ condition: () async throws -> Bool) async throws {
    while try await !condition() { try await Task.sleep(for: .milliseconds(2)) }
}

/// Collects what concurrent work reports.
package final class Recorder<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    package init() {}

    /// What was reported so far, in order.
    package var all: [Element] { elements.withLock { $0 } }

    /// Takes a report.
    ///
    /// - Parameter element: What is reported.
    package func record(_ element: Element) { elements.withLock { $0.append(element) } }
}
