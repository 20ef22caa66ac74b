/// How far ahead a recorded time may lie before it counts as now: some clock was wrong when it was written.
///
/// Instances share what they record of calls, each by its own clock. One that is an hour ahead, or was set back by an
/// hour, must not stop what all of them do.
package enum ClockSkew {
    /// For slots, pauses between calls, leases and ordinary retries, none of which reaches further.
    package static let tolerance = CallLimits.memory
    /// For what may last a day: Telegram's `retry_after`, and until a closed chat is tried again.
    package static let longTolerance = Duration.seconds(86_400) + tolerance
    /// For a delivery after an answer that nobody has seen before, or that forbids an inline message.
    package static let rejectionTolerance =
        ((DeliverySettlement.rejectionWaits + ChatClosure.waits).max() ?? .zero) + tolerance
}

extension Instant {
    /// Whether a clock that was right may have written the time.
    package func isCredible(at now: Instant, within tolerance: Duration = ClockSkew.tolerance) -> Bool {
        self <= now + tolerance
    }

    /// The time, or now where it cannot be right.
    package func credible(at now: Instant, within tolerance: Duration = ClockSkew.tolerance) -> Instant {
        isCredible(at: now, within: tolerance) ? self : now
    }
}
