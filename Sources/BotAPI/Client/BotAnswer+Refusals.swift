extension BotAnswer {
    /// What the description of a refused call (400 or 403) says about who or what is at fault.
    ///
    /// - Parameter detail: Telegram's words in any case; those that no rule knows give nil.
    init?(refusal detail: String) {
        let text = detail.lowercased()
        guard let rule = Self.refusals.first(where: { $0.phrases.contains(where: text.contains) }) else {
            return nil
        }
        self = rule.answer(detail)
    }

    /// The rules in the order in which they are tried: special phrases stand before those they contain.
    private static let refusals: [(answer: @Sendable (String) -> BotAnswer, phrases: [String])] = [
        (
            { _ in .notModified },
            ["bot_score_not_modified", "message is not modified", "message_not_modified"]
        ),
        (
            BotAnswer.invalidRequest,
            [
                "score_invalid", "user_id", "user_bot_required", "chat_id is empty",
                "message identifier is not specified", "is required", "game short name", "game_bot_invalid",
                "bot_games_disabled", "reply_markup", "reply markup", "button_type_invalid", "url_invalid",
                "message_too_long", "bad webhook", "webhook url", "secret token",
                "too many inline query results",
            ]
        ),
        (BotAnswer.targetGone, ["query is too old", "query_id_invalid"]),
        (
            BotAnswer.chatGone,
            [
                "chat not found", "peer_id_invalid", "chat_id_invalid", "channel_invalid",
                "group chat was deleted", "group chat was deactivated", "group chat was upgraded",
                "user is deactivated", "input_user_deactivated",
            ]
        ),
        (
            BotAnswer.chatForbidden,
            [
                "no write access", "can't access the chat", "not enough rights", "_forbidden",
                "can't be sent to channel direct messages", "chat_admin_required", "chat_restricted",
                "channel_private", "user_is_blocked", "bot was kicked", "bot was blocked", "not a member",
                "can't initiate conversation",
            ]
        ),
        (
            BotAnswer.targetGone,
            [
                "message to set game score not found", "message not found", "message_id_invalid",
                "game score can't be set", "inline message identifier",
            ]
        ),
    ]
}
