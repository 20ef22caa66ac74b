/// What the sender of an update is to be told.
package enum UpdateOutcome: Sendable {
    /// The update is dealt with; the call, if any, is the answer that somebody waits for.
    case accepted(reply: (any BotMethod)?)
    /// Nothing was recorded; Telegram is to repeat the update after so long.
    case postponed(Duration)
}
