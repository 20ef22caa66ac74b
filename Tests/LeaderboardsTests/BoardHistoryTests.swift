@testable import Leaderboards
import TestSupport
import Testing

/// A leaderboard that is simply sorted anew after every run, to compare with.
private struct PlainBoard {
    let rules: GameRules
    private(set) var entries: [PlayerID: Entry] = [:]

    init(rules: GameRules) { self.rules = rules }

    var order: [SortKey] { entries.values.map(\.sortKey).sorted() }

    func rank(of player: PlayerID) -> Int? {
        order.firstIndex { $0.player == player }.map { $0 + 1 }
    }

    mutating func place(_ run: RunID, of player: PlayerID, score: Score, at now: Instant)
        -> BoardHistory.Placement
    {
        let before = rank(of: player)
        let points = Int64(score.value)
        let isBetter = { (old: Int64) in rules.order == .higher ? points > old : points < old }
        let old = entries[player].map { rules.score(ofScoreKey: $0.sortKey.scoreKey) }
        let new: Int64? =
            switch rules.keep {
            case .best: old.map(isBetter) ?? true ? points : nil
            case .latest: points
            case .sum: (old ?? 0) + points
            }
        if let new {
            let sortKey = SortKey(scoreKey: rules.scoreKey(for: new), achievedAt: now, player: player)
            entries[player] = Entry(sortKey: sortKey, run: run)
        }
        let rank = rank(of: player)
        return BoardHistory.Placement(
            rank: rank,
            previousRank: before,
            total: entries.count,
            above: rank.flatMap { $0 > 1 ? order[$0 - 2] : nil }
        )
    }
}

/// What a batch shows is what its runs, counted one after another, show.
struct BoardHistoryTests {
    private static let rules = GameRules.Order.allCases.flatMap { order in
        GameRules.Keep.allCases.map { GameRules(order: order, keep: $0, telegramScore: .off) }
    }

    @Test(arguments: rules, 0..<20)
    func `a batch shows what counting run by run shows`(rules: GameRules, seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var plain = PlainBoard(rules: rules)
        var now = Instant(milliseconds: 1_000)
        var runs: UInt64 = 0
        // Few players and few scores make many ties and many runs of one player within a batch.
        let players = (1...Int64.random(in: 1...12, using: &generator)).map { PlayerID(rawValue: $0) }
        for _ in 0..<30 {
            now = now + .milliseconds(Int64.random(in: 0...1, using: &generator))
            let before = plain
            let batch = try (0..<Int.random(in: 1...10, using: &generator)).map { _ in
                runs += 1
                return (
                    run: RunID(Identifier128(high: 0, low: runs)),
                    player: try #require(players.randomElement(using: &generator)),
                    score: try #require(Score(Int32.random(in: 0...5, using: &generator)))
                )
            }
            let insiders = Set(batch.map(\.player))
            var history = BoardHistory(entries: before.entries.filter { insiders.contains($0.key) })
            let steps = batch.map { item in
                history.apply(for: item.player) {
                    rules.entry(
                        after: $0,
                        score: item.score,
                        acceptedAt: now,
                        player: item.player,
                        run: item.run
                    )
                }
            }
            #expect(steps == Array(batch.indices))
            #expect(history.players == insiders)

            var counts: [SortKey: Int] = [:]
            var above: [SortKey: SortKey] = [:]
            for probe in history.probes {
                counts[probe] = before.order.count { $0 < probe }
                above[probe] = before.order.last { $0 < probe && !insiders.contains($0.player) }
            }
            let placements = history.placements(
                on: .init(countBefore: counts, neighbourAbove: above, total: before.entries.count)
            )
            let expected = batch.map { plain.place($0.run, of: $0.player, score: $0.score, at: now) }
            #expect(placements == expected)

            let changed = plain.entries.filter { before.entries[$0.key] != $0.value }
            #expect(Set(history.moves.map(\.after)) == Set(changed.values))
            for move in history.moves { #expect(move.before == before.entries[move.after.sortKey.player]) }
            #expect(history.isChanged == !changed.isEmpty)
            #expect(history.gain == plain.entries.count - before.entries.count)
        }
    }

    @Test func `a player without an entry has neither rank nor neighbour`() {
        var history = BoardHistory(entries: [:])
        _ = history.apply(for: PlayerID(rawValue: 1)) { $0 }
        let placements = history.placements(on: .init(countBefore: [:], neighbourAbove: [:], total: 5))
        #expect(placements == [BoardHistory.Placement(rank: nil, previousRank: nil, total: 5, above: nil)])
        #expect(!history.isChanged && history.moves.isEmpty && history.gain == 0)
        #expect(history.probes.isEmpty)
    }

    @Test func `an entry is one real run and an equal score does not replace it`() throws {
        let rules = GameRules(keep: .best)
        let player = PlayerID(rawValue: 1)
        let score = try #require(Score(10))
        let first = rules.entry(
            after: nil,
            score: score,
            acceptedAt: Instant(milliseconds: 1),
            player: player,
            run: RunID(Identifier128(high: 0, low: 1))
        )
        let second = rules.entry(
            after: first,
            score: score,
            acceptedAt: Instant(milliseconds: 2),
            player: player,
            run: RunID(Identifier128(high: 0, low: 2))
        )
        #expect(second == first)
    }

    @Test func `the order is score, then time, then player`() {
        func place(_ key: Int64, _ time: Int64, _ player: Int64) -> SortKey {
            SortKey(
                scoreKey: key,
                achievedAt: Instant(milliseconds: time),
                player: PlayerID(rawValue: player)
            )
        }
        let sorted = [place(-5, 9, 9), place(-4, 1, 2), place(-4, 1, 3), place(-4, 2, 1), place(0, 0, 0)]
        #expect(sorted.shuffled().sorted() == sorted)
    }
}
