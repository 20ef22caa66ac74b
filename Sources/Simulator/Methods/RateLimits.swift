/// Telegram's published limits on messages: per chat, per minute in groups, and per bot.
///
/// Off until switched on. Every call that would post or edit counts, whichever way the chat was addressed.
package struct RateLimits: Codable, Sendable {
    private struct Place: Hashable, Codable, Sendable {
        let bot: Int64
        let chat: ChatKey?
    }

    /// Whether calls are limited.
    package var isOn = false
    private var starts: [Place: [Int64]] = [:]

    /// Admits a call or says after how many seconds to come again.
    ///
    /// - Parameters:
    ///   - chat: The chat that is written to.
    ///   - isPrivate: Whether it is a private chat, which has no limit per minute.
    /// - Returns: Nil when admitted, otherwise whole seconds, at least 1.
    mutating func admit(bot: Int64, chat: ChatKey, isPrivate: Bool, now: Int64) -> Int64? {
        guard isOn else { return nil }
        let chatPlace = Place(bot: bot, chat: chat)
        let botPlace = Place(bot: bot, chat: nil)
        let inChat = (starts[chatPlace] ?? []).filter { $0 > now - 60_000 }
        let inAll = (starts[botPlace] ?? []).filter { $0 > now - 1_000 }
        let wait =
            [
                Self.wait(inChat.filter { $0 > now - 1_000 }, limit: 1, period: 1_000, now: now),
                isPrivate ? 0 : Self.wait(inChat, limit: 20, period: 60_000, now: now),
                Self.wait(inAll, limit: 30, period: 1_000, now: now),
            ].max() ?? 0
        starts[chatPlace] = inChat
        starts[botPlace] = inAll
        guard wait == 0 else { return max(1, (wait + 999) / 1000) }
        starts[chatPlace, default: []].append(now)
        starts[botPlace, default: []].append(now)
        return nil
    }

    /// Forgets what was counted.
    mutating func reset() { starts = [:] }

    private static func wait(_ starts: [Int64], limit: Int, period: Int64, now: Int64) -> Int64 {
        guard starts.count >= limit else { return 0 }
        return max(0, starts[starts.count - limit] + period - now)
    }
}
