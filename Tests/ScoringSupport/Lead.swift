package import Outbox
import Storage
import Synchronization

/// The one that claims on a stage: it takes over when it is first asked, and its calls start at once.
package final class Lead: Sendable {
    package init() {}

    private let hasTakenOver = Mutex(false)

    /// Lets the next claim take over.
    package func retire() { hasTakenOver.withLock { $0 = false } }

    /// Takes back what nobody settled and claims.
    package func claim(_ stage: Stage, limit: Int = 10) async throws -> ClaimResult {
        let queue = stage.deliveries
        if !hasTakenOver.withLock({ $0 }) {
            try await queue.takeOver()
            hasTakenOver.withLock { $0 = true }
        }
        try await queue.takeBackExpired()
        let result = try await queue.claim(limit: limit)
        for claim in result.claims { _ = queue.start(claim) }
        return result
    }
}
