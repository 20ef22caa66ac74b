import DequeModule

/// Decides which request may run now, which waits, and which is refused.
///
/// Requests start in order of arrival, but one whose host is busy holds nobody of another host up. No I/O.
struct RequestQueue {
    enum Verdict: Equatable {
        case start
        case wait
        case full
    }

    private struct Host {
        var running = 0
        var waiting: Deque<UInt64> = []
    }

    private let limits: CurlClient.Configuration
    private var hosts: [Origin: Host] = [:]

    /// How many requests run.
    private(set) var running = 0

    /// How many requests wait.
    private(set) var waiting = 0

    init(limits: CurlClient.Configuration) {
        self.limits = limits
    }

    /// Admits a request.
    ///
    /// - Parameters:
    ///   - identifier: Its number, greater than that of every earlier request.
    ///   - origin: The server it is for.
    mutating func enter(_ identifier: UInt64, to origin: Origin) -> Verdict {
        if running < limits.maximumConnections,
            hosts[origin, default: Host()].running < limits.maximumConnectionsPerHost
        {
            hosts[origin, default: Host()].running += 1
            running += 1
            return .start
        }
        guard waiting < limits.maximumQueued else {
            return .full
        }
        hosts[origin, default: Host()].waiting.append(identifier)
        waiting += 1
        return .wait
    }

    /// Ends a running request.
    ///
    /// - Parameter origin: The server it was for.
    /// - Returns: The waiting request that takes its place. There is never more than one, since one slot got free.
    mutating func leave(_ origin: Origin) -> UInt64? {
        hosts[origin]?.running -= 1
        running -= 1
        let next =
            hosts
            .filter { _, host in
                !host.waiting.isEmpty && host.running < limits.maximumConnectionsPerHost
            }
            .min { left, right in
                (left.value.waiting.first ?? .max) < (right.value.waiting.first ?? .max)
            }?
            .key
        var started: UInt64?
        if let next {
            started = hosts[next]?.waiting.popFirst()
            hosts[next]?.running += 1
            running += 1
            waiting -= 1
        }
        forgetIfIdle(origin)
        return started
    }

    /// Takes a waiting request out of the queue.
    ///
    /// - Parameter origin: The server it is for.
    mutating func withdraw(_ identifier: UInt64, from origin: Origin) {
        guard let index = hosts[origin]?.waiting.firstIndex(of: identifier) else {
            return
        }
        hosts[origin]?.waiting.remove(at: index)
        waiting -= 1
        forgetIfIdle(origin)
    }

    /// Forgets all requests.
    mutating func clear() {
        hosts = [:]
        running = 0
        waiting = 0
    }

    private mutating func forgetIfIdle(_ origin: Origin) {
        if let host = hosts[origin], host.running == 0, host.waiting.isEmpty {
            hosts[origin] = nil
        }
    }
}
