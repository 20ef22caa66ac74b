/// A press, an inline query or a mention whose answer somebody waits for.
struct PendingQuery: Codable, Sendable {
    enum Source: Codable, Sendable, Equatable {
        case press(MessageAddress, game: String?, data: String?)
        case inline(chat: ChatKey?, text: String)
        case guest(chat: ChatKey)
    }

    let bot: Int64
    let user: Int64
    let source: Source
    /// When Telegram stops accepting an answer, in milliseconds since 1970.
    let expires: Int64
}

/// What a bot answered to a press.
package struct PressAnswer: Codable, Sendable, Equatable {
    /// The text of the notification, or empty.
    package let text: String
    package let showsAlert: Bool
    /// The address that the client opens, or nil.
    package let url: String?
    /// For how many seconds the client may use the answer again.
    package let cacheSeconds: Int64
}

/// What a bot offers in answer to an inline query.
package struct InlineAnswer: Codable, Sendable, Equatable {
    /// One offer.
    package struct Result: Codable, Sendable, Equatable {
        package let id: String
        /// The game, or nil for a result that posts a text.
        package let game: String?
        /// What the result list shows, and for other results than games what is posted.
        package let text: String
        let keyboard: Keyboard?
    }

    package let results: [Result]
    let cacheSeconds: Int64
    let isPersonal: Bool
}
