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

    /// When one more message of the bot's own may be sent to a chat: not too soon after the last of its kind, and never so
    /// many of all kinds that deliveries have less than half of what the chat takes.
    ///
    /// A leaderboard that somebody asks for leaves a quarter of that free besides: whatever is delivered next goes at once,
    /// and is held up for seconds at most where players keep the chat busy.
    ///
    /// - Parameters:
    ///   - messages: The messages of its kind before it, in any order.
    ///   - others: Those of other kinds.
    ///   - calls: All calls about the chat, in any order.
    package func messageOpening(
        _ kind: OwnMessage,
        after messages: [Instant],
        others: [Instant] = [],
        calls: [Instant] = [],
        isPrivate: Bool
    ) -> Instant? {
        let sorted = (messages + others).sorted()
        var openings = [Self.opening(after: messages.sorted(), 1, in: kind.spacing)]
        if !isPrivate {
            // A kind's spacing leaves more than half of any limit a second. Half of one a minute is one in two minutes.
            openings.append(
                chatPerMinute > 1
                    ? Self.opening(after: sorted, chatPerMinute / 2, in: .seconds(60))
                    : Self.opening(after: sorted, 1, in: Self.memoryOfMessages)
            )
            if kind == .board {
                let most = max(chatPerMinute * 3 / 4, 1)
                openings.append(Self.opening(after: calls.sorted(), most, in: .seconds(60)))
            }
        }
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
