package import Leaderboards
package import Postgres
package import Storage

extension DeliveryQueue {
    package func settle(
        _ claim: DeliveryClaim,
        _ answer: DeliveryAnswer
    ) async throws(PostgresError) -> DeliverySettlement? {
        let now = now
        let random = Double.random(in: 0...1)
        return try await pool.committing { session throws(PostgresError) in
            try session.deliverySettle(claim, now: now, refusalPause: Self.refusalPause) { state in
                DeliverySettlement(state, after: claim.call, answer: answer, now: now, random: random)
            }
        }
    }

    /// Whoever called is gone, and what became of the call is not known.
    package func takeBackExpired() async throws(PostgresError) {
        // Rows that one transaction takes back at most.
        let portion = 100
        let lost = DeliveryAnswer.temporary(
            "whoever called did not say how it ended",
            mayHaveTakenEffect: true
        )
        let now = now
        let random = Double.random(in: 0...1)
        var taken = portion
        while taken == portion {
            taken = try await pool.transaction { session throws(PostgresError) in
                try session.deliveriesTakeBack(of: bot, now: now, limit: portion) { state, call in
                    DeliverySettlement(state, after: call, answer: lost, now: now, random: random)
                }
            }
        }
    }
}
