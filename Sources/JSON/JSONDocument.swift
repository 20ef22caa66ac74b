/// One value or member name of a parsed text.
///
/// Nodes lie in the order of the text, so the children of a container follow it directly and `next` skips
/// a whole subtree. In an object the name and the value of each member alternate.
struct JSONNode: Sendable {
    /// The first byte of the value, for a string its opening quote.
    var start: Int32
    /// The byte after the value.
    var end: Int32
    /// The index of the first node that is not part of this value.
    var next: Int32
    /// The kind of the value; member names are strings.
    var kind: JSONValue.Kind
    /// Whether a string holds escapes and cannot be read as it stands.
    var hasEscapes: Bool
}

/// A parsed text: its bytes and the flat list of its nodes.
final class JSONDocument: Sendable {
    let bytes: [UInt8]
    let nodes: [JSONNode]

    init(bytes: [UInt8], nodes: [JSONNode]) {
        self.bytes = bytes
        self.nodes = nodes
    }

    /// The bytes between the quotes of a string node.
    func contents(of node: JSONNode) -> ArraySlice<UInt8> {
        bytes[Int(node.start) + 1..<Int(node.end) - 1]
    }

    /// The text of a string node with its escapes resolved.
    func string(of node: JSONNode) -> String {
        let contents = contents(of: node)
        return String(decoding: node.hasEscapes ? resolvingEscapes(in: contents) : contents, as: UTF8.self)
    }

    /// Whether every surrogate among the escapes of a string node has its partner.
    func hasWholeCharacters(_ node: JSONNode) -> Bool {
        let contents = contents(of: node)
        var position = contents.startIndex
        while let start = contents[position...].firstIndex(of: UInt8(ascii: "\\")) {
            position = start + 2
            guard contents[start + 1] == UInt8(ascii: "u") else { continue }
            let unit = hexadecimalQuad(in: contents, at: position)
            let scalar = unicodeEscape(in: contents, at: &position)
            guard scalar != "\u{FFFD}" || unit == 0xFFFD else { return false }
        }
        return true
    }

    /// The node of the name of an object's member, compared after escapes are resolved; of the last one when several
    /// have the name.
    func lastMember(of object: Int, named name: UnsafeBufferPointer<UInt8>) -> Int? {
        guard nodes[object].kind == .object else { return nil }
        return nodes.withUnsafeBufferPointer { nodes in
            bytes.withUnsafeBufferPointer { bytes in
                var found: Int?
                let end = Int(nodes[object].next)
                var member = object + 1
                while member < end {
                    let node = nodes[member]
                    if node.hasEscapes ? string(of: node, equals: name) : node.reads(name, in: bytes) {
                        found = member
                    }
                    member = Int(nodes[member + 1].next)
                }
                return found
            }
        }
    }

    /// Whether a string node reads as the given name once its escapes are resolved.
    func string(of node: JSONNode, equals name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !node.hasEscapes else {
            return resolvingEscapes(in: contents(of: node)).elementsEqual(name)
        }
        return bytes.withUnsafeBufferPointer { node.reads(name, in: $0) }
    }
}

extension JSONNode {
    /// Whether a string without escapes reads as the given name.
    fileprivate func reads(_ name: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let first = Int(start) + 1
        guard Int(end) - 1 - first == name.count else { return false }
        for index in name.indices where bytes[first + index] != name[index] { return false }
        return true
    }
}

/// Resolves the escapes of a string that the parser has already found well-formed.
///
/// A surrogate without its partner becomes U+FFFD, since no UTF-8 text can hold it.
private func resolvingEscapes(in contents: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var result: [UInt8] = []
    result.reserveCapacity(contents.count)
    var position = contents.startIndex
    while position < contents.endIndex {
        let byte = contents[position]
        guard byte == UInt8(ascii: "\\") else {
            result.append(byte)
            position += 1
            continue
        }
        let escape = contents[position + 1]
        position += 2
        switch escape {
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = unicodeEscape(in: contents, at: &position)
            result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: result.append(escape)
        }
    }
    return result[...]
}

/// Reads the digits after `\u`, and a second escape when both form a surrogate pair.
private func unicodeEscape(in contents: ArraySlice<UInt8>, at position: inout Int) -> Unicode.Scalar {
    let first = hexadecimalQuad(in: contents, at: position)
    position += 4
    let isHighSurrogate = first >= 0xD800 && first <= 0xDBFF
    if isHighSurrogate, position + 6 <= contents.endIndex,
        contents[position] == UInt8(ascii: "\\"), contents[position + 1] == UInt8(ascii: "u")
    {
        let second = hexadecimalQuad(in: contents, at: position + 2)
        if second >= 0xDC00 && second <= 0xDFFF {
            position += 6
            return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
        }
    }
    return Unicode.Scalar(first) ?? "\u{FFFD}"
}

private func hexadecimalQuad(in contents: ArraySlice<UInt8>, at position: Int) -> UInt32 {
    contents[position..<position + 4].reduce(0) { value, byte in
        value << 4 | UInt32(byte & 0x0F) + (byte > UInt8(ascii: "9") ? 9 : 0)
    }
}
