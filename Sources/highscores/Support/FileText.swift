import Encodings

/// The text of a file as UTF-8, piece by piece: unpacked where it is packed by gzip, and decoded.
struct FileText {
    /// How many bytes tell what a file is.
    private static let magicSize = 16

    private let path: String
    private var file = Lookahead()
    private var content = Lookahead()
    private var gzip: GzipReader?
    private var decoder = UnicodeDecoder()
    private var isKnown = false

    init(path: String) { self.path = path }

    /// Gives the next piece.
    mutating func next(_ read: () throws -> [UInt8]) throws -> [UInt8] {
        if !isKnown { try find(read) }
        while true {
            let piece = try content.next { [gzip] in try Self.unpack(gzip, &file, read) }
            guard !piece.isEmpty else { return decoder.finish() }
            let text = decoder.decode(piece)
            guard text.isEmpty else { return text }
        }
    }

    private mutating func find(_ read: () throws -> [UInt8]) throws {
        isKnown = true
        if try file.peek(Self.magicSize, read).starts(with: GzipReader.magic) { gzip = GzipReader() }
        let start = try content.peek(Self.magicSize) { [gzip] in try Self.unpack(gzip, &file, read) }
        for kind in Self.foreign where start.starts(with: kind.magic) {
            throw CommandFailure(.usage, "'\(path)' is \(kind.name), no text; \(kind.advice)")
        }
    }

    private static func unpack(
        _ gzip: GzipReader?,
        _ file: inout Lookahead,
        _ read: () throws -> [UInt8]
    ) throws -> [UInt8] {
        guard let gzip else { return try file.next(read) }
        do { return try gzip.read { try file.next(read) } } catch let error as GzipError {
            throw CommandFailure(.failed, "the file cannot be read: \(error)")
        }
    }

    private static let saved = "save what is in it as CSV"
    private static let unpacked = "unpack it first"

    /// What is often given instead of a text, by its first bytes.
    private static let foreign: [(magic: [UInt8], name: String, advice: String)] = [
        ([0x50, 0x4B, 0x03, 0x04], "a workbook (xlsx, ods, numbers) or another zip archive", saved),
        ([0xD0, 0xCF, 0x11, 0xE0], "an old Office document (xls)", saved),
        (Array("%PDF".utf8), "a PDF document", saved),
        (Array("SQLite format 3".utf8), "an SQLite database", saved),
        (Array("PGDMP".utf8), "a dump of PostgreSQL", saved),
        (Array("PAR1".utf8), "a Parquet file", saved),
        (Array("<".utf8), "HTML or XML", saved),
        ([0xFF, 0xFE, 0x00, 0x00], "UTF-32", "save it as UTF-8"),
        ([0x00, 0x00, 0xFE, 0xFF], "UTF-32", "save it as UTF-8"),
        (Array("BZh".utf8), "packed by bzip2", unpacked),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "packed by xz", unpacked),
        ([0x28, 0xB5, 0x2F, 0xFD], "packed by zstd", unpacked),
        ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive", unpacked),
    ]
}

/// Pieces of which the first are looked at before they are taken.
struct Lookahead {
    private var pieces: [UInt8] = []

    /// Looks at what comes, without taking it.
    ///
    /// - Returns: So many bytes or more; fewer if there are no more.
    mutating func peek(_ count: Int, _ next: () throws -> [UInt8]) rethrows -> [UInt8] {
        while pieces.count < count {
            let piece = try next()
            guard !piece.isEmpty else { break }
            pieces += piece
        }
        return pieces
    }

    /// Takes the next piece, those that were looked at first.
    mutating func next(_ next: () throws -> [UInt8]) rethrows -> [UInt8] {
        guard pieces.isEmpty else {
            defer { pieces = [] }
            return pieces
        }
        return try next()
    }
}
