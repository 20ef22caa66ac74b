/// What streams may take.
package struct WatchLimits: Sendable {
    /// Streams that may be open.
    package var capacity = 20_000
    /// Topics that are read at the same time; they make up few statements.
    package var concurrentReadings = 64
    /// From one document of a topic to the next: a little over a quarter of a second, so that even those that the
    /// network pushes together are no more than four a second.
    package var interval: Duration = .milliseconds(260)
    /// From a reading that failed to the next.
    package var retryInterval: Duration = .seconds(2)
    /// How long somebody who opens a stream waits for its first document: within the 5 s that clients are promised.
    package var openingTimeout: Duration = .seconds(4)
    /// How often each stream gives a sign of life, in beats of one second.
    package var beatsPerPulse = 15

    package init() {}
}
