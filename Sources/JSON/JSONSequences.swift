/// The values of an array, in order.
package struct JSONElements: Sequence, Sendable {
    private let array: JSONValue

    init(of array: JSONValue) {
        self.array = array
    }

    /// Starts before the first value.
    package func makeIterator() -> Iterator {
        guard array.kind == .array else { return Iterator(document: array.document, index: 0, end: 0) }
        return Iterator(document: array.document, index: array.index + 1, end: Int(array.node.next))
    }

    /// The number of values, counted by walking over them.
    package var count: Int { reduce(0) { count, _ in count + 1 } }

    /// A position in an array.
    package struct Iterator: IteratorProtocol {
        let document: JSONDocument
        var index: Int
        let end: Int

        /// The value at the position, which moves on.
        package mutating func next() -> JSONValue? {
            guard index < end else { return nil }
            defer { index = Int(document.nodes[index].next) }
            return JSONValue(document: document, index: index)
        }
    }
}

/// The members of an object, in order and with repeated names.
package struct JSONEntries: Sequence, Sendable {
    private let object: JSONValue

    init(of object: JSONValue) {
        self.object = object
    }

    /// Starts before the first member.
    package func makeIterator() -> Iterator {
        guard object.kind == .object else { return Iterator(document: object.document, index: 0, end: 0) }
        return Iterator(document: object.document, index: object.index + 1, end: Int(object.node.next))
    }

    /// The number of members, counted by walking over them.
    package var count: Int { reduce(0) { count, _ in count + 1 } }

    /// A position in an object.
    package struct Iterator: IteratorProtocol {
        let document: JSONDocument
        var index: Int
        let end: Int

        /// The member at the position, which moves on.
        package mutating func next() -> (key: String, value: JSONValue)? {
            guard index < end else { return nil }
            let name = document.string(of: document.nodes[index])
            let value = JSONValue(document: document, index: index + 1)
            index = Int(document.nodes[index + 1].next)
            return (name, value)
        }
    }
}
