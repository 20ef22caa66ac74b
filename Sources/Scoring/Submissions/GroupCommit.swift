import DequeModule
import Instruments
import Logging
import Postgres
import ServiceLifecycle
import Synchronization

/// How much may wait in a ``GroupCommit``, and how long.
struct CommitLimits: Sendable {
    /// Items that may wait in all; more are refused at once.
    var capacity: Int
    /// Items that one write may take.
    var batchSize: Int
    /// Writes that may be under way at once.
    var writers: Int
    /// Writes of one key that may be under way at once; with more than one they may overtake each other.
    var writersOfKey = 1
    /// Items of a key that must wait before it gets another write beside one that is under way.
    var worthwhileBatch = 1
    /// How long a write waits for company before it begins, unless a worthwhile batch is there already.
    var delay: Duration = .zero
    /// How long a caller waits before being told that the outcome is unknown.
    var timeout: Duration
}

/// Gathers what arrives for one key while the last write for it is under way, and writes it in one go.
///
/// One transaction then serves many callers, so that the cost of a commit is shared by as many as there are. Keys take
/// turns: the one that waited longest comes next. A key has one write under way, and more only where that is allowed
/// and a worthwhile batch waits. What the database cannot take costs only itself: its batch is written by halves.
final class GroupCommit<Key: Hashable & Sendable, Item: Sendable, Answer: Sendable>: Service {
    private struct State {
        var waiting: [Key: Deque<Ticket<Item, Answer>>] = [:]
        /// Keys that are due a write, in the order of their turns.
        var turns: Deque<Key> = []
        var inTurn: Set<Key> = []
        /// How many writes of a key are under way.
        var writing: [Key: Int] = [:]
        var count = 0
        var sizes = Histogram(bounds: Histogram.sizes)
        var isClosed = false
        var parked: Deque<CheckedContinuation<Key?, Never>> = []
        var deadlines: Deque<(ContinuousClock.Instant, Ticket<Item, Answer>)> = []

        /// Puts a key in line if it is due a write.
        mutating func line(up key: Key, _ limits: CommitLimits) {
            guard let count = waiting[key]?.count, count > 0, !inTurn.contains(key) else { return }
            let underWay = writing[key] ?? 0
            guard underWay == 0 || underWay < limits.writersOfKey && count >= limits.worthwhileBatch else {
                return
            }
            inTurn.insert(key)
            turns.append(key)
        }

        /// Gives the next key its write.
        mutating func takeTurn() -> Key? {
            guard let key = turns.popFirst() else { return nil }
            inTurn.remove(key)
            writing[key, default: 0] += 1
            return key
        }

        /// Takes what one write of a key may take.
        mutating func takeBatch(of key: Key, _ limits: CommitLimits) -> [Ticket<Item, Answer>] {
            var tickets: [Ticket<Item, Answer>] = []
            while tickets.count < limits.batchSize, let ticket = waiting[key]?.popFirst() {
                count -= 1
                // Whoever was told "unknown" while waiting is not written: telling and not writing is safe, the
                // reverse would surprise.
                if !ticket.isSettled { tickets.append(ticket) }
            }
            if waiting[key]?.isEmpty == true { waiting[key] = nil }
            line(up: key, limits)
            if !tickets.isEmpty { sizes.record(Int64(tickets.count)) }
            return tickets
        }

        /// Notes a deadline among the others in their order; nearly always it is the last.
        mutating func expect(_ ticket: Ticket<Item, Answer>, by deadline: ContinuousClock.Instant) {
            var index = deadlines.endIndex
            while index > deadlines.startIndex, deadlines[index - 1].0 > deadline { index -= 1 }
            deadlines.insert((deadline, ticket), at: index)
        }
    }

    /// Writes items of one key in order of arrival and answers each.
    typealias Write = @Sendable (Key, [Item]) async throws(PostgresError) -> [Result<Answer, Refusal>]

    /// How many requests a line of the log names.
    private static var namedRequests: Int { 32 }

    private let name: String
    private let limits: CommitLimits
    private let logger: Logger
    private let write: Write
    private let state = Mutex(State())
    /// What ``run()`` does for long, by way of closures: they are made where the types are known, and so is their code.
    private let writing: @Sendable (GroupCommit) async -> Void
    private let expiring: @Sendable (GroupCommit) async -> Void

    /// - Parameters:
    ///   - name: What the items are, for the log.
    ///   - write: Writes items; when it throws, nothing of them was written.
    init(_ name: String, limits: CommitLimits, logger: Logger, write: @escaping Write) {
        self.name = name
        self.limits = limits
        self.logger = logger
        self.write = write
        writing = { commit in while let key = await commit.nextTurn() { await commit.carryOut(key) } }
        expiring = { await $0.expireTickets() }
    }

    /// Writes until the service is asked to stop or cancelled, then what was accepted, and returns.
    func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.expiring(self) }
                await withDiscardingTaskGroup { writers in
                    for _ in 0..<self.limits.writers {
                        writers.addTask { await self.writing(self) }
                    }
                }
                group.cancelAll()
            }
        } onCancelOrGracefulShutdown: {
            self.close()
        }
    }

    /// Has an item written.
    ///
    /// - Parameter start: When the caller began to wait.
    /// - Returns: The answer of its write.
    /// - Throws: ``Refusal/overloaded`` at once when the queue is full or closed; ``Refusal/databaseUnavailable`` after the timeout, after which the item may or may not have been written; or what the write says.
    func submit(
        _ item: Item,
        for key: Key,
        since start: ContinuousClock.Instant = .now
    ) async throws(Refusal) -> Answer {
        let result = await withCheckedContinuation { continuation in
            let ticket = Ticket<Item, Answer>(item: item, waiter: .one(continuation))
            let assignment = enqueue(ticket, for: key, until: start + limits.timeout)
            if let (writer, key) = assignment { writer.resume(returning: key) }
        }
        return try result.get()
    }

    /// Has several items written in their order.
    ///
    /// - Parameter start: When the caller began to wait.
    /// - Returns: The answer to each, as ``submit(_:for:since:)`` would give it.
    func submit(
        all items: [Item],
        for key: Key,
        since start: ContinuousClock.Instant = .now
    ) async -> [Result<Answer, Refusal>] {
        guard !items.isEmpty else { return [] }
        return await withCheckedContinuation { continuation in
            let gathering = Gathering<Answer>(count: items.count, continuation)
            for (index, item) in items.enumerated() {
                let ticket = Ticket<Item, Answer>(item: item, waiter: .several(gathering, index))
                let assignment = enqueue(ticket, for: key, until: start + limits.timeout)
                if let (writer, key) = assignment { writer.resume(returning: key) }
            }
        }
    }

    /// How many items wait for a write.
    var waiting: Int { state.withLock { $0.count } }

    /// How many items were written together so far.
    var sizes: Histogram { state.withLock { $0.sizes } }

    /// Whether no more items are taken.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Takes no more items; those accepted are still written.
    private func close() {
        let parked = state.withLock { state in
            state.isClosed = true
            defer { state.parked = [] }
            return state.parked
        }
        for writer in parked { writer.resume(returning: nil) }
    }

    private func enqueue(
        _ ticket: Ticket<Item, Answer>,
        for key: Key,
        until deadline: ContinuousClock.Instant
    ) -> (CheckedContinuation<Key?, Never>, Key)? {
        state.withLock { state in
            guard !state.isClosed, state.count < limits.capacity else {
                ticket.settle(.failure(.overloaded))
                return nil
            }
            state.count += 1
            state.expect(ticket, by: deadline)
            state.waiting[key, default: []].append(ticket)
            state.line(up: key, limits)
            guard let writer = state.parked.popFirst() else { return nil }
            guard let key = state.takeTurn() else {
                state.parked.prepend(writer)
                return nil
            }
            return (writer, key)
        }
    }

    private func nextTurn() async -> Key? {
        await withCheckedContinuation { continuation in
            let key: Key?? = state.withLock { state in
                if let key = state.takeTurn() { return .some(key) }
                if state.isClosed { return .some(nil) }
                state.parked.append(continuation)
                return .none
            }
            if let key { continuation.resume(returning: key) }
        }
    }

    /// Does the write whose turn a key has.
    private func carryOut(_ key: Key) async {
        let isAlone = state.withLock {
            ($0.waiting[key]?.count ?? 0) < limits.worthwhileBatch && !$0.isClosed
        }
        if limits.delay > .zero, isAlone { try? await Task.sleep(for: limits.delay) }
        let tickets = state.withLock { $0.takeBatch(of: key, limits) }
        if !tickets.isEmpty {
            let results = await answers(to: tickets, of: key)
            for (ticket, result) in zip(tickets, results) { ticket.settle(result) }
        }
        state.withLock { state in
            let underWay = (state.writing[key] ?? 1) - 1
            state.writing[key] = underWay > 0 ? underWay : nil
            state.line(up: key, limits)
        }
    }

    /// Writes items, and again by halves where the database cannot take one of them.
    private func answers(to tickets: [Ticket<Item, Answer>], of key: Key) async -> [Result<Answer, Refusal>] {
        do { return try await write(key, tickets.map(\.item)) } catch {
            guard error.isFaultOfItem, tickets.count > 1 else {
                let requests = tickets.lazy.compactMap { $0.request?.description }.prefix(Self.namedRequests)
                    .joined(separator: ",")
                if error.isFaultOfItem {
                    logger.error(
                        "batch.refused",
                        metadata: ["of": "\(name)", "reason": "\(error)", "request_ids": "\(requests)"]
                    )
                } else {
                    logger.log(
                        level: error.isUnavailable || error.isConflict ? .warning : .error,
                        "batch.failed",
                        metadata: [
                            "of": "\(name)", "reason": "\(error)", "count": "\(tickets.count)",
                            "request_ids": "\(requests)",
                        ]
                    )
                }
                return tickets.map { _ in .failure(Refusal(error)) }
            }
            let middle = tickets.count / 2
            let first = await answers(to: Array(tickets[..<middle]), of: key)
            return first + (await answers(to: Array(tickets[middle...]), of: key))
        }
    }

    private func expireTickets() async {
        while !Task.isCancelled {
            let now = ContinuousClock.now
            let (expired, next) = state.withLock { state in
                var expired: [Ticket<Item, Answer>] = []
                while let (deadline, ticket) = state.deadlines.first, deadline <= now || ticket.isSettled {
                    state.deadlines.removeFirst()
                    expired.append(ticket)
                }
                // One that waits long keeps those behind it here, which are many only while others are answered fast.
                if state.deadlines.count > 2 * limits.capacity {
                    state.deadlines.removeAll { $0.1.isSettled }
                }
                // Answered tickets are let go before their time, so that they do not pile up; one that comes while
                // there is none expires a whole timeout from then.
                return (expired, state.deadlines.first.map { min($0.0, now + .milliseconds(100)) })
            }
            for ticket in expired { ticket.settle(.failure(.databaseUnavailable)) }
            try? await Task.sleep(until: next ?? now + limits.timeout, clock: .continuous)
        }
    }
}

/// One caller who waits for an answer, which is given once.
private final class Ticket<Item: Sendable, Answer: Sendable>: Sendable {
    /// Who is told.
    enum Waiter {
        case one(CheckedContinuation<Result<Answer, Refusal>, Never>)
        /// One who waits for several answers, of which this is the one of a number.
        case several(Gathering<Answer>, Int)
    }

    let item: Item
    /// The request that it came with, for the log.
    let request = RequestName.current
    private let waiter: Mutex<Waiter?>

    init(item: Item, waiter: Waiter) {
        self.item = item
        self.waiter = Mutex(waiter)
    }

    var isSettled: Bool { waiter.withLock { $0 == nil } }

    func settle(_ result: Result<Answer, Refusal>) {
        let waiting = waiter.withLock { waiter in
            defer { waiter = nil }
            return waiter
        }
        switch waiting {
        case .one(let continuation): continuation.resume(returning: result)
        case .several(let gathering, let number): gathering.settle(number, result)
        case nil: break
        }
    }
}

/// One caller who waits for several answers, which are given together.
private final class Gathering<Answer: Sendable>: Sendable {
    private struct State {
        var answers: [Result<Answer, Refusal>?]
        var missing: Int
    }

    private let state: Mutex<State>
    private let continuation: CheckedContinuation<[Result<Answer, Refusal>], Never>

    init(count: Int, _ continuation: CheckedContinuation<[Result<Answer, Refusal>], Never>) {
        state = Mutex(State(answers: Array(repeating: nil, count: count), missing: count))
        self.continuation = continuation
    }

    func settle(_ number: Int, _ answer: Result<Answer, Refusal>) {
        let whole = state.withLock { state -> [Result<Answer, Refusal>]? in
            state.answers[number] = answer
            state.missing -= 1
            return state.missing == 0 ? state.answers.compactMap(\.self) : nil
        }
        if let whole { continuation.resume(returning: whole) }
    }
}
