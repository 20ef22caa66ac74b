/// So many calls in any stretch of a length: a sliding window, not a bucket that refills.
struct CallWindow: Hashable, Sendable {
    let calls: Int
    let length: Duration

    /// When one more call may start.
    ///
    /// - Returns: The earliest time; nil when it may start whenever it likes.
    func opening(after starts: [Instant]) -> Instant? {
        guard starts.count >= calls else { return nil }
        return starts[starts.count - calls] + length
    }
}

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

    /// Sets the limits.
    ///
    /// - Parameters:
    ///   - chatPerSecond: Calls about one chat in any second.
    ///   - chatPerMinute: Calls about one chat that is not private in any minute.
    ///   - botPerSecond: Calls of one bot in any second.
    package init(chatPerSecond: Int = 1, chatPerMinute: Int = 20, botPerSecond: Int = 30) {
        self.chatPerSecond = chatPerSecond
        self.chatPerMinute = chatPerMinute
        self.botPerSecond = botPerSecond
    }

    /// When one more call about a chat may start.
    ///
    /// - Parameters:
    ///   - starts: When calls about it started, ascending.
    ///   - isPrivate: Whether it is a person's chat with the bot, which has no limit a minute.
    /// - Returns: The earliest time; nil when it may start whenever it likes.
    package func chatOpening(after starts: [Instant], isPrivate: Bool) -> Instant? {
        let second = CallWindow(calls: chatPerSecond, length: .seconds(1) + Self.margin)
        let minute = CallWindow(calls: chatPerMinute, length: .seconds(60) + Self.margin)
        let openings = [second.opening(after: starts), isPrivate ? nil : minute.opening(after: starts)]
        return openings.compactMap { $0 }.max()
    }

    /// When one more message of the bot's own may be sent to a chat: at most one in ten seconds, and never so many that
    /// deliveries have less than half of what the chat takes.
    ///
    /// - Parameters:
    ///   - messages: When such messages were sent there, in any order.
    ///   - isPrivate: Whether it is a person's chat with the bot, which has no limit a minute.
    /// - Returns: The earliest time; nil when it may be sent whenever it likes.
    package func messageOpening(after messages: [Instant], isPrivate: Bool) -> Instant? {
        let sorted = messages.sorted()
        // One in ten seconds is less than half of any limit a second. Half of one a minute is one in two minutes.
        let half =
            chatPerMinute > 1
            ? CallWindow(calls: chatPerMinute / 2, length: .seconds(60))
            : CallWindow(calls: 1, length: Self.memoryOfMessages)
        let openings = [
            CallWindow(calls: 1, length: .seconds(10)).opening(after: sorted),
            isPrivate ? nil : half.opening(after: sorted),
        ]
        return openings.compactMap(\.self).max()
    }

    /// When one more call of the bot may start.
    ///
    /// - Parameter starts: When its calls started, ascending.
    /// - Returns: The earliest time; nil when it may start whenever it likes.
    package func botOpening(after starts: [Instant]) -> Instant? {
        botWindow.opening(after: starts)
    }

    /// How many calls of the bot may start now.
    ///
    /// - Parameter starts: When its calls started, ascending.
    package func botRoom(after starts: [Instant], now: Instant) -> Int {
        let window = botWindow
        return max(window.calls - starts.count { $0 + window.length > now }, 0)
    }

    private var botWindow: CallWindow {
        CallWindow(calls: botPerSecond, length: .seconds(1) + Self.margin)
    }
}
