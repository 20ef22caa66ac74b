import Leaderboards
import Storage
import Testing

@testable import Outbox

/// What a difference between Telegram's table and ours is.
@Suite struct TableDriftTests {
    private static let player = PlayerID(rawValue: 5)

    private static func row(
        _ desired: Int32?,
        _ progress: ExpectedScore.Progress = .settled,
        at time: Int64? = 1
    ) -> ExpectedScore {
        ExpectedScore(
            player: player,
            desired: desired,
            progress: progress,
            lastCallAt: time.map { Instant(milliseconds: $0) }
        )
    }

    private static let settled: [(Int32??, Int32?, TableVerdict)] = [
        (.some(7), 7, .same), (.some(nil), nil, .same), (.some(nil), 0, .same), (nil, nil, .same),
        (nil, 0, .same), (.some(7), nil, .drift(.missing)), (.some(7), 0, .drift(.missing)),
        (.some(7), 6, .drift(.telegramLower)), (.some(7), 8, .drift(.telegramHigher)),
        (.some(.max), 1, .drift(.telegramLower)), (.some(nil), 3, .drift(.undesired)),
        (nil, 3, .drift(.unexpectedPlayer)),
    ]

    @Test(arguments: settled)
    func `what is settled and differs is drift of a kind`(
        desired: Int32??,
        held: Int32?,
        verdict: TableVerdict
    ) {
        let row = desired.map { Self.row($0) }
        #expect(TableVerdict(before: row, after: row, held: held) == verdict)
    }

    @Test(arguments: [nil, 3, 7, 9] as [Int32?])
    func `what is on its way or was given up is no drift`(held: Int32?) {
        let row = Self.row(7, .onItsWay)
        #expect(TableVerdict(before: row, after: row, held: held) == (held == 7 ? .same : .onItsWay))
        let given = Self.row(7, .givenUp)
        #expect(TableVerdict(before: given, after: given, held: held) == (held == 7 ? .same : .givenUp))
    }

    @Test func `what changed while the table was read is no drift`() {
        let before = Self.row(7)
        for after in [Self.row(9), Self.row(7, at: 2), Self.row(7, .onItsWay), Self.row(nil), nil] {
            #expect(TableVerdict(before: before, after: after, held: 8) == .onItsWay)
            #expect(TableVerdict(before: after, after: before, held: 8) == .onItsWay)
        }
        #expect(TableVerdict(before: before, after: Self.row(7, at: 2), held: 7) == .same)
    }

    @Test(arguments: [
        (TableDrift.missing, false, false), (.telegramLower, false, false), (.telegramHigher, true, false),
        (.undesired, true, false), (.unexpectedPlayer, true, true),
    ])
    func `only what an ordinary call cannot do takes force`(
        drift: TableDrift,
        best: Bool,
        latest: Bool
    ) {
        #expect(drift.needsForce(followsLatest: false) == best)
        #expect(drift.needsForce(followsLatest: true) == latest)
    }
}
