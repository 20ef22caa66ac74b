import Scoring
import ScoringSupport
import Leaderboards
import Postgres
import Storage
import TestSupport
import Testing

@testable import Operations

/// What files say becomes scores, and what they cannot mean is told.
@Suite struct ImportDecoderTests {
    private static let now = Instant(milliseconds: 1_790_000_000_000)
    private static let noon = Instant(milliseconds: 1_772_366_400_000)

    private static func game(_ id: Int64, _ shortName: String, keep: GameRules.Keep = .best) -> Game {
        .sample(shortName, id: id, tokenID: 1, botUsername: "Arcade", rules: GameRules(keep: keep))
    }

    private static func decode(
        _ fields: [String: String],
        isOfEntries: Bool = false,
        _ change: (inout ImportDecoder) -> Void = { _ in }
    ) throws -> ImportedScore {
        var decoder = ImportDecoder(
            games: [game(1, "tetris"), game(2, "snake", keep: .sum)],
            isOfEntries: isOfEntries,
            now: now
        )
        change(&decoder)
        return try decoder.score(line: 3) { fields[$0] }
    }

    private static let plain = [
        "game": "tetris", "player": "5", "score": "100", "time": "2026-03-01T12:00:00Z",
    ]

    @Test func `a plain line is a run of its time`() throws {
        let score = try Self.decode(Self.plain)
        #expect(score.line == 3 && score.game.rawValue == 1 && score.player.rawValue == 5)
        #expect(score.score == 100 && score.chat == nil && score.id == nil && score.outcome == .imported)
        #expect(
            score.acceptedAt == Self.noon && score.startedAt == Self.noon && score.launchedAt == Self.noon
        )
    }

    @Test func `a record of Nakama's listing is the score of its owner`() throws {
        let record = [
            "leaderboard_id": "arcade/tetris", "owner_id": "9f0e-11", "username": "Zoë", "score": "42",
            "metadata": #"{"level":4}"#, "time": "2026-03-01T12:00:00Z",
        ]
        let score = try Self.decode(record) { $0.players = ["9f0e-11": PlayerID(rawValue: 9)] }
        #expect(score.game.rawValue == 1 && score.player.rawValue == 9 && score.score == 42)
        #expect(score.acceptedAt == Self.noon && score.firstName == "Zoë" && score.username == nil)
        #expect(score.metadata?.text == #"{"level":4}"#)
        // Zeros are left out there, and nowhere else.
        var zero = record
        zero["score"] = nil
        #expect(try Self.decode(zero) { $0.players = ["9f0e-11": PlayerID(rawValue: 9)] }.score == 0)
        zero["leaderboard_id"] = nil
        zero["game"] = "tetris"
        #expect(throws: OperationError.self) {
            try Self.decode(zero) { $0.players = ["9f0e-11": PlayerID(rawValue: 9)] }
        }
    }

    @Test(arguments: [
        ("score", "100.0"), ("score", "'100"), ("player", "5.00"), ("player", "'5"),
    ])
    func `whole numbers are taken as spreadsheets write them`(_ field: String, _ value: String) throws {
        var fields = Self.plain
        fields[field] = value
        let score = try Self.decode(fields)
        #expect(score.score == 100 && score.player.rawValue == 5)
    }

    @Test func `what an export says is taken as it is`() throws {
        var fields = Self.plain
        fields["chat"] = "-37"
        fields["run"] = "00000000-0000-0000-0000-000000000001"
        fields["launched_at"] = "2026-03-01T10:00:00Z"
        fields["started_at"] = "2026-03-01T11:00:00Z"
        fields["counts"] = "false"
        fields["outcome"] = "held"
        fields["reasons"] = "too_fast too_many"
        let score = try Self.decode(fields)
        #expect(score.chat?.rawValue == -37 && score.id == fields["run"] && score.outcome == .held)
        #expect(score.reasons == ["too_fast", "too_many"])
        #expect(score.launchedAt < score.startedAt && score.startedAt < score.acceptedAt)
    }

    @Test func `what lines do not say may be said for all`() throws {
        let score = try Self.decode(["player": "5", "score": "1"]) {
            $0.gameOfAll = Self.game(1, "tetris")
            $0.defaultChat = ChatInstance(rawValue: -5)
            $0.defaultTime = Self.noon
        }
        #expect(score.game.rawValue == 1 && score.chat?.rawValue == -5 && score.acceptedAt == Self.noon)
    }

    @Test(arguments: [
        ("score", "1e3", "'1e3'"), ("score", "1.5", "'1.5'"), ("score", "1.", "'1.'"),
        ("score", "1,000", "'1,000'"),
        ("player", "5E+09", "rounded"), ("score", "-1", "'-1'"),
        ("score", "2147483648", "2147483647"), ("score", "01", "'01'"),
        ("player", "0", "'0'"), ("player", "zoe", "--players"),
        ("game", "chess", "'chess'"),
        ("time", "3/1/2026 12:00", "'3/1/2026 12:00'"), ("time", "yesterday", "'yesterday'"),
        ("time", "1999-12-31", "2000"),
        ("time", "2030-01-01", "future"), ("chat", "0", "chat_instance"), ("counts", "maybe", "counts"),
        ("metadata", "[1]", "JSON object"),
        ("metadata", "{\"a\":\"\(String(repeating: "x", count: 4096))\"}", "4 KiB"),
        ("run", String(repeating: "x", count: 129), "128"),
    ])
    func `what cannot be meant is told`(_ field: String, _ value: String, _ says: String) throws {
        var fields = Self.plain
        fields[field] = value
        let problem = try #require(throws: OperationError.self) { try Self.decode(fields) }
        #expect(problem.description.contains(says), "\(problem)")
    }

    @Test(arguments: [("score", "no score"), ("player", "no player"), ("game", "--game"), ("time", "--at")])
    func `what is missing is told`(_ field: String, _ says: String) throws {
        var fields = Self.plain
        fields[field] = nil
        let problem = try #require(throws: OperationError.self) { try Self.decode(fields) }
        #expect(problem.description.contains(says), "\(problem)")
    }

    @Test func `entries of sums are no scores`() throws {
        var fields = Self.plain
        fields["window"] = "week"
        #expect(try Self.decode(fields, isOfEntries: true).score == 100)
        fields["window"] = "year"
        #expect(throws: OperationError.self) { try Self.decode(fields, isOfEntries: true) }
        fields["window"] = "all"
        fields["game"] = "snake"
        #expect(try Self.decode(fields).game.rawValue == 2)
        #expect(throws: OperationError.self) { try Self.decode(fields, isOfEntries: true) }
    }

    @Test(
        arguments: [
            ("2026-03-01T12:00:00Z", 0), ("2026-03-01T12:00:00.250Z", 250), ("2026-03-01T13:00:00+01:00", 0),
            ("2026-03-01 12:00:00", 0), ("2026-03-01 12:00:00.25", 250), ("2026-03-01 13:00:00+01", 0),
            ("2026-03-01 10:30:00-01:30", 0), ("2026-03-01", -43_200_000), ("1772366400", 0),
            ("1772366400250", 250), ("1772366400250000", 250), ("1772366400250000000", 250),
            ("1772366400.25", 250),
            ("2026-03-01 12:00", 0), ("2026-03-01T12:00Z", 0), ("2026/03/01 12:00:00", 0),
            ("2026/03/01", -43_200_000),
            ("2026-03-01 12:00:00 UTC", 0), ("2026-03-01 13:00:00 +0100", 0),
            ("2026-03-01T12:00:00.2500000Z", 250),
            ("2026-03-01T12:00:00.250123", 250), ("2026-03-01 12:00:00+00:00", 0),
        ] as [(String, Int64)]
    )
    func `times are read as other systems write them`(_ text: String, _ milliseconds: Int64) {
        #expect(Instant(imported: text)?.milliseconds == Self.noon.milliseconds + milliseconds)
    }

    @Test(arguments: [
        "", "x", "-5", "nan", "inf", "1e300", "9223372036854775807000", "01/03/2026", "2026-13-01",
        "2026-03-01T25:00",
        "2026-03-01 12:00:00 Z Z", "2026-03-01 ", "2026-03-01T12:00:00 CET", "2026-03-011",
    ])
    func `what is no time is none`(_ text: String) {
        #expect(Instant(imported: text) == nil)
    }
}
