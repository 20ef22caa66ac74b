import Encodings
import TestSupport
import Testing

/// What gzip has packed is unpacked in constant memory, however it is cut, and what is missing is told.
@Suite struct GzipReaderTests {
    private static let text = Array("player,score\n5000000001,100\n".utf8)

    /// Unpacks pieces of a size.
    private static func read(_ packed: [UInt8], cutAt size: Int = .max) throws -> [UInt8] {
        let reader = GzipReader()
        var (rest, text) = (packed[...], [UInt8]())
        while true {
            let piece = try reader.read {
                defer { rest = rest.dropFirst(size) }
                return Array(rest.prefix(size))
            }
            guard !piece.isEmpty else { return text }
            #expect(piece.count <= 128 * 1024)
            text += piece
        }
    }

    @Test(arguments: [Int.max, 7, 1]) func `members are unpacked one after another`(_ size: Int) throws {
        let (one, none) = (Gzip.pack(Self.text), Gzip.pack([]))
        #expect(try Self.read(one, cutAt: size) == Self.text)
        #expect(try Self.read(none, cutAt: size).isEmpty)
        #expect(
            try Self.read(none + one + one + [0, 0, 0] + one + [0], cutAt: size) == Self.text + Self.text
                + Self.text
        )
    }

    @Test func `what packs well comes in small pieces`() throws {
        let zeros = [UInt8](repeating: 0, count: 3_000_000)
        #expect(try Self.read(Gzip.pack(zeros)) == zeros)
    }

    @Test func `a file that ends too early is told, and so is a damaged one`() {
        let packed = Gzip.pack(Self.text)
        for count in 1..<packed.count {
            #expect(throws: GzipError.truncated) { try Self.read(Array(packed.prefix(count))) }
        }
        var damaged = packed
        damaged[packed.count - 6] ^= 1
        #expect(throws: GzipError.damaged) { try Self.read(damaged) }
        #expect(throws: GzipError.damaged) { try Self.read(packed + Self.text) }
    }
}
