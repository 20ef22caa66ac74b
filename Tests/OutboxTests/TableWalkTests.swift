import Leaderboards
import TestSupport
import Testing

@testable import Outbox

/// A table that shows a few neighbours of one player is read whole.
@Suite struct TableWalkTests {
    /// A table as Telegram has it.
    private struct Table {
        var rows: [(player: Int64, score: Int32)]
        var neighbours = 2

        func answer(_ player: PlayerID) -> [TableWalk.Row] {
            let own = rows.firstIndex { $0.player == player.rawValue }
            return rows.enumerated().compactMap { index, row in
                guard own.map({ abs($0 - index) <= neighbours }) ?? (index < 3) else { return nil }
                return TableWalk.Row(
                    position: Int64(index + 1),
                    player: PlayerID(rawValue: row.player),
                    score: row.score
                )
            }
        }
    }

    private static func read(_ table: Table, _ players: [Int64], isWhole: Bool = true) -> (
        TableWalk, calls: Int
    ) {
        var walk = TableWalk(players.map { PlayerID(rawValue: $0) }, isWhole: isWhole)
        var calls = 0
        while let player = walk.next(), calls < 10_000 {
            calls += 1
            walk.note(table.answer(player), askedFor: player)
        }
        return (walk, calls)
    }

    private static func held(_ walk: TableWalk) -> [Int64: Int32] {
        Dictionary(uniqueKeysWithValues: walk.held.map { ($0.key.rawValue, $0.value) })
    }

    @Test(arguments: [(0, 0), (1, 1), (3, 1), (4, 1), (5, 2), (6, 2), (10, 3), (100, 21), (101, 21)])
    func `a table as expected takes a call for every five, and one to see its end`(count: Int, calls: Int) {
        let rows = (0..<count).map { (player: Int64($0 + 1), score: Int32(1000 - $0)) }
        let (walk, made) = Self.read(Table(rows: rows), rows.map(\.player))
        #expect(made == calls)
        #expect(Self.held(walk) == Dictionary(uniqueKeysWithValues: rows.map { ($0.player, $0.score) }))
    }

    @Test func `everybody is known at the end, whatever stands in the table`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let expected = (1...Int64.random(in: 1...30, using: &random)).shuffled(using: &random)
            let present = (1...40 as ClosedRange<Int64>).filter { _ in Bool.random(using: &random) }
            let rows = present.shuffled(using: &random).enumerated().map {
                (player: $1, score: Int32(100 - $0))
            }
            let table = Table(rows: rows, neighbours: Int.random(in: 0...3, using: &random))
            let (walk, calls) = Self.read(table, expected)
            let held = Self.held(walk)
            for player in expected {
                #expect(walk.isKnown(PlayerID(rawValue: player)))
                #expect(held[player] == rows.first { $0.player == player }?.score)
            }
            #expect(calls <= expected.count + rows.count)
            // Strangers are found wherever neighbours lead to them, which they do from any row that was met.
            if table.neighbours >= 2, !Set(expected).isDisjoint(with: present) {
                #expect(Set(held.keys) == Set(present))
            }
        }
    }

    @Test func `a sample asks for nobody else`() {
        let rows = (1...50).map { (player: Int64($0), score: Int32(1000 - $0)) }
        let (walk, calls) = Self.read(Table(rows: rows), [10, 11, 40], isWhole: false)
        #expect(calls == 2)
        #expect(walk.isKnown(PlayerID(rawValue: 10)) && walk.isKnown(PlayerID(rawValue: 40)))
        #expect(!walk.isKnown(PlayerID(rawValue: 25)))
    }
}
