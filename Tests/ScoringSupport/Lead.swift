import Leaderboards
package import Outbox
import Scoring
import Storage
import Synchronization

/// The one that claims on a stage: it takes over when it is first asked, and its calls start at once.
package final class Lead: Sendable {
    package init() {}

    private let term = Mutex<DeliveryTerm?>(nil)

    /// Lets the next claim take over.
    package func retire() { term.withLock { $0 = nil } }

    /// Takes back what nobody settled and claims.
    package func claim(_ stage: Stage, limit: Int = 10) async throws -> DeliveryClaim {
        let term: DeliveryTerm
        if let known = self.term.withLock({ $0 }) {
            term = known
        } else {
            term = try await stage.deliveries.takeOver(Stage.bot)
            self.term.withLock { $0 = term }
        }
        try await term.tidy()
        let claim = try await term.claim(limit: limit)
        for item in claim.items { _ = term.start(item) }
        return claim
    }
}
