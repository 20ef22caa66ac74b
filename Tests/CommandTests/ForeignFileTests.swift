import Encodings
import Leaderboards
import Operations
import Scoring
import Storage
import Synchronization
import TestSupport
import Testing

@testable import highscores

/// Files of other programs are taken or refused as a person would expect.
@Suite struct ForeignFileTests {
    /// What became of a file.
    struct Outcome {
        var taken: [ImportedScore] = []
        var told: [String] = []
        var failure: CommandFailure?
    }

    static let game = Game.sample(botUsername: "Arcade", rules: GameRules(keep: .best))

    /// Takes a file in as the command does, but for the database.
    static func take(
        _ bytes: [UInt8],
        format: LineFormat? = nil,
        cutAt size: Int = .max,
        _ change: (inout ImportDecoder) -> Void = { _ in }
    ) throws -> Outcome {
        var decoder = ImportDecoder(
            games: [game],
            isOfEntries: false,
            now: Instant(milliseconds: 1_790_000_000_000)
        )
        decoder.gameOfAll = game
        change(&decoder)
        let rest = Mutex(bytes[...])
        let told = Mutex<[String]>([])
        let intake = FileIntake(
            path: "file",
            size: bytes.count,
            reader: LineReader(path: "file", format: format, vocabulary: .scores),
            .scores,
            progress: Progress("importing", of: nil, "lines", isShown: false),
            tell: { line in told.withLock { $0.append(line) } },
            next: {
                rest.withLock { rest in
                    defer { rest = rest.dropFirst(size) }
                    return Array(rest.prefix(size))
                }
            }
        )
        var outcome = Outcome()
        do {
            try intake.read(
                { fields throws(OperationError) in try decoder.score(line: fields.line, fields.field) },
                take: { outcome.taken.append($0) }
            )
            try intake.finish()
        } catch let error as CommandFailure {
            outcome.failure = error
        }
        outcome.told = told.withLock { $0 } + (outcome.failure.map { [$0.description] } ?? [])
        return outcome
    }

    // MARK: - Taken

    static let contents: [[ForeignScore]] = [
        [ForeignScore(5_000_000_001, 100, 0, "Ada"), ForeignScore(5_000_000_002, 90, 1, "Omar")],
        [
            ForeignScore(5_000_000_001, 0, 0, "Zoë Q"),
            ForeignScore(5_000_000_002, 2_147_483_647, 1, "漢字 🎮, ヒーロー"),
            ForeignScore(7_999_999_999_999, 7, 59, "Bob \"the\" B; Jr|"), ForeignScore(5, 1, 2, nil),
        ],
    ]

    @Test(arguments: ForeignProgram.all, contents)
    func `what other programs export is taken whole`(_ program: ForeignProgram, _ scores: [ForeignScore])
        throws
    {
        let bytes = program.write(scores)
        for size in [Int.max, 7] {
            let outcome = try Self.take(bytes, cutAt: size) { decoder in
                if !program.hasTimes { decoder.defaultTime = Instant(milliseconds: ForeignScore.noon) }
                guard program.hasOwners else { return }
                for score in scores {
                    decoder.players["id-\(score.player)"] = PlayerID(rawValue: score.player)
                }
            }
            #expect(outcome.told.isEmpty, "\(outcome.told)")
            let taken = outcome.taken.map {
                ForeignScore(
                    $0.player.rawValue,
                    $0.score,
                    Int($0.acceptedAt.milliseconds - ForeignScore.noon) / 60_000,
                    $0.firstName
                )
            }
            let expected = scores.map {
                ForeignScore(
                    $0.player,
                    $0.score,
                    program.hasTimes ? $0.minute : 0,
                    program.hasNames ? $0.name : nil
                )
            }
            #expect(taken == expected)
        }
    }

    @Test func `there are a hundred such files`() {
        #expect(ForeignProgram.all.count * Self.contents.count >= 100)
        #expect(Set(ForeignProgram.all.map(\.name)).count == ForeignProgram.all.count)
    }

    // MARK: - Taken in part, or not at all

    private static let row = "5000000001,100,2026-03-01T12:00:00Z"
    private static let good = "player,score,time,name\n\(row),Ada\n"
    /// A name that ends within a character of two units.
    private static let halved: [UInt8] =
        ForeignProgram.encoded("player,score,time,name\n\(row),", .utf16) + [0x3C, 0xD8, 10, 0]

    private static func latin(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

    static let parts: [(name: String, bytes: [UInt8], taken: Int, code: Int32, says: [String])] = [
        ("a line in Latin-1", latin(good + "\(row),Zoë\n"), 1, 6, ["file:3: the line is not UTF-8"]),
        (
            "nothing but Latin-1", latin("player,score,time,name\n\(row),Zoë\n"), 0, 1,
            ["not UTF-8", "nothing of 'file'", "time, name"]
        ),
        ("a Latin-1 head", latin("player,score,time,prénom\n\(row),\n"), 1, 0, []),
        (
            "a Latin-1 text in JSON",
            latin("{\"player\":5,\"score\":1,\"time\":\"2026-03-01\",\"name\":\"Zoë\"}\n"), 0, 1, ["UTF-8"]
        ),
        (
            "half a character",
            Array("{\"player\":5,\"score\":1,\"time\":\"2026-03-01\",\"name\":\"\\ud83c\"}".utf8), 0, 1,
            ["half of a character"]
        ),
        (
            "half a character in UTF-16",
            [0xFF, 0xFE] + Array("player,score,time,name\n\(row),".utf8).flatMap { [$0, 0] } + [
                0x3C, 0xD8, 10, 0,
            ], 0, 1, ["UTF-8"]
        ),
        (
            "no score", Array("player,points_lost,time\n\(row)\n".utf8), 0, 2,
            ["no column 'score'", "points_lost", "points"]
        ),
        (
            "no player and no score", Array("Spieler;Punkte;Zeit\n5;7;8\n".utf8), 0, 2,
            ["'player' and no 'score'", "Spieler, Punkte, Zeit", "player_id"]
        ),
        ("two columns of one name", Array("player,score,Score\n5,7,8\n".utf8), 0, 2, ["'Score' twice"]),
        ("two of another name", Array("player,score,time,note,note\n\(row),a,b\n".utf8), 1, 0, []),
        ("too many fields", Array((good + "\(row),a,b\n").utf8), 1, 6, ["5 fields where the head has 4"]),
        (
            "no head and too many fields", Array("\(row),a,b\n".utf8), 0, 1,
            ["5 fields where without a head there are 3"]
        ),
        (
            "a quote without end", Array((good + "\"5,1\n").utf8), 1, 6,
            ["file:3: a quoted field is not closed"]
        ),
        (
            "ids that a spreadsheet has rounded", Array("player,score,time\n5E+09,100,2026-03-01\n".utf8), 0,
            1, ["rounded"]
        ),
        (
            "months and days", Array("player,score,time\n5,100,03/01/2026\n".utf8), 0, 1,
            ["'03/01/2026' is no time"]
        ),
        ("nothing", [], 0, 1, ["'file' is empty"]), ("a mark", [0xEF, 0xBB, 0xBF, 10], 0, 1, ["empty"]),
        (
            "a head alone", Array("player,score,time\n".utf8), 0, 1,
            ["it has no lines", "its fields are player, score, time, expected are player (or "]
        ),
        (
            "our head alone", Array(ExportColumns.scores.names.joined(separator: ",").utf8), 0, 0,
            ["'file' has no lines"]
        ),
        (
            "a part of our head", Array(ExportColumns.entries.names.dropLast().joined(separator: ",").utf8),
            0, 1,
            ["it has no lines"]
        ),
        ("an empty list", Array("[]\n".utf8), 0, 0, ["'file' has no lines"]),
        ("an empty page", Array("{\"records\":[]}\n".utf8), 0, 1, ["it has no lines", "expected are"]),
        ("an object of nothing", Array("{}\n".utf8), 0, 1, ["could not be taken"]),
        ("other JSON", Array("{\"a\":1}\n{\"b\":2}\n".utf8), 0, 1, ["no score", "its fields are a"]),
        ("a list of numbers", Array("[1,2]".utf8), 0, 1, ["no JSON object"]),
        (
            "a list that is cut off",
            Array("[{\"player\":5,\"score\":1,\"time\":\"2026-03-01\"},\n{\"pl".utf8), 1, 6, ["file:2: "]
        ),
        (
            "a broken line among others",
            Array("{\"player\":5,\"sc\n{\"player\":5,\"score\":1,\"time\":\"2026-03-01\"}\n".utf8), 1, 6,
            ["file:1: "]
        ),
        ("gzip that is cut off", Array(Gzip.pack(Array(good.utf8)).dropLast(9)), 0, 1, ["ends too early"]),
        ("a workbook", [0x50, 0x4B, 3, 4, 0, 0], 0, 2, ["workbook", "CSV"]),
        ("a packed workbook", Gzip.pack([0x50, 0x4B, 3, 4, 0, 0]), 0, 2, ["workbook"]),
        ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], 0, 2, ["unpack it first"]),
        ("a page", Array("<!DOCTYPE html><p>player,score".utf8), 0, 2, ["HTML"]),
        (
            "columns in quotes", Array("\"player,score,time\"\n\"\(row)\"\n".utf8), 0, 2,
            ["no column 'player'"]
        ),
        ("a text", Array("Dear Ada,\nI had 100.\n".utf8), 0, 2, ["no column"]),
    ]

    @Test(arguments: parts)
    func `what cannot be taken is told`(
        _ name: String,
        _ bytes: [UInt8],
        _ taken: Int,
        _ code: Int32,
        _ says: [String]
    ) throws {
        for size in [Int.max, 3] {
            let outcome = try Self.take(bytes, cutAt: size)
            let told = outcome.told.joined(separator: "\n")
            #expect(outcome.failure?.status.rawValue ?? 0 == code, "\(name): \(told)")
            #expect(code == 1 || code == 2 || outcome.taken.count == taken, "\(name): \(told)")
            for text in says { #expect(told.contains(text), "\(name): \(told)") }
            #expect(!outcome.taken.contains { $0.firstName?.contains("\u{FFFD}") == true })
        }
    }

    @Test func `nothing is an export of nothing in the form that has no head`() throws {
        #expect(try Self.take([], format: .ndjson).told == ["highscores: 'file' has no lines"])
        #expect(try Self.take([], format: .ndjson).failure == nil)
        for (bytes, format) in [([], nil), ([], .csv), ([10], .ndjson)] as [([UInt8], LineFormat?)] {
            #expect(try Self.take(bytes, format: format).failure?.status == .failed)
        }
    }

    @Test func `equal errors are counted after eight, and others do not get lost among them`() throws {
        let bad = (0..<1_000).map { "x\($0),1,2026-03-01\n" }.joined()
        let outcome = try Self.take(Array("player,score,time\n\(bad)5,x,2026-03-01\n5,1,2026-03-01\n".utf8))
        #expect(outcome.taken.count == 1 && outcome.failure?.status == .partly)
        #expect(outcome.told.count == 9)
        let summary = try #require(outcome.told.last)
        #expect(summary.contains("1001 lines could not be taken") && summary.contains("992 like line 10"))
        #expect(summary.contains("1 like line 1002 (the score 'x'"), "\(summary)")
    }

    // MARK: - Whatever comes

    @Test func `ten thousand files of any bytes end with a code and few lines`() throws {
        var random = SeededGenerator(seed: 12)
        let words =
            [
                "player", "score", "time", "5000000001", "100", "2026-03-01", "{", "}", "[", "]", "\"", ",",
                ";", "\t", "|", "\n",
                "\r", "\r\n", "\\", ":", "records", "null", "=", "'", " ", "\u{FEFF}", "ë", "\0",
                "{\"player\":5,\"score\":1}", "1e3", "-",
            ].map { Array($0.utf8) } + [[0xFF], [0xEB], [0xFE, 0xFF], [0xFF, 0xFE], [0x1F, 0x8B, 8, 0]]
        for _ in 0..<10_000 {
            var bytes: [UInt8] = []
            let isOfWords = Bool.random(using: &random)
            for _ in 0..<Int.random(in: 0...60, using: &random) {
                bytes +=
                    isOfWords
                    ? words.randomElement(using: &random) ?? [] : [UInt8.random(in: 0...255, using: &random)]
            }
            if Int.random(in: 0..<10, using: &random) == 0 { bytes = Gzip.pack(bytes) }
            let outcome = try Self.take(bytes, cutAt: Int.random(in: 1...80, using: &random))
            #expect(outcome.told.count <= 12)
            #expect([0, 1, 2, 6].contains(outcome.failure?.status.rawValue ?? 0))
            #expect(outcome.failure != nil || outcome.told.count == (outcome.taken.isEmpty ? 1 : 0))
        }
    }
}
