package import JSON

/// A chat as updates describe it.
package struct Chat: Sendable, Hashable {
    /// The chat's id; negative except for private chats.
    package let id: Int64
    package let kind: Kind
    /// The title; private chats have none.
    package var title: String?

    /// The kinds of chats.
    package enum Kind: String, Sendable, Hashable {
        case `private`, group, supergroup, channel
        /// A kind that this program does not know.
        case other
    }
}

extension Chat {
    /// Reads a chat: without an id other than 0 it is no chat.
    package init?(_ json: JSONValue) {
        guard let id = json["id"]?.lenientInt64, id != 0 else { return nil }
        self.init(
            id: id,
            kind: json["type"]?.string.flatMap(Kind.init(rawValue:)) ?? .other,
            title: json["title"]?.string
        )
    }
}
