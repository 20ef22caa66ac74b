/// How often Telegram may be called, over any interval of each length, counted when calls start.
///
/// The defaults are what Telegram publishes (Bot FAQ, "My bot is hitting limits"). No number is published for edits and
/// `setGameScore`; a score with its edit is budgeted like a message.
package struct CallLimits: Hashable, Sendable {
    /// Beyond the length of a window: times are kept in whole milliseconds, and a call that started later may arrive
    /// a little faster than the one before it.
    private static let margin: Duration = .milliseconds(20)
    /// How long starts matter to any window.
    package static let memory: Duration = .seconds(61)

    /// How long messages of the bot's own matter.
    package static let memoryOfMessages: Duration = .seconds(120)

    /// Calls about one chat in any second.
    package let chatPerSecond: Int
    /// Calls about one chat that is not private in any minute.
    package let chatPerMinute: Int
    /// Calls of one bot in any second.
    package let botPerSecond: Int

    package init(chatPerSecond: Int = 1, chatPerMinute: Int = 20, botPerSecond: Int = 30) {
        self.chatPerSecond = chatPerSecond
        self.chatPerMinute = chatPerMinute
        self.botPerSecond = botPerSecond
    }

    /// When one more call about a chat may start after others, ascending; nil when it may start whenever it likes.
    ///
    /// A person's chat with the bot has no limit a minute.
    package func chatOpening(after starts: [Instant], isPrivate: Bool) -> Instant? {
        let openings = [
            Self.opening(after: starts, chatPerSecond, in: Self.second),
            isPrivate ? nil : Self.opening(after: starts, chatPerMinute, in: .seconds(60) + Self.margin),
        ]
        return openings.compactMap(\.self).max()
    }

    /// When one more message of the bot's own may be sent to a chat: at most one in ten seconds, and never so many
    /// that deliveries have less than half of what the chat takes.
    ///
    /// The messages before it come in any order.
    package func messageOpening(after messages: [Instant], isPrivate: Bool) -> Instant? {
        let sorted = messages.sorted()
        // One in ten seconds is less than half of any limit a second. Half of one a minute is one in two minutes.
        let half =
            chatPerMinute > 1
            ? Self.opening(after: sorted, chatPerMinute / 2, in: .seconds(60))
            : Self.opening(after: sorted, 1, in: Self.memoryOfMessages)
        let openings = [Self.opening(after: sorted, 1, in: .seconds(10)), isPrivate ? nil : half]
        return openings.compactMap(\.self).max()
    }

    /// When one more call of the bot may start after others, ascending; nil when it may start whenever it likes.
    package func botOpening(after starts: [Instant]) -> Instant? {
        Self.opening(after: starts, botPerSecond, in: Self.second)
    }

    /// How many calls of the bot may start now.
    package func botRoom(after starts: [Instant], now: Instant) -> Int {
        max(botPerSecond - starts.count { $0 + Self.second > now }, 0)
    }

    private static let second = Duration.seconds(1) + margin

    /// A window that slides, not a bucket that refills.
    private static func opening(after starts: [Instant], _ calls: Int, in length: Duration) -> Instant? {
        starts.count >= calls ? starts[starts.count - calls] + length : nil
    }
}
