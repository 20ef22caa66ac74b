import JSON

/// A change of the bot's own membership of a chat.
package struct ChatMemberUpdated: Sendable, Hashable {
    package let chat: Chat
    /// When it happened, in Unix seconds; 0 when the update does not say.
    package let date: Int64
    /// Whether the bot can write to the chat from then on; nil for a membership that this program does not know.
    package let canWrite: Bool?
}

extension ChatMemberUpdated {
    /// Reads a change: without a chat it is no change.
    init?(_ json: JSONValue) {
        guard let chat = json["chat"].flatMap(Chat.init) else { return nil }
        self.init(
            chat: chat,
            date: json["date"]?.lenientInt64 ?? 0,
            canWrite: json["new_chat_member"].flatMap(Self.canWrite)
        )
    }

    private static func canWrite(as member: JSONValue) -> Bool? {
        switch member["status"]?.string {
        case "creator", "administrator", "member": true
        case "restricted": member["is_member"]?.bool != false && member["can_send_messages"]?.bool == true
        case "left", "kicked": false
        default: nil
        }
    }
}
