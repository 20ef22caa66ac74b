import Synchronization

/// Keeps what was passed to a closure.
final class Recorder<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }
    var last: Element? { all.last }
    var isEmpty: Bool { all.isEmpty }

    func record(_ element: Element) {
        elements.withLock { $0.append(element) }
    }
}
