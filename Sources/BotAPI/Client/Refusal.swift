/// What a description of a refused call (400 or 403) says about who or what is at fault.
enum Refusal: Hashable {
    case notModified
    case invalidRequest
    case targetGone
    case chatGone
    case chatForbidden

    /// Finds the first rule that fits.
    ///
    /// - Parameter description: Telegram's words in any case; those that no rule knows give nil.
    init?(description: String) {
        let text = description.lowercased()
        let rule = Self.rules.first { $0.1.contains(where: text.contains) }
        guard let rule else { return nil }
        self = rule.0
    }

    /// The rules in the order in which they are tried: special phrases stand before those they contain.
    private static let rules: [(Refusal, [String])] = [
        (.notModified, ["bot_score_not_modified", "message is not modified", "message_not_modified"]),
        (
            .invalidRequest,
            [
                "score_invalid", "user_id", "user_bot_required", "chat_id is empty",
                "message identifier is not specified", "is required", "game short name", "game_bot_invalid",
                "bot_games_disabled", "reply_markup", "reply markup", "button_type_invalid", "url_invalid",
                "message_too_long", "bad webhook", "webhook url", "secret token",
                "too many inline query results",
            ]
        ),
        (.targetGone, ["query is too old", "query_id_invalid"]),
        (
            .chatGone,
            [
                "chat not found", "peer_id_invalid", "chat_id_invalid", "channel_invalid",
                "group chat was deleted", "group chat was deactivated", "group chat was upgraded",
                "user is deactivated", "input_user_deactivated",
            ]
        ),
        (
            .chatForbidden,
            [
                "no write access", "can't access the chat", "not enough rights", "_forbidden",
                "can't be sent to channel direct messages", "chat_admin_required", "chat_restricted",
                "channel_private", "user_is_blocked", "bot was kicked", "bot was blocked", "not a member",
                "can't initiate conversation",
            ]
        ),
        (
            .targetGone,
            [
                "message to set game score not found", "message not found", "message_id_invalid",
                "game score can't be set", "inline message identifier",
            ]
        ),
    ]
}
