import Testing

@testable import Curl

@Suite struct RequestQueueTests {
    private let here = Origin(of: "http://here:1/")
    private let there = Origin(of: "http://there:2/")

    private func makeQueue(total: Int, perHost: Int, queued: Int) -> RequestQueue {
        RequestQueue(
            limits: CurlClient.Configuration(
                maximumConnections: total,
                maximumConnectionsPerHost: perHost,
                maximumQueued: queued
            )
        )
    }

    @Test func `requests start in order of arrival as places get free`() throws {
        let here = try #require(here)
        var queue = makeQueue(total: 1, perHost: 1, queued: 2)
        #expect(queue.enter(1, to: here) == .start)
        #expect(queue.enter(2, to: here) == .wait)
        #expect(queue.enter(3, to: here) == .wait)
        #expect(queue.enter(4, to: here) == .full)
        #expect(queue.leave(here) == 2)
        #expect(queue.leave(here) == 3)
        #expect(queue.leave(here) == nil)
        #expect(queue.running == 0)
        #expect(queue.waiting == 0)
    }

    @Test func `a busy host does not hold another host up`() throws {
        let here = try #require(here)
        let there = try #require(there)
        var queue = makeQueue(total: 3, perHost: 2, queued: 10)
        #expect(queue.enter(1, to: here) == .start)
        #expect(queue.enter(2, to: here) == .start)
        #expect(queue.enter(3, to: here) == .wait)
        #expect(queue.enter(4, to: there) == .start)
        #expect(queue.enter(5, to: there) == .wait)
        #expect(queue.leave(there) == 5)
        #expect(queue.leave(here) == 3)
        #expect(queue.running == 3)
    }

    @Test func `the longest waiting request of all hosts with a free place is next`() throws {
        let here = try #require(here)
        let there = try #require(there)
        var queue = makeQueue(total: 1, perHost: 1, queued: 10)
        #expect(queue.enter(1, to: here) == .start)
        #expect(queue.enter(2, to: there) == .wait)
        #expect(queue.enter(3, to: here) == .wait)
        #expect(queue.leave(here) == 2)
        #expect(queue.leave(there) == 3)
    }

    @Test func `a withdrawn request is skipped and frees its place in the queue`() throws {
        let here = try #require(here)
        var queue = makeQueue(total: 1, perHost: 1, queued: 1)
        #expect(queue.enter(1, to: here) == .start)
        #expect(queue.enter(2, to: here) == .wait)
        queue.withdraw(2, from: here)
        queue.withdraw(2, from: here)
        #expect(queue.waiting == 0)
        #expect(queue.enter(3, to: here) == .wait)
        #expect(queue.leave(here) == 3)
    }

    @Test(arguments: 1...20)
    func `bounds hold and nobody is lost whatever the order of events`(seed: UInt64) throws {
        let origins = try (0..<4).map { try #require(Origin(of: "http://host\($0)/")) }
        var random = SplitMix(state: seed)
        var queue = makeQueue(total: 5, perHost: 2, queued: 7)
        var running: [Origin: Int] = [:]
        var waiting: [UInt64: Origin] = [:]
        for identifier in 1...2000 as ClosedRange<UInt64> {
            let origin = origins[Int(random.next() % 4)]
            switch random.next() % 5 {
            case 0...2:
                switch queue.enter(identifier, to: origin) {
                case .start:
                    running[origin, default: 0] += 1
                case .wait:
                    waiting[identifier] = origin
                case .full:
                    #expect(waiting.count == 7)
                }
            case 3:
                if running[origin, default: 0] > 0 {
                    running[origin, default: 0] -= 1
                    if let next = queue.leave(origin) {
                        let successor = waiting.removeValue(forKey: next)
                        running[try #require(successor), default: 0] += 1
                    }
                }
            default:
                if let (identifier, origin) = waiting.randomElement(using: &random) {
                    queue.withdraw(identifier, from: origin)
                    waiting[identifier] = nil
                }
            }
            let total = running.values.reduce(0, +)
            #expect(queue.running == total)
            #expect(queue.waiting == waiting.count)
            #expect(total <= 5)
            #expect(running.values.allSatisfy { $0 <= 2 })
            // Nobody waits who could run.
            #expect(total == 5 || waiting.values.allSatisfy { running[$0] == 2 })
        }
    }
}

/// A small generator, so that a failing order of events can be had again.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
