import Leaderboards
import Synchronization

/// The one reason, if any, that a service has to give for not working as it should.
final class StatusReason: Sendable {
    private let state: Mutex<UnreadyReason?>

    init(_ initial: UnreadyReason? = nil) {
        state = Mutex(initial)
    }

    /// The reason as a list that can be joined with others.
    var list: [UnreadyReason] { state.withLock { $0.map { [$0] } ?? [] } }

    /// Replaces the reason.
    ///
    /// - Parameter reason: Nil when all is well.
    /// - Returns: Whether there was a reason before.
    @discardableResult
    func set(_ reason: UnreadyReason?) -> Bool {
        state.withLock { state in
            defer { state = reason }
            return state != nil
        }
    }
}
