import Curl
import Foundation
import Leaderboards
import Postgres
import Scoring
import Simulator
import Storage

/// People whose scores are brought one by one, each in a chat of their own: fewer than a bot may call in a second.
private let lonePeople = 25
private let claims = 50
/// Calls that Telegram takes from a bot in a second.
private let allowedRate = 30.0
private let patience = Duration.seconds(180)

extension Stage {
    /// How soon a score is brought to Telegram, what a claim costs while a thousand wait, and how many are brought.
    func measureDeliveries() async throws -> [BenchResult] {
        let tokens = people.launches(of: game(.delivered), message: BenchGame.delivered.message)
        progress("deliveries: one after another")
        var delays: [Double] = []
        for (number, token) in tokens.prefix(lonePeople).enumerated() {
            try await submit(token)
            let committedAt = Date.now.timeIntervalSince1970 * 1000
            let calledAt = try await calls(number + 1)[number]
            delays.append(max(calledAt - committedAt, 0))
        }
        progress("deliveries: \(tokens.count - lonePeople) at once")
        for token in tokens.dropFirst(lonePeople) { try await submit(token) }
        let times = try await claimTimes()
        let calls = try await calls(tokens.count)[lonePeople...].sorted()
        let seconds = (calls[calls.count - 1] - calls[0]) / 1000
        var delay = BenchResult("delivery, commit to call, p99", delays.sorted().percentile(99), unit: "ms")
        delay.p50 = delays.sorted().percentile(50)
        var claim = BenchResult(
            "claim of deliveries, p99",
            times.percentile(99),
            unit: "ms",
            goals: [.valueAtMost(5)],
            note: "of 30 in 50 chats, in the database; few minutes old, and up to \(calls.count) wait"
        )
        claim.p50 = times.percentile(50)
        var rate = BenchResult(
            "deliveries",
            Double(calls.count - 1) / seconds,
            unit: "1/s",
            goals: [.ratioAtLeast(0.9)]
        )
        rate.ratios = [rate.value / allowedRate]
        rate.baseline = BenchResult.Baseline(name: "what Telegram takes", value: allowedRate)
        return [delay, claim, rate]
    }

    private func submit(_ token: String) async throws {
        _ = try await service.document(
            .post,
            "/v1/scores",
            headers: [
                (name: "Authorization", value: "Bearer \(token)"),
                (name: "Content-Type", value: "application/json"),
            ],
            body: #"{"score":1000}"#
        )
    }

    /// When scores came to Telegram, in milliseconds since 1970, once there are so many.
    private func calls(_ count: Int) async throws -> [Double] {
        let deadline = ContinuousClock.now + patience
        while true {
            let calls = telegram.calls.filter { $0.method == "setGameScore" }.map { Double($0.time) }
            if calls.count >= count { return calls }
            guard ContinuousClock.now < deadline else {
                throw BenchError(.failed, "of \(count) scores \(calls.count) came to Telegram")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// What the two statements of a claim take, the shortest first; nothing is claimed.
    private func claimTimes() async throws -> [Double] {
        var times: [Double] = []
        for _ in 0..<claims {
            // Later than all that the service has claimed by then, so that every chat has its turn.
            let now = Instant.now + .seconds(120)
            times.append(
                try await database.pool.transaction(TransactionOptions(isDryRun: true)) {
                    session throws(PostgresError) in
                    let start = ContinuousClock.now
                    let ready = try session.run(.deliveryChatsReady(of: BenchPeople.bot, limit: 50, now: now))
                    let keys = ready.compactMap(\.first).prefix(30)
                    let lease = Identifier128(high: 0, low: 1)
                    _ = try session.run(
                        .deliveriesClaim(Array(keys), now: now, lease: lease, leaseUntil: now + .seconds(30))
                    )
                    return (ContinuousClock.now - start).seconds * 1e3
                }
            )
        }
        return times.sorted()
    }
}
