import Instruments
import Logging
import Postgres
@testable import Scoring
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

/// Callers share writes, in order, and never wait without end.
@Suite(.timeLimit(.minutes(10)))
struct GroupCommitTests {
    private typealias Commit = GroupCommit<String, Int, String>

    /// A write that waits until it is let go, so that a test decides what arrives meanwhile.
    private final class Gate: Sendable {
        private let state = Mutex<
            (writes: [[Int]], waiting: [CheckedContinuation<Void, Never>], isOpen: Bool)
        >(([], [], false))

        var writes: [[Int]] { state.withLock { $0.writes } }

        func pass(_ items: [Int]) async {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    state.writes.append(items)
                    if !state.isOpen { state.waiting.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
        }

        func open() {
            let waiting = state.withLock { state in
                defer { state.waiting = [] }
                state.isOpen = true
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }
    }

    private func commit(
        _ gate: Gate,
        capacity: Int = 100,
        batchSize: Int = 100,
        writers: Int = 1,
        writersOfKey: Int = 1,
        worthwhileBatch: Int = 1,
        delay: Duration = .zero,
        timeout: Duration = .seconds(50)
    ) -> Commit {
        Commit(
            "items",
            limits: .init(
                capacity: capacity,
                batchSize: batchSize,
                writers: writers,
                writersOfKey: writersOfKey,
                worthwhileBatch: worthwhileBatch,
                delay: delay,
                timeout: timeout
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { _, items in
            await gate.pass(items)
            return items.map { $0 < 0 ? .failure(.rateLimited(retryAfter: .zero)) : .success("\($0)") }
        }
    }

    /// Runs the commit for the duration of a body, then asks it to stop.
    private func running(_ commit: Commit, _ gate: Gate, _ body: () async throws -> Void) async throws {
        let group = ServiceGroup(
            services: [commit],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            do { try await body() } catch {
                gate.open()
                tasks.cancelAll()
                throw error
            }
            gate.open()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Submits items one after another, each queued before the next.
    private func enqueue(_ items: [Int], _ key: String = "a", in commit: Commit) async throws -> [Task<
        String, any Error
    >] {
        var tasks: [Task<String, any Error>] = []
        for item in items {
            let count = commit.waiting
            tasks.append(Task { try await commit.submit(item, for: key) })
            try await until { commit.waiting == count + 1 }
        }
        return tasks
    }

    @Test func `what arrives during a write is written together and in order`() async throws {
        let gate = Gate()
        let commit = commit(gate)
        try await running(commit, gate) {
            let first = Task { try await commit.submit(0, for: "a") }
            try await until { gate.writes == [[0]] }
            let others = try await enqueue(Array(1...20), in: commit)
            gate.open()
            #expect(try await first.value == "0")
            for (number, other) in zip(1..., others) { #expect(try await other.value == "\(number)") }
            #expect(gate.writes == [[0], Array(1...20)])
        }
    }

    @Test func `a write waits for company`() async throws {
        let gate = Gate()
        let commit = commit(gate, worthwhileBatch: 3, delay: .seconds(2))
        try await running(commit, gate) {
            let few = try await enqueue([1, 2], in: commit)
            #expect(gate.writes == [])
            try await until { gate.writes == [[1, 2]] }
            let many = try await enqueue([3, 4, 5], in: commit)
            gate.open()
            for task in few + many { _ = try await task.value }
            #expect(gate.writes == [[1, 2], [3, 4, 5]])
        }
    }

    @Test func `a write takes no more than its share`() async throws {
        let gate = Gate()
        let commit = commit(gate, batchSize: 4)
        try await running(commit, gate) {
            let first = Task { try await commit.submit(0, for: "a") }
            try await until { gate.writes == [[0]] }
            let others = try await enqueue(Array(1...10), in: commit)
            gate.open()
            _ = try await first.value
            for other in others { _ = try await other.value }
            #expect(gate.writes == [[0], [1, 2, 3, 4], [5, 6, 7, 8], [9, 10]])
        }
    }

    @Test func `keys take turns, and each has one write at a time`() async throws {
        let gate = Gate()
        let commit = commit(gate, batchSize: 2)
        try await running(commit, gate) {
            let first = Task { try await commit.submit(0, for: "a") }
            try await until { gate.writes == [[0]] }
            let busy = try await enqueue([1, 2, 3, 4], "a", in: commit)
            let other = try await enqueue([50], "b", in: commit)
            gate.open()
            for task in [first] + busy + other { _ = try await task.value }
            #expect(gate.writes == [[0], [50], [1, 2], [3, 4]])
        }
    }

    @Test func `several keys are written at once by several writers, one key by one`() async throws {
        let gate = Gate()
        let commit = commit(gate, writers: 3)
        try await running(commit, gate) {
            let first = Task { try await commit.submit(1, for: "a") }
            try await until { gate.writes.count == 1 }
            let second = Task { try await commit.submit(2, for: "b") }
            try await until { gate.writes.count == 2 }
            let third = try await enqueue([3], "a", in: commit)
            #expect(gate.writes == [[1], [2]])
            gate.open()
            for task in [first, second] + third { _ = try await task.value }
            #expect(gate.writes == [[1], [2], [3]])
        }
    }

    @Test func `where many wait for one key it is written by several at once`() async throws {
        let gate = Gate()
        let commit = commit(gate, writers: 3, writersOfKey: 2, worthwhileBatch: 3)
        try await running(commit, gate) {
            let first = Task { try await commit.submit(0, for: "a") }
            try await until { gate.writes == [[0]] }
            let two = try await enqueue([1, 2], in: commit)
            #expect(gate.writes == [[0]])
            let third = Task { try await commit.submit(3, for: "a") }
            try await until { gate.writes == [[0], [1, 2, 3]] }
            // Two at once are what one key may have, however many wait.
            let others = try await enqueue([4, 5, 6, 7], in: commit)
            #expect(gate.writes.count == 2)
            gate.open()
            for task in [first] + two + [third] + others { _ = try await task.value }
            #expect(gate.writes == [[0], [1, 2, 3], [4, 5, 6, 7]])
        }
    }

    @Test func `who waited before gives up that much earlier`() async throws {
        let gate = Gate()
        let commit = commit(gate)
        try await running(commit, gate) {
            let first = Task { try await commit.submit(0, for: "a") }
            try await until { gate.writes == [[0]] }
            await #expect(throws: Refusal.databaseUnavailable) {
                try await commit.submit(1, for: "a", since: .now - .seconds(50))
            }
            gate.open()
            #expect(try await first.value == "0")
        }
    }

    @Test func `one item too many is refused at once`() async throws {
        let gate = Gate()
        let commit = commit(gate, capacity: 2)
        try await running(commit, gate) {
            let first = Task { try await commit.submit(0, for: "a") }
            try await until { gate.writes == [[0]] }
            let others = try await enqueue([1, 2], in: commit)
            await #expect(throws: Refusal.overloaded) { try await commit.submit(3, for: "a") }
            await #expect(throws: Refusal.overloaded) { try await commit.submit(3, for: "b") }
            gate.open()
            for task in [first] + others { _ = try await task.value }
            #expect(try await commit.submit(4, for: "a") == "4")
        }
    }

    @Test func `who waits too long is told that the outcome is unknown`() async throws {
        let gate = Gate()
        let commit = commit(gate, timeout: .milliseconds(300))
        try await running(commit, gate) {
            // One is being written, one waits: neither hears in time.
            let first = Task {
                while true {
                    do { return try await commit.submit(0, for: "a") } catch {
                        // On a busy machine the timeout may come before the write begins.
                        guard gate.writes.isEmpty else { throw error }
                    }
                }
            }
            try await until { gate.writes == [[0]] }
            let second = Task { try await commit.submit(1, for: "a") }
            await #expect(throws: Refusal.databaseUnavailable) { try await first.value }
            await #expect(throws: Refusal.databaseUnavailable) { try await second.value }
            gate.open()
            // Who was told so before its turn is not written after all.
            try await until { (try? await commit.submit(2, for: "a")) == "2" }
            #expect(!gate.writes.joined().contains(1))
        }
    }

    @Test func `each item has its own answer`() async throws {
        let gate = Gate()
        gate.open()
        let commit = commit(gate)
        try await running(commit, gate) {
            let answer = try await commit.submit(1, for: "a")
            #expect(answer == "1")
            await #expect(throws: Refusal.rateLimited(retryAfter: .zero)) {
                try await commit.submit(-1, for: "a")
            }
        }
    }

    @Test(arguments: [false, true])
    func `what was accepted is written before the end, nothing after`(isCancelled: Bool) async throws {
        let gate = Gate()
        let commit = commit(gate, batchSize: 2)
        let group = ServiceGroup(
            services: [commit],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let service = Task { try await group.run() }
        let first = Task { try await commit.submit(0, for: "a") }
        try await until { gate.writes == [[0]] }
        let others = try await enqueue([1, 2, 3, 4, 5], in: commit)
        if isCancelled { service.cancel() } else { await group.triggerGracefulShutdown() }
        try await until { commit.isClosed }
        gate.open()
        for (number, task) in zip(0..., [first] + others) { #expect(try await task.value == "\(number)") }
        _ = await service.result
        await #expect(throws: Refusal.overloaded) { try await commit.submit(9, for: "a") }
        #expect(!gate.writes.joined().contains(9))
    }

    @Test func `a batch that fails says of which requests it was`() async throws {
        let log = RecordedLog()
        let commit = Commit(
            "items",
            limits: .init(capacity: 9, batchSize: 9, writers: 1, timeout: .seconds(50)),
            logger: log.logger
        ) { _, _ throws(PostgresError) in throw PostgresError(.connectionLost, "gone") }
        // Nothing is taken from the queue before the commit runs.
        let waiting = ["a", "b"].enumerated().map { number, name in
            Task {
                await RequestName.$current.withValue(.given(name)) { () async -> Refusal? in
                    do throws(Refusal) { _ = try await commit.submit(number, for: "key") } catch {
                        return error
                    }
                    return nil
                }
            }
        }
        try await until { commit.waiting == 2 }
        let service = Task { try await commit.run() }
        for task in waiting { #expect(await task.value == .databaseUnavailable) }
        service.cancel()
        _ = await service.result
        #expect(log.lines.map(\.message) == ["batch.failed"])
        let names = log.lines.first?.metadata["request_ids"]?.description.split(separator: ",").sorted()
        #expect(names == ["a", "b"])
    }

    @Test func `a list is written in its order, and each item answered in its place`() async throws {
        let gate = Gate()
        let commit = commit(gate, batchSize: 3)
        gate.open()
        try await running(commit, gate) {
            let answers = await commit.submit(all: [1, 2, -3, 4, 5, 6, 7], for: "a")
            #expect(
                answers.map { (try? $0.get()) ?? "-" } == ["1", "2", "-", "4", "5", "6", "7"]
            )
            #expect(gate.writes.flatMap(\.self) == [1, 2, -3, 4, 5, 6, 7])
            #expect(gate.writes.allSatisfy { $0.count <= 3 })
            #expect(await commit.submit(all: [], for: "a").isEmpty)
        }
    }

    @Test func `of a list that does not fit, what fits is written`() async throws {
        let gate = Gate()
        let commit = commit(gate, capacity: 2)
        // Nothing is taken from the queue before the commit runs.
        let list = Task { await commit.submit(all: [1, 2, 3], for: "a") }
        try await until { commit.waiting == 2 }
        gate.open()
        try await running(commit, gate) {
            #expect(await list.value == [.success("1"), .success("2"), .failure(.overloaded)])
        }
    }
}
