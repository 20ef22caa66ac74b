/// A chat in which Telegram refuses what the bot writes.
///
/// One refusal does not write a chat off: it is tried with one call after a while and after every ``SignOfLife``, and
/// the first message that can be written opens it.
package struct ChatClosure: Hashable, Sendable {
    /// How long after each refusal the chat is tried again by itself; the last holds for all further ones.
    package static let waits: [Duration] = [.seconds(3600), .seconds(6 * 3600), .seconds(24 * 3600)]

    /// Since when it is closed.
    package let since: Instant
    /// Telegram's words at the last refusal.
    package let reason: String
    /// How many tries in a row were refused.
    package let refusals: Int
    /// When the last refusal came.
    package let refusedAt: Instant
    /// When it is tried again.
    package let retryAt: Instant

    package init(since: Instant, reason: String, refusals: Int, refusedAt: Instant, retryAt: Instant) {
        self.since = since
        self.reason = reason
        self.refusals = refusals
        self.refusedAt = refusedAt
        self.retryAt = retryAt
    }

    /// Takes in a refusal of a chat that was open or closed before.
    ///
    /// - Parameter claimedAt: When the call was claimed; one that was under way when the chat was last refused is no try.
    ///   Nil where no call was made: what Telegram tells by itself is no try, however often it does.
    package init(_ before: ChatClosure?, refusedBecause reason: String, claimedAt: Instant?, now: Instant) {
        guard let before else {
            self.init(since: now, reason: reason, refusals: 1, refusedAt: now, retryAt: now + Self.waits[0])
            return
        }
        let isTry = claimedAt.map { $0 >= before.refusedAt || !before.refusedAt.isCredible(at: now) } ?? false
        let refusals = before.refusals + (isTry ? 1 : 0)
        let wait = Self.waits[min(refusals, Self.waits.count) - 1]
        self.init(
            since: before.since,
            reason: reason,
            refusals: refusals,
            refusedAt: isTry ? now : before.refusedAt,
            retryAt: isTry ? now + wait : before.retryAt
        )
    }
}

/// What has a closed chat tried again before its time.
///
/// A message that could be written, and Telegram's word that the bot is back, open it without a try.
package enum SignOfLife: CaseIterable, Sendable {
    /// Somebody pressed a button there.
    case press
    /// Telegram is to hold a new value there.
    case newValue
    /// An operator asked for it.
    case retry

    /// How far apart tries for this reason are at least; a sign that comes earlier is followed then.
    package var interval: Duration {
        switch self {
        case .press: .seconds(10)
        case .newValue: .seconds(300)
        case .retry: .zero
        }
    }
}
