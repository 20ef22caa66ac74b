import Leaderboards
import Outbox
import Postgres
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// Two instances that take the say from one another at any moment never call more often than Telegram allows, counted
/// over any interval from the moments at which calls start.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct LeaderChangeTests {
    private static let chats: Int64 = 45
    private static let privateChats: Int64 = 5
    private static let players: Int64 = 30

    /// One instance as it goes about its work.
    private struct Instance {
        var hasTakenOver = false
        /// When it claims next.
        var due: Instant
        /// What it has claimed, and when it will get round to calling.
        var claimed: [(item: DeliveryClaim, at: Instant)] = []
    }

    /// A call that reached Telegram.
    private struct Call {
        let chat: ChatID
        let at: Instant
    }

    private func wantMany(_ stage: Stage) async throws -> Set<ChatID> {
        try await stage.pool.transaction { session throws(PostgresError) in
            guard let game = try session.run(.gameGet(stage.game)) else {
                throw PostgresError(.decoding, "no game")
            }
            var privates: Set<ChatID> = []
            for number in 1...Self.chats {
                let isPrivate = number <= Self.privateChats
                let address = TelegramChatID(rawValue: isPrivate ? 5_000_000 + number : -1000 - number)
                let alias = ChatAlias(instance: ChatInstance(rawValue: number), address: address)
                let chat = try session.chatsResolve([alias], bot: Stage.bot)[0].chat
                if isPrivate { privates.insert(chat) }
                let desired = (1...(isPrivate ? 120 : Self.players)).map { player in
                    DesiredScore(
                        chat: chat,
                        player: PlayerID(rawValue: player),
                        score: 10,
                        target: Target.message(chat: address, id: 1).stored
                    )
                }
                try session.desiredScoresWrite(desired, game: game, now: stage.clock.now)
            }
            return privates
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `no limit is exceeded at any time`(seed: UInt64) async throws {
        try await Stage.with {
            $0.instances = 2
        } _: { stage in
            var generator = SeededGenerator(seed: seed)
            let privates = try await wantMany(stage)
            let end = stage.clock.now + .seconds(70)
            var instances = [Instance(due: stage.clock.now), Instance(due: end)]
            var nextChange = stage.clock.now
            var leader = 0
            var calls: [Call] = []
            var changes = 0
            while stage.clock.now < end {
                let now = stage.clock.now
                if now >= nextChange {
                    // Whoever had the say does not know that it lost it, and has calls to start.
                    leader = 1 - leader
                    try await stage.queues[leader].takeOver()
                    instances[leader].hasTakenOver = true
                    instances[leader].due = now
                    nextChange = now + .milliseconds(Int.random(in: 200..<9_000, using: &generator))
                    changes += 1
                }
                for number in instances.indices {
                    for (item, _) in instances[number].claimed.filter({ $0.at <= now }) {
                        let answer: DeliveryAnswer
                        if stage.queues[number].start(item) {
                            calls.append(Call(chat: item.key.chat, at: now))
                            answer =
                                [.delivered, .notModified, .temporary("502", mayHaveTakenEffect: true)]
                                .randomElement(using: &generator) ?? .delivered
                        } else {
                            answer = .notCalled
                        }
                        // Some are never heard of again.
                        if Int.random(in: 0..<20, using: &generator) > 0 {
                            _ = try await stage.queues[number].settle(item, answer)
                        }
                    }
                    instances[number].claimed.removeAll { $0.at <= now }
                    guard instances[number].hasTakenOver, instances[number].due <= now else { continue }
                    let claim = try await stage.queues[number].claim(limit: 100)
                    #expect(claim.isDeposed == (number != leader))
                    instances[number].due =
                        claim.isDeposed
                        ? now + .milliseconds(700)
                        : max(claim.next ?? now + .seconds(1), now + .milliseconds(10))
                    instances[number].claimed += claim.claims.map { item in
                        // Most calls start at once, a few late, and some too late.
                        let isLate = Int.random(in: 0..<5, using: &generator) == 0
                        let delay = Int.random(in: isLate ? 20..<650 : 1..<8, using: &generator)
                        return (item, now + .milliseconds(delay))
                    }
                }
                let moments = instances.flatMap { [$0.due] + $0.claimed.map(\.at) } + [nextChange]
                let next = moments.filter { $0 > now }.min() ?? now
                stage.clock.advance(by: max(next - now, .milliseconds(1)))
            }
            #expect(changes > 8)
            // A pace near the budget, though whoever takes over reckons with the latest starts of the other's calls.
            #expect(calls.count > 900)
            #expect(most(calls, within: .seconds(1)) <= 30)
            for (chat, calls) in Dictionary(grouping: calls, by: \.chat) {
                #expect(most(calls, within: .seconds(1)) <= 1)
                if !privates.contains(chat) { #expect(most(calls, within: .seconds(60)) <= 20) }
            }
        }
    }

    /// The most calls that start within any stretch of a length, its end included.
    private func most(_ calls: [Call], within length: Duration) -> Int {
        let starts = calls.map(\.at).sorted()
        return starts.indices.map { first in
            starts[first...].prefix { $0 <= starts[first] + length }.count
        }.max() ?? 0
    }
}
