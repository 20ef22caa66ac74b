import BotAPI

/// Which updates have been handled and from where on they are to be fetched.
struct PollProgress: Sendable, Hashable {
    /// The first update to be fetched; nil to fetch from the first that is not confirmed.
    private(set) var offset: Int64?
    /// Updates that were handled and come again, since one before them was not or no offset confirms them.
    private var ahead: Set<Int64> = []
    /// How long no updates have come.
    private var rest: Duration = .zero

    /// The updates of a batch that were not handled yet.
    func unhandled(_ updates: [Update]) -> [Update] {
        updates.filter { !ahead.contains($0.updateID) }
    }

    /// Moves on behind a batch, but not behind an update that must come again.
    ///
    /// - Parameter postponed: The updates that must come again.
    mutating func handled(_ updates: [Update], except postponed: Set<Int64>) {
        rest = .zero
        let numbers = updates.map(\.updateID)
        let next = postponed.filter(Self.isConfirmable).min()
        offset = next ?? numbers.filter(Self.isConfirmable).max().map { $0 + 1 } ?? offset
        ahead = next.map { next in ahead.filter { $0 > next && Self.isConfirmable($0) } } ?? []
        ahead.formUnion(numbers.filter { $0 > next ?? .max || !Self.isConfirmable($0) })
        ahead.subtract(postponed)
    }

    /// Whether an offset can say that an update was handled; one of which none can comes with every batch.
    ///
    /// No number is greater than the greatest, and a negative offset counts from the end of Telegram's queue.
    private static func isConfirmable(_ number: Int64) -> Bool { (0..<Int64.max).contains(number) }

    /// Notes an answer without updates, which says that everything before the offset is confirmed.
    ///
    /// - Parameters:
    ///   - duration: How long the answer took.
    ///   - lifetime: After how much rest the offset is dropped.
    mutating func rested(for duration: Duration, lifetime: Duration) {
        rest += duration
        if rest >= lifetime { offset = nil }
    }
}

extension [Update] {
    private enum QueueKey: Hashable {
        case user(Int64)
        case chat(Int64)
        case update(Int64)
    }

    /// The updates of each person, or each chat, in their order; the queues in the order of their first updates.
    var queues: [[Update]] {
        var queues: [[Update]] = []
        var places: [QueueKey: Int] = [:]
        for update in self {
            let key = Self.key(of: update)
            if let place = places[key] {
                queues[place].append(update)
            } else {
                places[key] = queues.count
                queues.append([update])
            }
        }
        return queues
    }

    private static func key(of update: Update) -> QueueKey {
        let user: User?
        switch update.event {
        case .callbackQuery(let query): user = query.from
        case .inlineQuery(let query): user = query.from
        case .chosenInlineResult(let result): user = result.from
        case .guestMessage(let mention): user = mention.from
        case .message(let message): return .chat(message.chat.id)
        case .myChatMember(let change): return .chat(change.chat.id)
        case .other: user = nil
        }
        return user.map { .user($0.id) } ?? .update(update.updateID)
    }
}
