import Crypto
import Glibc
import JSON
import Storage

/// Reads a backup piece by piece, and holds it against what it says of itself.
package struct BackupReader {
    enum Piece {
        case head(BackupHead)
        /// The table of the rows that follow, with its columns.
        case table(String)
        /// Whole lines of a table, and how many.
        case rows([UInt8], count: Int)
        /// The end of the file, all of which is as it was written.
        case end(BackupSummary)
    }

    private enum Place { case start, head, between, rows, end }

    /// PostgreSQL has no longer values, so that no row of ours comes near.
    private static let longestLine = 256 * 1024 * 1024
    private static let newline = UInt8(ascii: "\n")

    private let read: () throws -> [UInt8]
    private var buffer: [UInt8] = []
    private var position = 0
    private var place = Place.start
    private var head: BackupHead?
    private var hash = SHA256()
    private var table = ""
    private var counts: [String: Int] = [:]

    /// - Parameter read: Gives the next bytes of the file; none at its end.
    package init(_ read: @escaping () throws -> [UInt8]) { self.read = read }

    /// Reads a file from its start to its end.
    ///
    /// - Parameter onRows: Told how many rows were read so far.
    /// - Throws: ``BackupError``, and what reading throws.
    package static func verify(
        _ read: @escaping () throws -> [UInt8],
        onRows: (Int) -> Void = { _ in }
    ) throws -> BackupSummary {
        var reader = BackupReader(read)
        var rows = 0
        while true {
            switch try reader.next() {
            case .head, .table: continue
            case .rows(_, let count):
                rows += count
                onRows(rows)
            case .end(let summary): return summary
            }
        }
    }

    mutating func next() throws -> Piece {
        while true {
            switch place {
            case .start: try readMagic()
            case .head:
                guard let head = BackupHead(try line()) else {
                    throw BackupError.damaged("its second line does not say what it holds")
                }
                (self.head, place) = (head, .between)
                return .head(head)
            case .between:
                let before = hash
                let line = try line()
                let text = String(decoding: line, as: UTF8.self)
                guard text.hasPrefix(BackupFormat.tableStart) else { return try end(line, before) }
                let name = String(text.dropFirst(BackupFormat.tableStart.count))
                table = String(name.prefix { $0 != " " })
                guard counts.updateValue(0, forKey: table) == nil else {
                    throw BackupError.damaged("it holds the table \(table) twice")
                }
                place = .rows
                return .table(name)
            case .rows: if let rows = try rows() { return rows }
            case .end: throw BackupError.damaged("it was read beyond its end")
            }
        }
    }

    private mutating func readMagic() throws {
        let magic = Array(BackupFormat.magic.utf8)
        while buffer.count < magic.count, try refill() {}
        guard buffer.starts(with: magic) else { throw BackupError.foreign }
        let version = String(decoding: try line().dropFirst(magic.count), as: UTF8.self)
        guard version == "\(BackupFormat.version)" else {
            throw Int(version) == nil ? BackupError.foreign : BackupError.newer(version)
        }
        place = .head
    }

    /// Lines of a table up to its end, or as many as there are; nil at the end.
    private mutating func rows() throws -> Piece? {
        var (end, count) = (position, 0)
        while let newline = newline(from: end) {
            guard buffer[end...newline].elementsEqual(BackupFormat.tableEnd) else {
                (end, count) = (newline + 1, count + 1)
                continue
            }
            let rows = take(upTo: end)
            _ = take(upTo: newline + 1)
            place = .between
            return count == 0 ? nil : piece(rows, count)
        }
        guard count == 0 else { return piece(take(upTo: end), count) }
        guard try refill() else { throw truncated }
        return nil
    }

    private mutating func piece(_ rows: [UInt8], _ count: Int) -> Piece {
        counts[table, default: 0] += count
        return .rows(rows, count: count)
    }

    private mutating func end(_ line: [UInt8], _ hash: SHA256) throws -> Piece {
        guard let json = try? JSON.parse(line), let checksum = json["sha256"]?.string, let head else {
            throw BackupError.damaged("a line after table \(table) is no part of a backup")
        }
        guard checksum == hash.finalize().hexadecimal else {
            throw BackupError.damaged("its checksum is another")
        }
        let told = json["rows"]?.entries.map { ($0.key, Int($0.value.int64 ?? -1)) } ?? []
        guard counts == Dictionary(told, uniquingKeysWith: { first, _ in first }) else {
            throw BackupError.damaged("it has other numbers of rows than it says")
        }
        guard position == buffer.count, try !refill() else {
            throw BackupError.damaged("something follows its end")
        }
        place = .end
        return .end(BackupSummary(head: head, counts: counts, checksum: checksum))
    }

    private var truncated: BackupError {
        .damaged("it ends too early\(table.isEmpty ? "" : ", in or after table \(table)")")
    }

    // MARK: - Bytes

    /// The next line, without its end.
    private mutating func line() throws -> [UInt8] {
        while true {
            if let newline = newline(from: position) { return take(upTo: newline + 1).dropLast() }
            guard try refill() else { throw truncated }
        }
    }

    private func newline(from start: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, start < bytes.count,
                let found = memchr(base + start, Int32(Self.newline), bytes.count - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    private mutating func take(upTo end: Int) -> [UInt8] {
        let taken = Array(buffer[position..<end])
        hash.update(data: taken)
        position = end
        return taken
    }

    /// Gets more bytes behind those that were not taken; returns whether there are any.
    private mutating func refill() throws -> Bool {
        let more = try read()
        buffer.removeSubrange(..<position)
        position = 0
        buffer += more
        guard buffer.count <= Self.longestLine else {
            throw BackupError.damaged("it has a line that no table can hold")
        }
        return !more.isEmpty
    }
}
