/// What Telegram answered to a call that set a score or read the table, as far as the delivery is concerned.
package enum DeliveryAnswer: Hashable, Sendable {
    /// Telegram holds the value sent.
    case delivered
    /// Telegram holds at least the value sent (`BOT_SCORE_NOT_MODIFIED`).
    case notModified
    /// The table was read: the player's value there, nil where there is none.
    case table(Int32?)
    /// No call was made after all.
    case notCalled
    /// Too many calls: nothing to this chat for so long (429 with `retry_after`).
    case wait(Duration)
    /// Telegram is in trouble, or there was no answer; time heals it.
    case temporary(String, mayHaveTakenEffect: Bool)
    /// The message can no longer be written.
    case targetGone(String)
    /// The bot may not write in the chat.
    case chatForbidden(String)
    /// Telegram refuses the call itself; repeating it would be refused again.
    case rejected(String)
    /// Telegram refuses the call in words that nobody has seen before, which may mean anything.
    case unrecognized(String)
    /// Telegram does not know the bot's token.
    case botRefused(String)
}
