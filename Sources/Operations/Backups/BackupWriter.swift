import Crypto
import Storage

/// Writes a backup, piece by piece.
struct BackupWriter {
    private let put: ([UInt8]) throws -> Void
    private var hash = SHA256()
    private var counts: [(name: String, rows: Int)] = []

    init(_ head: BackupHead, _ put: @escaping ([UInt8]) throws -> Void) throws {
        self.put = put
        try write(Array("\(BackupFormat.magic)\(BackupFormat.version)\n\(head.text)\n".utf8))
    }

    mutating func begin(_ table: BackupTable) throws {
        try write(Array("\(BackupFormat.tableStart)\(table.text)\n".utf8))
    }

    mutating func write(_ lines: [UInt8]) throws {
        hash.update(data: lines)
        try put(lines)
    }

    mutating func end(_ table: BackupTable, rows: Int) throws {
        counts.append((table.name, rows))
        try write(BackupFormat.tableEnd)
    }

    /// Ends the file.
    func finish(_ head: BackupHead) throws -> BackupSummary {
        let checksum = hash.finalize().hexadecimal
        try put(Array((BackupSummary.text(counts: counts, checksum: checksum) + "\n").utf8))
        return BackupSummary(
            head: head,
            counts: Dictionary(counts.map { ($0.name, $0.rows) }) { first, _ in first },
            checksum: checksum
        )
    }
}
