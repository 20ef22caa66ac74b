package import Leaderboards

/// Targets as tests write them; one that cannot be is a mistake of the test and stops it.
extension Target {
    /// A message in a chat.
    package static func message(chat: TelegramChatID, id: Int64) -> Target {
        guard let message = ChatMessage(chat: chat, id: id) else {
            preconditionFailure("there is no message \(id) in chat \(chat)")
        }
        return .message(message)
    }
}

extension InlineMessageID: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    package init(stringLiteral text: String) {
        guard let id = InlineMessageID(text) else { preconditionFailure("'\(text)' names no inline message") }
        self = id
    }
}
