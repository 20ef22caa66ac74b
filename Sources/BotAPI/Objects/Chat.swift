package import JSON

/// A chat as updates describe it.
package struct Chat: Sendable, Hashable {
    /// The chat's id; negative except for private chats.
    package let id: Int64
    /// The kind of chat.
    package let kind: Kind
    /// The title; private chats have none.
    package let title: String?

    /// The kinds of chats.
    package enum Kind: String, Sendable, Hashable {
        case `private`, group, supergroup, channel
        /// A kind that this program does not know.
        case other
    }

    package init(id: Int64, kind: Kind, title: String? = nil) {
        self.id = id
        self.kind = kind
        self.title = title
    }

    /// Reads a chat.
    ///
    /// - Parameter json: Anything; without an id other than 0 it is no chat.
    package init?(_ json: JSONValue) {
        guard let id = json["id"]?.lenientInt64, id != 0 else { return nil }
        self.init(
            id: id,
            kind: json["type"]?.string.flatMap(Kind.init(rawValue:)) ?? .other,
            title: json["title"]?.string
        )
    }
}
