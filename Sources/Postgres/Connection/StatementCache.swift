/// Which statements one connection has prepared, the least recently used leaving first.
struct StatementCache {
    /// What a prepared statement is found by: the same text with other parameter types is another statement.
    struct Key: Hashable {
        let pieces: [String]
        let types: [UInt32]

        init(_ query: Query) {
            pieces = query.pieces
            types = query.bindings.types
        }

        var sql: String { Query.text(of: pieces) }

        /// Few statements are as long as another, and comparing costs a hundredth of hashing the whole text.
        func hash(into hasher: inout Hasher) {
            hasher.combine(pieces.count)
            for piece in pieces { hasher.combine(piece.utf8.count) }
        }
    }

    private struct Entry {
        let name: String
        var lastUse: Int
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var uses = 0
    private var namesGiven = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// The name under which a statement is prepared, which counts as a use.
    mutating func name(for key: Key) -> String? {
        uses += 1
        guard let index = entries.index(forKey: key) else { return nil }
        entries.values[index].lastUse = uses
        return entries.values[index].name
    }

    /// Gives a statement a name that this connection never used before.
    ///
    /// - Returns: The name, and the name of the statement that has to make room.
    mutating func insert(_ key: Key) -> (name: String, evicted: String?) {
        var evicted: String?
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            entries[oldest.key] = nil
            evicted = oldest.value.name
        }
        uses += 1
        namesGiven += 1
        let name = "s\(namesGiven)"
        entries[key] = Entry(name: name, lastUse: uses)
        return (name, evicted)
    }

    /// Forgets a statement that could not be prepared.
    mutating func remove(_ key: Key) {
        entries[key] = nil
    }

    /// Forgets everything.
    ///
    /// - Returns: The names in use until now.
    mutating func removeAll() -> [String] {
        defer { entries = [:] }
        return entries.values.map(\.name)
    }
}
