import Simulator

/// How many calls about scores there may be, over any interval of a length, not only whole seconds and minutes.
struct CallBudget: Sendable {
    /// A call as the budget sees it.
    struct Call: Sendable {
        let chat: String
        let isPrivate: Bool
        /// When it came, in microseconds.
        let time: Int64
    }

    let chatPerSecond: Int
    let chatPerMinute: Int
    let botPerSecond: Int
    /// How much shorter an interval may look because one call took longer to arrive than the next, in microseconds.
    var jitter: Int64 = 0

    /// The spelling of `HIGHSCORES_TELEGRAM_RATE`.
    var text: String { "chat \(chatPerSecond)/s \(chatPerMinute)/min, bot \(botPerSecond)/s" }

    /// Where the budget was exceeded.
    ///
    /// - Parameter calls: The calls of one bot.
    /// - Returns: One line for each call that came too early; empty when the budget was kept.
    func violations(of calls: [Call]) -> [String] {
        var found = Self.early(calls, "bot", botPerSecond, 1_000_000 - jitter)
        for (chat, calls) in Dictionary(grouping: calls, by: \.chat).sorted(by: { $0.key < $1.key }) {
            found += Self.early(calls, "chat \(chat)", chatPerSecond, 1_000_000 - jitter)
            guard calls.contains(where: { !$0.isPrivate }) else { continue }
            found += Self.early(calls, "chat \(chat)", chatPerMinute, 60_000_000 - jitter)
        }
        return found
    }

    /// The calls that came less than a span after the one that is as many places before them as the limit allows.
    private static func early(_ calls: [Call], _ name: String, _ limit: Int, _ span: Int64) -> [String] {
        let times = calls.map(\.time).sorted()
        return zip(times, times.dropFirst(limit)).compactMap { first, last in
            guard last - first < span else { return nil }
            return "\(name): \(limit + 1) calls within \((last - first) / 1000) ms, at \(last / 1000) ms"
        }
    }
}
