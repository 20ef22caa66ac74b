import Synchronization

/// Waits until something that happens elsewhere has happened; the test's time limit ends it otherwise.
func until(_ condition: () async throws -> Bool) async throws {
    while try await !condition() {
        try Task.checkCancellation()
        await Task.yield()
    }
}

/// Collects what concurrent work reports.
final class Recorder<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] {
        elements.withLock { $0 }
    }

    func record(_ element: Element) {
        elements.withLock { $0.append(element) }
    }
}
