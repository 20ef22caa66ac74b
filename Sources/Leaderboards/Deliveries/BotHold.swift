/// How long Telegram wants a bot to be left alone, gathered from its answers of 429.
///
/// One chat that is asked to wait tells nothing about the others; two at once do, and so does a long wait.
package struct BotHold: Hashable, Sendable {
    /// Longer waits concern the whole bot.
    private static let longestOfChat: Duration = .seconds(60)

    /// Until when no call of the bot starts.
    package private(set) var heldUntil: Instant
    /// The chat of the last such answer.
    package private(set) var warnedChat: ChatID?
    package private(set) var warnedUntil: Instant?

    package init(heldUntil: Instant, warnedChat: ChatID? = nil, warnedUntil: Instant? = nil) {
        self.heldUntil = heldUntil
        self.warnedChat = warnedChat
        self.warnedUntil = warnedUntil
    }

    /// Takes in that a chat is to be left alone.
    package mutating func note(_ wait: Duration, from chat: ChatID, now: Instant) {
        let until = now + wait
        if let time = warnedUntil, !time.isCredible(at: now, within: ClockSkew.longTolerance) {
            (warnedChat, warnedUntil) = (nil, nil)
        }
        heldUntil = heldUntil.credible(at: now, within: ClockSkew.longTolerance)
        let isSecond = warnedChat != nil && warnedChat != chat && warnedUntil.map { $0 > now } ?? false
        if wait > Self.longestOfChat || isSecond { heldUntil = max(heldUntil, until) }
        if warnedChat == chat, let warnedUntil, warnedUntil > until { return }
        (warnedChat, warnedUntil) = (chat, until)
    }
}
