package import Leaderboards
import Storage
import Synchronization

/// Keeps all open streams current with as few readings as possible.
///
/// Whatever the number of streams, there is one reading a topic and change, and one timer.
package final class LiveBoards: Sendable {
    private let groups: Mutex<WatchGroups>
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation
    private let time: @Sendable () -> Instant

    /// Makes the service; nothing is read before ``run(resolve:read:)``.
    package init(limits: WatchLimits, time: @escaping @Sendable () -> Instant) {
        groups = Mutex(WatchGroups(limits: limits))
        (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.time = time
    }

    /// Streams that are open.
    package var count: Int { groups.withLock { $0.count } }

    /// Opens a stream and waits for its first page.
    ///
    /// - Parameter expiresAt: When it ends at the latest.
    /// - Returns: The stream, whose first event is the page.
    /// - Throws: ``Refusal`` of the reading; ``Refusal/overloaded`` when too many are open.
    package func open(_ topic: BoardTopic, expiresAt: Instant) async throws(Refusal) -> BoardWatch {
        let watch = BoardWatch()
        let id = try change { groups throws(Refusal) in
            try groups.open(topic, expiresAt: expiresAt, watch: watch, now: .now)
        }
        watch.onClose { [weak self] in
            self?.groups.withLock { $0.close(id, of: topic) }
        }
        switch await watch.next() {
        case .page(let page): watch.putBack(page)
        case .end(let refusal?): throw refusal
        case .pulse, .end(nil), nil: throw .overloaded
        }
        return watch
    }

    // MARK: - What the database tells

    /// Leaderboards were changed, says a payload of ``Storage/Channel/boards``.
    package func boardsChanged(payload: String) {
        // Where nobody watches, nothing is worth a thought.
        guard groups.withLock({ !$0.isEmpty }), let boards = BoardsChange(payload: payload) else { return }
        change { $0.boardsChanged(boards) }
    }

    /// From now on every change is heard of; those before may have been missed.
    package func connected() { change { $0.connected() } }

    /// Changes are not heard of until ``connected()``.
    package func disconnected() { change { $0.disconnected() } }

    /// Games may have other settings.
    package func gamesChanged(_ game: (GameID) -> Game?) { change { $0.gamesChanged(game) } }

    /// Ends all streams and takes no new ones.
    package func end() {
        for (watcher, event) in groups.withLock({ $0.end() }) { watcher.post(event) }
    }

    private func change<Value: Sendable, Failure: Error>(
        _ body: (inout WatchGroups) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let (result, hasWork) = groups.withLock { groups in
            let result = Result { () throws(Failure) in try body(&groups) }
            return (result, groups.hasWork)
        }
        if hasWork { wakeUp.yield() }
        return try result.get()
    }

    // MARK: - Running

    /// Reads what is to be read until ``stop()`` or cancellation.
    ///
    /// - Parameter resolve: Finds the chats that topics are about; without those that there are not yet.
    package func run(
        resolve: @escaping @Sendable ([BoardTopic]) async throws(Refusal) -> [BoardTopic: ChatID],
        read: @escaping @Sendable (BoardTopic) async throws(Refusal) -> LeaderboardPage
    ) async {
        await withDiscardingTaskGroup { tasks in
            var timer: ContinuousClock.Instant?
            for await _ in wakeUps {
                let now = ContinuousClock.now
                let (begun, messages, next) = groups.withLock { groups in
                    let (begun, messages) = groups.advance(now: now, time: time())
                    return (begun, messages, groups.nextAdvance)
                }
                for (watcher, event) in messages { watcher.post(event) }
                if !begun.isEmpty { tasks.addTask { await self.carryOut(begun, resolve, read) } }
                guard let next, timer.map({ $0 <= now || next < $0 }) ?? true else { continue }
                timer = next
                tasks.addTask {
                    try? await Task.sleep(until: next, clock: .continuous)
                    self.wakeUp.yield()
                }
            }
            tasks.cancelAll()
        }
    }

    /// Lets ``run(resolve:read:)`` return.
    package func stop() {
        end()
        wakeUp.finish()
    }

    private func carryOut(
        _ readings: [WatchReading],
        _ resolve: ([BoardTopic]) async throws(Refusal) -> [BoardTopic: ChatID],
        _ read: @escaping @Sendable (BoardTopic) async throws(Refusal) -> LeaderboardPage
    ) async {
        let ofChats = readings.filter { $0.topic.chat != nil }
        if !ofChats.isEmpty {
            do throws(Refusal) {
                // Known before the pages are read, so that no change of a chat after it goes unnoticed.
                let chats = try await resolve(ofChats.map(\.topic))
                groups.withLock { groups in
                    for reading in ofChats { groups.resolved(reading, to: chats[reading.topic]) }
                }
            } catch {
                for reading in readings { finish(reading, .failure(error)) }
                return
            }
        }
        await withDiscardingTaskGroup { tasks in
            for reading in readings {
                tasks.addTask {
                    do throws(Refusal) {
                        self.finish(reading, .success(try await read(reading.topic)))
                    } catch {
                        self.finish(reading, .failure(error))
                    }
                }
            }
        }
    }

    private func finish(_ reading: WatchReading, _ result: Result<LeaderboardPage, Refusal>) {
        for (watcher, event) in groups.withLock({ $0.finish(reading, result, now: .now) }) {
            watcher.post(event)
        }
        // The pause that now begins has an end, and others may be waiting.
        wakeUp.yield()
    }
}
