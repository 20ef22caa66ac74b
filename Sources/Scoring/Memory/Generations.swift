/// A cache that is bounded in bytes: what nobody asks for through a whole generation goes.
struct Generations<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Item {
        let value: Value
        let bytes: Int
    }

    /// What the tables themselves take for an item.
    private static var overhead: Int { 32 + MemoryLayout<Key>.stride + MemoryLayout<Item>.stride }

    private let limit: Int
    private var young: [Key: Item] = [:]
    private var old: [Key: Item] = [:]
    private var youngBytes = 0
    private var oldBytes = 0

    /// - Parameter limit: How many bytes all items may take; 0 keeps nothing.
    init(limit: Int) { self.limit = limit }

    /// How many bytes the items take, as told by those who stored them.
    var bytes: Int { youngBytes + oldBytes }

    /// Finds a value, which lives on by that.
    mutating func find(_ key: Key) -> Value? {
        if let item = young[key] { return item.value }
        guard let item = old.removeValue(forKey: key) else { return nil }
        oldBytes -= item.bytes
        add(item, key)
        return item.value
    }

    /// Takes a value out, so that nobody else holds it while it is changed.
    mutating func remove(_ key: Key) -> Value? {
        if let item = young.removeValue(forKey: key) {
            youngBytes -= item.bytes
            return item.value
        }
        guard let item = old.removeValue(forKey: key) else { return nil }
        oldBytes -= item.bytes
        return item.value
    }

    /// Stores a value in the place of the one before.
    ///
    /// - Parameter bytes: What it takes beside its place in the table.
    mutating func store(_ value: Value, _ key: Key, bytes: Int) {
        _ = remove(key)
        add(Item(value: value, bytes: bytes + Self.overhead), key)
    }

    private mutating func add(_ item: Item, _ key: Key) {
        guard item.bytes <= limit / 2 else { return }
        if youngBytes + item.bytes > limit / 2 {
            (old, oldBytes) = (young, youngBytes)
            (young, youngBytes) = ([:], 0)
        }
        young[key] = item
        youngBytes += item.bytes
    }
}
