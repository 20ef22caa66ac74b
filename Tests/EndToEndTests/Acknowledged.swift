import Synchronization

/// What many players at once were told is kept.
final class Acknowledged: Sendable {
    private let scores = Mutex<[String: Int]>([:])

    /// All of them, by run.
    var all: [String: Int] { scores.withLock { $0 } }

    /// Notes a score.
    ///
    /// - Returns: How many there are now.
    func add(_ run: String, _ score: Int) -> Int {
        scores.withLock { scores in
            scores[run] = score
            return scores.count
        }
    }
}
