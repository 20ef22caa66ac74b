import Synchronization

@testable import Curl

/// A client for tests: no proxy, and shut down by the caller or with its last reference.
func makeClient(_ change: (inout CurlClient.Configuration) -> Void = { _ in }) throws -> CurlClient {
    var configuration = CurlClient.Configuration(usesProxiesOfEnvironment: false)
    // Beside a thousand other tests a request may wait longer for a processor than a connection is kept by default.
    configuration.maximumIdleTime = .seconds(3_600)
    change(&configuration)
    return try CurlClient(configuration: configuration)
}

/// Long enough that only a hanging test meets it.
let longestWait = Duration.seconds(30)

/// Sends and returns the error, if any.
func failure(
    of request: CurlRequest,
    with client: CurlClient,
    timeout: Duration = longestWait
) async -> CurlError? {
    do throws(CurlError) {
        _ = try await client.send(request, timeout: timeout)
        return nil
    } catch {
        return error
    }
}

/// A list that several threads append to.
final class Log<Element: Sendable>: Sendable {
    private let storage = Mutex<[Element]>([])

    func append(_ element: Element) {
        storage.withLock { $0.append(element) }
    }

    var elements: [Element] {
        storage.withLock { $0 }
    }
}

/// A count of those who are inside now, and the most there ever were.
final class Occupancy: Sendable {
    private let storage = Mutex((now: 0, peak: 0))

    func enter() {
        storage.withLock { storage in
            storage.now += 1
            storage.peak = max(storage.peak, storage.now)
        }
    }

    func leave() {
        storage.withLock { $0.now -= 1 }
    }

    var peak: Int {
        storage.withLock(\.peak)
    }
}
