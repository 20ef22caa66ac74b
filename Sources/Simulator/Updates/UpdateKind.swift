/// The kinds of updates that a simulator produces.
package enum UpdateKind: String, Codable, Sendable, CaseIterable {
    case message
    case callbackQuery = "callback_query"
    case guestMessage = "guest_message"
    case inlineQuery = "inline_query"
    case chosenInlineResult = "chosen_inline_result"
    case myChatMember = "my_chat_member"

    /// How long Telegram keeps an update of this kind that nobody took, in milliseconds.
    var lifetime: Int64 {
        switch self {
        case .message, .guestMessage, .myChatMember: 24 * 3_600_000
        case .callbackQuery: 150_000
        case .inlineQuery: 30_000
        case .chosenInlineResult: 600_000
        }
    }

    /// Every name that `allowed_updates` may hold, in the order of Telegram's reference.
    static let everyName: [String] = [
        "message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
        "business_message", "edited_business_message", "deleted_business_messages", "guest_message",
        "message_reaction", "message_reaction_count", "inline_query", "chosen_inline_result",
        "callback_query",
        "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer",
        "my_chat_member",
        "chat_member", "chat_join_request", "chat_boost", "removed_chat_boost", "managed_bot",
    ]
}
