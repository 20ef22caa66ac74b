package import JSON

/// Writes a player's score into Telegram's own table of the game and chat that a message belongs to.
///
/// Without `force` a score that is not greater than the one held is refused as not modified, so the call may
/// be repeated safely. With `force` it replaces whatever is held, and 0 takes the player off the table.
package struct SetGameScore: BotMethod {
    package typealias Output = Bool
    package static let name: StaticString = "setGameScore"

    package let userID: Int64
    /// The score, 0…2147483647; Telegram does not refuse a negative one, it misreads it.
    package let score: Int32
    /// A message of the game in the chat.
    package let target: MessageTarget
    /// Whether the score may go down.
    package let force: Bool
    /// Whether the scoreboard in the message is left as it is.
    package let disableEditMessage: Bool

    package init(
        userID: Int64,
        score: Int32,
        target: MessageTarget,
        force: Bool = false,
        disableEditMessage: Bool = false
    ) {
        precondition(score >= 0, "a negative score would be stored as another one")
        self.userID = userID
        self.score = score
        self.target = target
        self.force = force
        self.disableEditMessage = disableEditMessage
    }

    package func writeParameters(to writer: inout JSONWriter) {
        writer.member("user_id", userID)
        writer.member("score", Int64(score))
        target.write(to: &writer)
        writer.member("force", ifPresent: force ? true : nil)
        writer.member("disable_edit_message", ifPresent: disableEditMessage ? true : nil)
    }

    /// The changed message or, for inline messages, `true`; either says that it worked.
    package static func output(from result: JSONValue) -> Bool? {
        result.kind == .object ? true : result.bool
    }
}

/// Reads Telegram's own table around one player: the player's row, its neighbours and perhaps the first three.
package struct GetGameHighScores: BotMethod {
    package static let name: StaticString = "getGameHighScores"

    package let userID: Int64
    /// A message of the game in the chat.
    package let target: MessageTarget

    package init(userID: Int64, target: MessageTarget) {
        self.userID = userID
        self.target = target
    }

    package func writeParameters(to writer: inout JSONWriter) {
        writer.member("user_id", userID)
        target.write(to: &writer)
    }

    package static func output(from result: JSONValue) -> [HighScore]? {
        result.kind == .array ? result.elements.compactMap(HighScore.init) : nil
    }
}
