import DequeModule
import Leaderboards
import Storage

/// All open streams by what they show, and when what is to be read anew: events and times go in, readings and messages
/// come out.
///
/// A topic is read when it is opened, when it was changed, when its window is over, and when changes may have been
/// missed; never twice at once, and not again before ``WatchLimits/interval`` has passed.
struct WatchGroups: Sendable {
    /// A stream, which its reader holds: no strong reference is made here, where letting go of it would close it.
    struct Watcher: Sendable {
        weak var watch: BoardWatch?
        let expiresAt: Instant

        /// Tells it what is to be told, outside of the lock.
        func post(_ event: BoardWatch.Event) { watch?.post(event) }
    }

    enum Phase: Equatable, Sendable {
        case idle
        /// In line for a reading.
        case waiting
        case reading(UInt64)
        /// Not to be read before the pause after that reading is over.
        case resting(UInt64)
    }

    struct Group: Sendable {
        var watchers: [Int: Watcher] = [:]
        /// Those who wait for their first page, and since when.
        var opening: [Int: ContinuousClock.Instant] = [:]
        var page: SharedPage?
        var phase = Phase.idle
        /// Whether something happened since the last reading began.
        var isStale = false
    }

    let limits: WatchLimits
    var groups: [BoardTopic: Group] = [:]
    var index = TopicIndex()
    var ready = Deque<BoardTopic>()
    /// Each in order of time, since all of its pauses have one length.
    var resting = Deque<(reading: WatchReading, until: ContinuousClock.Instant)>()
    var retrying = Deque<(reading: WatchReading, until: ContinuousClock.Instant)>()
    var readings = 0
    var serial: UInt64 = 0
    var nextBeat: ContinuousClock.Instant?
    var beat = 0
    /// No window that is shown ends before.
    var firstEnd: Instant?
    private var lastID = 0
    private var isTrusted = false
    private var isEnded = false

    /// Streams that are open.
    private(set) var count = 0

    var isEmpty: Bool { groups.isEmpty }

    init(limits: WatchLimits = WatchLimits()) { self.limits = limits }

    // MARK: - Streams come and go

    /// Opens a stream.
    ///
    /// - Parameter expiresAt: When it ends at the latest.
    /// - Throws: ``Refusal/overloaded`` when too many are open, or the service is about to stop.
    mutating func open(
        _ topic: BoardTopic,
        expiresAt: Instant,
        watch: BoardWatch,
        now: ContinuousClock.Instant
    ) throws(Refusal) -> Int {
        guard !isEnded, count < limits.capacity else { throw .overloaded }
        count += 1
        lastID += 1
        if nextBeat == nil { nextBeat = now + .seconds(1) }
        if groups[topic] == nil { index.insert(topic) }
        groups[topic, default: Group()].watchers[lastID] = Watcher(watch: watch, expiresAt: expiresAt)
        if isTrusted, let page = groups[topic]?.page {
            watch.post(.page(page))
            return lastID
        }
        groups[topic]?.opening[lastID] = now
        switch groups[topic]?.phase {
        case .waiting, .reading: break
        default: touch(topic)
        }
        return lastID
    }

    /// Forgets a stream.
    mutating func close(_ id: Int, of topic: BoardTopic) {
        guard groups[topic]?.watchers.removeValue(forKey: id) != nil else { return }
        count -= 1
        groups[topic]?.opening[id] = nil
        if groups[topic]?.watchers.isEmpty == true { remove(topic) }
    }

    /// Ends all streams and takes no new ones.
    mutating func end() -> [(Watcher, BoardWatch.Event)] {
        isEnded = true
        let messages = groups.values.flatMap { $0.last(refusingWith: .overloaded) }
        for topic in Array(groups.keys) { remove(topic) }
        return messages
    }

    mutating func remove(_ topic: BoardTopic) {
        count -= groups.removeValue(forKey: topic)?.watchers.count ?? 0
        index.remove(topic)
        if groups.isEmpty { (nextBeat, firstEnd) = (nil, nil) }
    }

    // MARK: - Something happened

    /// Leaderboards were changed.
    mutating func boardsChanged(_ change: BoardsChange) {
        for topic in index.topics(of: change) { touch(topic) }
    }

    /// From now on every change is heard of; those before may have been missed.
    mutating func connected() {
        isTrusted = true
        for topic in Array(groups.keys) { touch(topic) }
    }

    /// Changes are not heard of until ``connected()``.
    mutating func disconnected() { isTrusted = false }

    /// Games may have other settings; what shows the old ones is read anew.
    mutating func gamesChanged(_ game: (GameID) -> Game?) {
        let outdated = groups.filter { topic, group in
            group.page.map { $0.page.game != game(topic.game) } ?? false
        }
        for topic in outdated.keys { touch(topic) }
    }

    /// Puts a topic in line for a reading, or notes that one is due after the one that is under way.
    mutating func touch(_ topic: BoardTopic) {
        groups[topic]?.isStale = true
        guard groups[topic]?.phase == .idle else { return }
        groups[topic]?.phase = .waiting
        ready.append(topic)
    }
}

extension WatchGroups.Group {
    /// The last words to all: those who wait for their first page are refused, the others are told of the end.
    func last(refusingWith refusal: Refusal) -> [(WatchGroups.Watcher, BoardWatch.Event)] {
        watchers.map { id, watcher in
            (watcher, .end(opening[id] == nil ? nil : refusal))
        }
    }
}

/// One reading that is to be carried out.
struct WatchReading: Hashable, Sendable {
    let topic: BoardTopic
    /// Tells readings of the same topic apart, in their order.
    let serial: UInt64
}
