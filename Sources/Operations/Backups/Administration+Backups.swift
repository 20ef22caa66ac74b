import JSON
import Leaderboards
import Postgres
import Storage

extension Administration {
    /// How long a change of the schema, or a month of the log that is exchanged, may keep a backup waiting.
    private static let turnTimeout = Duration.seconds(60)

    /// Reads the whole database from one snapshot.
    ///
    /// Months of the log wait for their retention meanwhile, and the schema for its changes; nothing else does.
    ///
    /// - Parameters:
    ///   - program: The version of this program.
    ///   - onRows: Told how many rows were read so far.
    ///   - put: Takes the bytes of the file.
    package func backup(
        program: String,
        onRows: @escaping @Sendable (Int) -> Void = { _ in },
        _ put: @escaping @Sendable ([UInt8]) throws -> Void
    ) async throws -> BackupSummary {
        let options = TransactionOptions(
            isolation: .repeatableRead,
            isReadOnly: true,
            statementTimeout: .zero,
            lockTimeout: Self.turnTimeout
        )
        return try await carrying(options) { session, carrier in
            let content = try DatabaseContent.reading(session)
            let facts = try session.serverFacts()
            let head = BackupHead(
                program: program,
                server: facts.version,
                takenAt: try session.run(.timeGet()),
                steps: try content.steps
            )
            guard head.steps == SchemaStep.known else {
                throw OperationError.conflict(
                    "the database's schema is newer than this program; back it up with the newer one"
                )
            }
            var writer = try BackupWriter(head, put)
            var done = 0
            for table in content.tables {
                try writer.begin(table)
                let rows = try content.read(table) { lines throws(PostgresError) in
                    try carrier.run { try writer.write(lines) }
                    onRows(done + lines.count { $0 == UInt8(ascii: "\n") })
                }
                done += rows
                try writer.end(table, rows: rows)
                onRows(done)
            }
            return try writer.finish(head)
        }
    }

    /// Makes sure that this program reads what a backup holds.
    package static func requireFit(of head: BackupHead) throws(OperationError) {
        guard head.steps == SchemaStep.known else {
            throw .conflict(
                "the backup was made by version \(head.program) with another schema; restore it with that version"
            )
        }
    }

    /// Makes the schema in an empty database and fills it, all at once or not at all.
    ///
    /// - Parameters:
    ///   - checked: What the file held when it was read first, which it must hold still.
    ///   - isDryRun: Only makes sure that the database is empty.
    ///   - onRows: Told how many rows were written so far.
    ///   - open: Opens the file, whose bytes what it returns gives; none at the end.
    /// - Throws: ``OperationError/conflict(_:)`` where the database holds anything, ``BackupError`` where the file has changed.
    package func restore(
        _ checked: BackupSummary,
        reason: String? = nil,
        isDryRun: Bool = false,
        onRows: @escaping @Sendable (Int) -> Void = { _ in },
        from open: @escaping @Sendable () throws -> () throws -> [UInt8]
    ) async throws {
        let (name, note) = (databaseName, note("database.restore", reason))
        let migrations = try Schema.migrations()
        let states = try await pool.withSession { session throws(PostgresError) in
            try migrations.status(session)
        }
        if let problem = states.problem { throw problem }
        if isDryRun, !states.pending.isEmpty { return }
        _ = try await migrations.apply(pool)
        try await carrying(.rebuilding()) { session, carrier in
            let content = isDryRun ? nil : try DatabaseContent.filling(session)
            let filled = try DatabaseContent.filledTables(session)
            guard filled.isEmpty else {
                throw OperationError.conflict(
                    "the database '\(name)' is not empty: there are rows in \(filled.joined(separator: ", ")); a backup"
                        + " is restored into an empty one"
                )
            }
            guard let content else { return }
            var reader = BackupReader(try open())
            var rows = 0
            guard case .head = try reader.next() else { throw BackupError.foreign }
            var piece = try reader.next()
            for table in content.tables {
                guard case .table(table.text) = piece else {
                    throw BackupError.damaged("it does not hold the table \(table.name) where it belongs")
                }
                try content.fill(table) { () throws(PostgresError) in
                    try carrier.run {
                        piece = try reader.next()
                        guard case .rows(let lines, let count) = piece else { return nil }
                        rows += count
                        onRows(rows)
                        return lines
                    }
                }
            }
            guard case .end(checked) = piece else {
                throw BackupError.damaged("it was changed while it was read")
            }
            try content.finish()
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("taken_at", "\(checked.head.takenAt)")
                writer.member("rows", checked.rows)
            }
            try session.run(.auditInsert(note.entry(on: name, before: nil, after: writer.text)))
        }
    }
}
