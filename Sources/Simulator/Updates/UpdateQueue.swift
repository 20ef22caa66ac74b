/// The updates of one bot that nobody has taken yet.
///
/// Updates of one lane (a person's presses, a chat's messages) reach a webhook one after another; lanes do not
/// wait for one another. All times are milliseconds since 1970.
package struct UpdateQueue: Codable, Sendable {
    /// One undelivered update.
    package struct Entry: Codable, Sendable {
        package let number: Int64
        package let kind: UpdateKind
        let lane: String
        /// The update's own object, without the number.
        let content: String
        let expires: Int64
        fileprivate(set) var failures = 0
        fileprivate(set) var nextTry: Int64
        fileprivate(set) var isInFlight = false

        /// The body of a delivery, with the line feed that Telegram puts after the first comma.
        package var body: String { "{\"update_id\":\(number),\n\"\(kind.rawValue)\":\(content)}" }
    }

    /// Telegram's own bound for one bot.
    private static let limit = 100_000

    package private(set) var entries: [Entry] = []
    private var lastNumber: Int64?

    mutating func append(
        _ kind: UpdateKind,
        lane: String,
        _ content: Document,
        now: Int64,
        identifiers: inout Identifiers
    ) {
        dropExpired(now: now)
        guard entries.count < Self.limit else { return }
        let number = lastNumber.map { $0 + 1 } ?? identifiers.firstUpdate()
        lastNumber = number
        entries.append(
            Entry(
                number: number,
                kind: kind,
                lane: "\(kind.rawValue)/\(lane)",
                content: content.json,
                expires: now + kind.lifetime,
                nextTry: now
            )
        )
    }

    mutating func removeAll() { entries = [] }

    /// Takes back what was in flight when the state was saved.
    mutating func forgetFlights() {
        for index in entries.indices { entries[index].isInFlight = false }
    }

    mutating func dropExpired(now: Int64) {
        guard entries.contains(where: { $0.expires <= now }) else { return }
        entries.removeAll { $0.expires <= now && !$0.isInFlight }
    }

    // MARK: - Long polling

    /// Confirms and reads as `getUpdates` does.
    ///
    /// A positive offset confirms all earlier updates; a negative one keeps only that many from the end.
    mutating func read(offset: Int64, limit: Int, now: Int64) -> [Entry] {
        dropExpired(now: now)
        if offset > 0 {
            entries.removeAll { $0.number < offset }
        } else if offset < 0 {
            entries.removeFirst(max(0, entries.count - Int(clamping: offset.magnitude)))
        }
        return Array(entries.prefix(limit))
    }

    // MARK: - Webhook

    /// Takes the updates whose turn it is, and marks them as being delivered.
    mutating func takeDue(limit: Int, now: Int64) -> [Entry] {
        dropExpired(now: now)
        var free = limit - entries.count { $0.isInFlight }
        var busyLanes: Set<String> = []
        var due: [Entry] = []
        for index in entries.indices where free > 0 {
            let isHead = busyLanes.insert(entries[index].lane).inserted
            guard isHead, !entries[index].isInFlight, entries[index].nextTry <= now else { continue }
            entries[index].isInFlight = true
            due.append(entries[index])
            free -= 1
        }
        return due
    }

    /// The next moment at which ``takeDue(limit:now:)`` may find more, or nil when only a change can bring some.
    var nextTry: Int64? {
        var lanes: Set<String> = []
        return entries.lazy.filter { lanes.insert($0.lane).inserted && !$0.isInFlight }.map(\.nextTry).min()
    }

    /// Settles a delivery: an update is gone once taken, or once its next try would come after its lifetime.
    ///
    /// - Parameter retryAfter: The seconds of a `Retry-After` header, which replace the usual delay.
    mutating func settle(
        _ number: Int64,
        isTaken: Bool,
        retryAfter: Int64? = nil,
        now: Int64,
        jitter: Int64
    ) {
        guard let index = entries.firstIndex(where: { $0.number == number }) else { return }
        guard !isTaken else {
            entries.remove(at: index)
            return
        }
        entries[index].isInFlight = false
        entries[index].failures += 1
        let delay =
            retryAfter.map { min(max($0, 0), 3600) * 1000 }
            ?? Self.delay(afterFailure: entries[index].failures, jitter: jitter)
        entries[index].nextTry = now + delay
        if entries[index].nextTry >= entries[index].expires { entries.remove(at: index) }
    }

    /// The pause after a failure in milliseconds: none, then 2 s doubling to 64 s, then one to two minutes.
    ///
    /// - Parameters:
    ///   - failure: The number of failures so far, from 1.
    ///   - jitter: Chooses within the last range: 0…60,000.
    static func delay(afterFailure failure: Int, jitter: Int64) -> Int64 {
        switch failure {
        case ...1: 0
        case 2...7: 1000 << Int64(failure - 1)
        default: 60_000 + min(max(jitter, 0), 60_000)
        }
    }
}
