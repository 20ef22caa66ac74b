import DequeModule
import Leaderboards

/// What time demands, and what comes of it.
extension WatchGroups {
    /// Whether ``advance(now:time:)`` would begin a reading at once.
    var hasWork: Bool { !ready.isEmpty && readings < limits.concurrentReadings }

    /// When ``advance(now:time:)`` is to be called next at the latest; nil while nothing is open.
    var nextAdvance: ContinuousClock.Instant? {
        [resting.first?.until, retrying.first?.until, nextBeat].compactMap { $0 }.min()
    }

    /// Does what time demands.
    ///
    /// - Parameter now: The time by the clock that never jumps.
    /// - Returns: The readings to begin, each to be reported to ``finish(_:_:now:)``, and what to tell streams.
    mutating func advance(
        now: ContinuousClock.Instant,
        time: Instant
    ) -> (readings: [WatchReading], messages: [(Watcher, BoardWatch.Event)]) {
        var messages: [(Watcher, BoardWatch.Event)] = []
        if let nextBeat, nextBeat <= now {
            self.nextBeat = now + .seconds(1)
            messages = pulse(now: now, time: time)
        }
        rollOver(at: time)
        for reading in Self.takeOver(&resting, now) + Self.takeOver(&retrying, now) { wake(reading) }
        var begun: [WatchReading] = []
        while readings < limits.concurrentReadings, let topic = ready.popFirst() {
            // Its streams may be gone, and others have come and put it in line again.
            guard groups[topic]?.phase == .waiting else { continue }
            serial += 1
            readings += 1
            groups[topic]?.phase = .reading(serial)
            groups[topic]?.isStale = false
            begun.append(WatchReading(topic: topic, serial: serial))
        }
        return (begun, messages)
    }

    /// A reading found out which chat its topic is about, before it reads the leaderboard.
    mutating func resolved(_ reading: WatchReading, to chat: ChatID?) {
        if groups[reading.topic] != nil { index.insert(reading.topic, chat: chat) }
    }

    /// A reading is over.
    mutating func finish(
        _ reading: WatchReading,
        _ result: Result<LeaderboardPage, Refusal>,
        now: ContinuousClock.Instant
    ) -> [(Watcher, BoardWatch.Event)] {
        readings -= 1
        let topic = reading.topic
        guard groups[topic]?.phase == .reading(reading.serial) else { return [] }
        groups[topic]?.phase = .resting(reading.serial)
        switch result {
        case .success(let page):
            resting.append((reading, until: now + limits.interval))
            return publish(page, of: reading)
        case .failure(let refusal) where refusal.isTemporary:
            groups[topic]?.isStale = true
            retrying.append((reading, until: now + limits.retryInterval))
            return refuse(groups[topic]?.opening.map(\.key) ?? [], of: topic, refusal)
        case .failure(let refusal):
            let messages = groups[topic]?.last(refusingWith: refusal) ?? []
            remove(topic)
            return messages
        }
    }

    /// Gives a page to all whom it is new to.
    private mutating func publish(_ page: LeaderboardPage, of reading: WatchReading) -> [(
        Watcher, BoardWatch.Event
    )] {
        guard let group = groups[reading.topic] else { return [] }
        if let end = page.to { firstEnd = min(firstEnd ?? end, end) }
        groups[reading.topic]?.opening = [:]
        if let shared = group.page, shared.page == page {
            return group.opening.keys.compactMap { group.watchers[$0] }.map {
                ($0, .page(shared))
            }
        }
        let shared = SharedPage(page, version: reading.serial)
        groups[reading.topic]?.page = shared
        return group.watchers.values.map { ($0, .page(shared)) }
    }

    private mutating func wake(_ reading: WatchReading) {
        guard let group = groups[reading.topic], group.phase == .resting(reading.serial) else { return }
        groups[reading.topic]?.phase = .idle
        if group.isStale { touch(reading.topic) }
    }

    /// Takes out the readings whose pauses are over.
    private static func takeOver(
        _ pauses: inout Deque<(reading: WatchReading, until: ContinuousClock.Instant)>,
        _ now: ContinuousClock.Instant
    ) -> [WatchReading] {
        let over = pauses.prefix { $0.until <= now }.map(\.reading)
        pauses.removeFirst(over.count)
        return over
    }

    private mutating func rollOver(at time: Instant) {
        guard let end = firstEnd, end <= time else { return }
        let ends = groups.compactMapValues { $0.page?.page.to }
        firstEnd = ends.values.filter { $0 > time }.min()
        for (topic, end) in ends where end <= time { touch(topic) }
    }

    // MARK: - Signs of life

    /// Every stream's turn comes once in so many beats, so that not all of them are written to at once.
    private mutating func pulse(now: ContinuousClock.Instant, time: Instant) -> [(Watcher, BoardWatch.Event)]
    {
        beat = (beat + 1) % limits.beatsPerPulse
        var messages: [(Watcher, BoardWatch.Event)] = []
        var expired: [(id: Int, topic: BoardTopic)] = []
        var late: [(ids: [Int], topic: BoardTopic)] = []
        for (topic, group) in groups {
            for (id, watcher) in group.watchers where id % limits.beatsPerPulse == beat {
                let isExpired = watcher.expiresAt <= time
                if isExpired { expired.append((id, topic)) }
                // Nothing is on the wire yet that would need a sign of life before the first page.
                guard isExpired || group.opening[id] == nil else { continue }
                messages.append((watcher, isExpired ? .end(nil) : .pulse))
            }
            let ids = group.opening.filter { now - $0.value >= limits.openingTimeout }.map(\.key)
            if !ids.isEmpty { late.append((ids, topic)) }
        }
        for (id, topic) in expired { close(id, of: topic) }
        for (ids, topic) in late { messages += refuse(ids, of: topic, .databaseUnavailable) }
        return messages
    }

    private mutating func refuse(_ ids: [Int], of topic: BoardTopic, _ refusal: Refusal) -> [(
        Watcher, BoardWatch.Event
    )] {
        let watchers = ids.compactMap { groups[topic]?.watchers[$0] }
        for id in ids { close(id, of: topic) }
        return watchers.map { ($0, .end(refusal)) }
    }
}

extension Refusal {
    /// Whether the same question may be answered later.
    var isTemporary: Bool {
        switch self {
        case .databaseUnavailable, .overloaded, .internal, .rateLimited: true
        default: false
        }
    }
}
