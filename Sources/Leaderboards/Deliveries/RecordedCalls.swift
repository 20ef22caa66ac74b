/// What all instances know of the calls of a bot and of one of its chats.
package struct RecordedCalls: Sendable {
    /// When calls were recorded to start.
    package let botSlots: [Instant]
    package let chatSlots: [Instant]
    /// Until when the chat is left alone by its limits.
    package let chatFreeAt: Instant
    /// Until when Telegram wants them to be left alone.
    package let botHeldUntil: Instant
    package let chatHeldUntil: Instant
    package let isPrivate: Bool

    package init(
        botSlots: [Instant],
        chatSlots: [Instant],
        chatFreeAt: Instant,
        botHeldUntil: Instant,
        chatHeldUntil: Instant,
        isPrivate: Bool
    ) {
        self.botSlots = botSlots
        self.chatSlots = chatSlots
        self.chatFreeAt = chatFreeAt
        self.botHeldUntil = botHeldUntil
        self.chatHeldUntil = chatHeldUntil
        self.isPrivate = isPrivate
    }

    /// Whether clocks that were right may have written all slots.
    package func isCredible(at now: Instant) -> Bool {
        (botSlots + chatSlots).allSatisfy { $0.isCredible(at: now) }
    }

    /// Before when no further call about the chat may start; nil when one may now.
    ///
    /// Calls of others count as started as late as they may.
    package func opening(within limits: CallLimits, now: Instant) -> Instant? {
        let history = CallHistory()
        let openings = [
            botHeldUntil.credible(at: now, within: ClockSkew.longTolerance),
            chatHeldUntil.credible(at: now, within: ClockSkew.longTolerance), chatFreeAt.credible(at: now),
            limits.botOpening(after: history.starts(recorded: botSlots, now: now)),
            limits.chatOpening(after: history.starts(recorded: chatSlots, now: now), isPrivate: isPrivate),
        ]
        return openings.compactMap(\.self).max().flatMap { $0 > now ? $0 : nil }
    }
}
