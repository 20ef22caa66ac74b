/// How long Telegram wants a bot to be left alone, gathered from its answers of 429.
///
/// One chat that is asked to wait tells nothing about the others; two at once do, and so does a long wait.
package struct BotHold: Hashable, Sendable {
    /// Longer waits concern the whole bot.
    private static let longestOfChat: Duration = .seconds(60)

    /// A chat that is to be left alone.
    package struct Warning: Hashable, Sendable {
        package let chat: ChatID
        package let until: Instant

        package init(chat: ChatID, until: Instant) {
            self.chat = chat
            self.until = until
        }
    }

    /// Until when no call of the bot starts.
    package private(set) var heldUntil: Instant
    /// The last such answer.
    package private(set) var warning: Warning?

    /// Describes what is known.
    ///
    /// - Parameter heldUntil: Until when no call of the bot starts.
    package init(heldUntil: Instant, warning: Warning? = nil) {
        self.heldUntil = heldUntil
        self.warning = warning
    }

    /// Takes in that a chat is to be left alone.
    ///
    /// - Parameter chat: The chat of the call.
    package mutating func note(_ wait: Duration, from chat: ChatID, now: Instant) {
        let until = now + wait
        if let warning, !warning.until.isCredible(at: now, within: ClockSkew.longTolerance) {
            self.warning = nil
        }
        heldUntil = heldUntil.credible(at: now, within: ClockSkew.longTolerance)
        let isSecond = warning.map { $0.chat != chat && $0.until > now } ?? false
        if wait > Self.longestOfChat || isSecond { heldUntil = max(heldUntil, until) }
        if let warning, warning.chat == chat, warning.until > until { return }
        warning = Warning(chat: chat, until: until)
    }
}
