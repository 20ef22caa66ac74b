package import Leaderboards
import Storage

/// What an operator sets of the use cases.
package struct ScoringConfiguration: Sendable {
    /// How long a launch may be used.
    package var launchLifetime: Duration = .seconds(24 * 3600)
    /// How long a run may be used.
    package var runLifetime: Duration = .seconds(6 * 3600)
    /// How often one player may submit; nil is as often as they like.
    package var playerRate: RateLimit? = RateLimit(perSecond: 5, burst: 50)
    /// How much pages may submit for one player in a UTC day; nil is any number.
    package var playerQuota: PlayerQuota? = .usual
    /// How often Telegram may be called.
    package var callLimits = CallLimits()
    /// How long the answer to a press waits for its write, so that with the interval at which timeouts are
    /// checked it is given within 250 ms.
    package var pressTimeout: Duration = .milliseconds(200)
    /// How long a submission waits for its write: with time to answer, within the 5 s that clients are promised.
    package var submissionTimeout: Duration = .milliseconds(4500)
    /// How long a reader of a leaderboard waits, with the same in mind.
    package var readTimeout: Duration = .milliseconds(4500)
    /// Submissions, or readers, that may wait at once.
    package var queueCapacity = 4096
    /// Submissions that one transaction takes at most.
    package var batchSize = 500
    /// How many bytes of what transactions knew may be kept for the next ones; 0 keeps nothing.
    package var memory = 64_000_000
    /// What those who watch leaderboards may take.
    package var watches = WatchLimits()

    package init() {}

    /// How much of what presses tell may wait to be written.
    var pressLimits: CommitLimits {
        limits(
            writers: 2,
            writersOfKey: 2,
            worthwhileBatch: 24,
            delay: .milliseconds(1),
            timeout: pressTimeout
        )
    }

    /// How much may wait in a queue of this service.
    func limits(
        batchSize: Int? = nil,
        writers: Int,
        writersOfKey: Int = 1,
        worthwhileBatch: Int = 1,
        delay: Duration = .zero,
        timeout: Duration
    ) -> CommitLimits {
        CommitLimits(
            capacity: queueCapacity,
            batchSize: batchSize ?? self.batchSize,
            writers: writers,
            writersOfKey: writersOfKey,
            worthwhileBatch: worthwhileBatch,
            delay: delay,
            timeout: timeout
        )
    }

    /// How old a Mini App's data may be; its launch is as old from the beginning.
    static let maximumAppAge: Duration = .seconds(3600)

    /// How long after a month's end retention leaves it alone: no run launched in it can still get a score, with time
    /// to spare for clocks and for those that were put off.
    package var retentionMargin: Duration {
        max(.seconds(72 * 3600), launchLifetime + runLifetime + Self.maximumAppAge)
    }
}
