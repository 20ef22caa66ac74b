/// Values that were used lately, as many as a bound in bytes allows.
///
/// There are two generations: what is used moves to the younger one, and when that holds half of the bound the older one
/// goes. So nothing is kept in order, and what was not used for a whole generation is forgotten.
struct RecentValues<Key: Hashable, Value> {
    private typealias Generation = [Key: (value: Value, size: Int)]

    private let limit: Int
    private var young: Generation = [:]
    private var old: Generation = [:]
    private var youngSize = 0
    private var oldSize = 0

    /// - Parameter limit: In bytes; 0 keeps nothing.
    init(limit: Int) { self.limit = limit }

    /// How large all values are by what was said of them.
    var size: Int { youngSize + oldSize }

    /// A value, which counts as used.
    mutating func value(for key: Key) -> Value? {
        if let found = young[key] { return found.value }
        guard let found = old.removeValue(forKey: key) else { return nil }
        oldSize -= found.size
        insert(found.value, size: found.size, for: key)
        return found.value
    }

    /// Takes a value in place of the one that has its key.
    ///
    /// - Parameter size: About how many bytes it and its key take.
    mutating func insert(_ value: Value, size: Int, for key: Key) {
        if let former = old.removeValue(forKey: key) { oldSize -= former.size }
        if let former = young.removeValue(forKey: key) { youngSize -= former.size }
        guard size <= limit / 2 else { return }
        if youngSize + size > limit / 2 {
            (old, oldSize) = (young, youngSize)
            (young, youngSize) = ([:], 0)
        }
        young[key] = (value, size)
        youngSize += size
    }

    mutating func removeAll() { self = Self(limit: limit) }
}
