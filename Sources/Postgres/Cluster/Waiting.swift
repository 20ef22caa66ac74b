import Glibc
import Logging

/// A wait with a limit, in small steps, that says after a second that it is waiting.
///
/// It blocks the thread it is called on, which must be a ``QueueExecutor``.
struct Waiting {
    let limit: Duration
    let logger: Logger
    /// What is being waited for, as a sentence for the log.
    let reason: String
    /// Whether the wait ends when the task is cancelled, as all but cleaning up should.
    var isCancellable = true

    /// Repeats a step until it gives a value.
    ///
    /// - Parameter step: Gives the value, or nil to be called again.
    /// - Returns: The value, or nil when the limit was reached first.
    /// - Throws: What the step throws, and `cancelled`.
    func until<Value>(_ step: () throws(ClusterError) -> Value?) throws(ClusterError) -> Value? {
        let clock = ContinuousClock()
        let start = clock.now
        var report = Duration.seconds(1)
        var pause: UInt32 = 5_000
        while true {
            if let value = try step() { return value }
            let waited = clock.now - start
            guard waited < limit else { return nil }
            guard !isCancellable || !Task.isCancelled else {
                throw ClusterError(.cancelled, "cancelled while waiting: \(reason)")
            }
            if waited >= report {
                logger.info("\(reason)", metadata: ["waited_s": "\(waited.components.seconds)"])
                report = waited + .seconds(5)
            }
            usleep(pause)
            pause = min(pause * 2, 50_000)
        }
    }
}
