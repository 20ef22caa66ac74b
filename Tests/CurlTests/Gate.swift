import Dispatch

/// Holds threads of a test server back until it is opened, and tells the test how many have come.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    init() {
        (arrivals, arrival) = AsyncStream.makeStream()
    }

    /// Blocks until the gate is open.
    func pass() {
        arrival.yield()
        semaphore.wait()
        semaphore.signal()
    }

    func open() {
        semaphore.signal()
    }

    /// Waits until that many more threads stand at the gate.
    func waitForArrivals(_ count: Int = 1) async {
        var iterator = arrivals.makeAsyncIterator()
        for _ in 0..<count {
            _ = await iterator.next()
        }
    }
}
