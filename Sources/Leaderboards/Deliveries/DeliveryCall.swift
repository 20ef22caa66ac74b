/// What a call to Telegram does for a delivery.
package enum DeliveryStep: String, Hashable, Sendable {
    /// Sends the score, which Telegram takes if it is higher than the one it has.
    case score
    /// Sends the score, which Telegram takes whatever it has; 0 takes the player off the table.
    case force
    /// Reads the table, since the outcome of a forced call is not known.
    case read
}

/// A call to Telegram for a delivery.
package struct DeliveryCall: Hashable, Sendable {
    package let step: DeliveryStep
    /// The value that was sent, 0 for none; of no meaning when the table is read.
    package let value: Int32
    /// When it was claimed; it started no later than ``CallHistory/slotLifetime`` after that.
    package let claimedAt: Instant
    /// Whether it names a message that somebody sent through inline mode.
    package let isInline: Bool

    package init(step: DeliveryStep, value: Int32, claimedAt: Instant, isInline: Bool = false) {
        self.step = step
        self.value = value
        self.claimedAt = claimedAt
        self.isInline = isInline
    }
}
