import Crypto
import Leaderboards
import Storage
import TestSupport
import Testing

@testable import Operations

/// A file is a whole backup or is refused with the reason, whatever it is.
@Suite struct BackupReaderTests {
    private static let head = BackupHead(
        program: "0.1.0",
        server: "15.13",
        takenAt: Instant(milliseconds: 1_772_366_400_000),
        steps: SchemaStep.known
    )

    private static func table(_ name: String, _ columns: String) -> [UInt8] {
        Array("COPY \(name) (\(columns))\n".utf8)
    }

    /// A small one, with rows that look like marks.
    private static let whole: [UInt8] = {
        var text = ""
        text += "COPY games (id, title)\n1\t\\\\.\n2\tCOPY bots (id)\n3\t{\"rows\":{}}\n\\.\n"
        text += "COPY empty (id)\n\\.\nCOPY bots (id)\n7\n\\.\n"
        return bytes(of: text, counts: [("games", 3), ("empty", 0), ("bots", 1)])
    }()

    private static func bytes(of tables: String, counts: [(name: String, rows: Int)]) -> [UInt8] {
        let start = Array("highscores backup 1\n\(head.text)\n\(tables)".utf8)
        let end = BackupSummary.text(counts: counts, checksum: checksum(start))
        return start + Array("\(end)\n".utf8)
    }

    private static func checksum(_ bytes: [UInt8]) -> String { SHA256.hash(data: bytes).hexadecimal }

    private static func verify(_ bytes: [UInt8], pieces size: Int = 64) throws -> BackupSummary {
        try BackupReader.verify(BackupTests.pieces(of: bytes, size))
    }

    @Test(arguments: [1, 2, 3, 7, 64, 100_000])
    func `a whole one is read, however it is cut`(size: Int) throws {
        let summary = try Self.verify(Self.whole, pieces: size)
        #expect(summary.head == Self.head && summary.rows == 4)
        #expect(summary.counts == ["games": 3, "empty": 0, "bots": 1])
    }

    @Test func `one that ends anywhere before its end is refused`() {
        for length in 0..<Self.whole.count {
            #expect(throws: BackupError.self, "\(length)") {
                try Self.verify(Array(Self.whole.prefix(length)))
            }
        }
        let damage = #expect(throws: BackupError.self) { try Self.verify(Array(Self.whole.prefix(300))) }
        #expect(damage?.description.contains("it ends too early") == true)
    }

    @Test func `one with another byte anywhere is refused`() {
        // The last byte ends the last line.
        for place in 0..<Self.whole.count {
            var bytes = Self.whole
            bytes[place] ^= 1
            #expect(throws: BackupError.self, "\(place)") { try Self.verify(bytes) }
        }
    }

    @Test func `what does not add up is refused, and said`() {
        let cases: [(bytes: [UInt8], reason: String)] = [
            (Self.whole + [0x0A], "something follows its end"),
            (Self.bytes(of: "COPY a (x)\n1\n\\.\n", counts: [("a", 2)]), "other numbers of rows"),
            (Self.bytes(of: "COPY a (x)\n1\n\\.\n", counts: []), "other numbers of rows"),
            (Self.bytes(of: "COPY a (x)\n\\.\nCOPY a (x)\n\\.\n", counts: [("a", 0)]), "table a twice"),
            (Self.bytes(of: "DROP TABLE games\n", counts: []), "no part of a backup"),
            (Array("highscores backup 2\n".utf8), "of format 2, which a newer program reads"),
            (Array("highscores backup two\n".utf8), "no backup of highscores"),
            (Array("highscores backup 1\n{}\n".utf8), "its second line does not say"),
            (Array("PGDMP".utf8), "no backup of highscores"), ([], "no backup of highscores"),
        ]
        for (bytes, reason) in cases {
            let error = #expect(throws: BackupError.self) { try Self.verify(bytes) }
            #expect(error?.description.contains(reason) == true, "\(error as Any), not \(reason)")
        }
    }

    @Test func `no file of ten thousand is taken that is none`() {
        var fuzz = Fuzz(seed: 15)
        let template = String(decoding: Self.whole, as: UTF8.self).replacing("1", with: "#")
        for _ in 0..<10_000 {
            let bytes = fuzz.bytes(template)
            guard bytes != Self.whole else { continue }
            #expect(throws: BackupError.self) { try Self.verify(bytes, pieces: fuzz.pick(1..<200)) }
        }
    }
}
