import Crypto
import Migrations
package import Postgres

/// A table as backups hold it.
package struct BackupTable: Hashable, Sendable {
    package let name: String
    let columns: [String]

    /// The table with its columns, as COPY names them.
    package var text: String { "\(name) (\(columns.joined(separator: ", ")))" }
}

/// A step of the schema, by the SHA-256 of its script in hexadecimal digits.
package struct SchemaStep: Hashable, Sendable {
    package let number: Int
    package let checksum: String

    package init(number: Int, checksum: String) {
        (self.number, self.checksum) = (number, checksum)
    }

    /// Those of this program.
    package static var known: [SchemaStep] {
        MigrationCatalogue.files.map {
            SchemaStep(number: $0.number, checksum: SHA256.hash(data: $0.sql).hexadecimal)
        }
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits for each byte.
    package var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// All that the database holds, table by table: as one moment saw it, or on its way into an empty one.
///
/// Everything but the books of the schema, which every database has of its own, and what is drawn anew so that nobody takes
/// what is remembered of another database for true.
package struct DatabaseContent {
    /// Those of ours, each behind those to which its rows refer.
    package static let tableNames = [
        "bots", "games", "api_keys", "audit", "players", "bans", "pending_erasures", "erasure_key",
        "erased_players", "erased_bans", "chats", "chat_instances", "chat_addresses", "chat_conflicts",
        "chat_splits", "answered_updates", "scores", "corrections", "reviews", "attempts", "server_runs",
        "boards",
        "entries", "rank_buckets", "targets", "message_edits", "deliveries", "delivery_chats",
        "delivery_bots",
    ]

    /// What is no table and comes first: the months of the log, and how far each sequence is.
    private static let months = BackupTable(name: "backup_months", columns: ["month"])
    private static let sequences = BackupTable(name: "backup_sequences", columns: ["name", "last"])
    private static let sources = [
        months.name: """
        SELECT to_date(right(c.relname, 7), 'YYYY_MM') FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'scores'::regclass ORDER BY 1
        """,
        sequences.name: """
        SELECT sequencename, last_value FROM pg_sequences
        WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY 1
        """,
    ]

    package let tables: [BackupTable]
    private let session: Session

    private init(_ session: Session) throws(PostgresError) {
        self.session = session
        let columns = try session.query(
            """
            SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attnum)
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY (\(Self.tableNames))
              AND (c.relname, a.attname) NOT IN (('bots', 'names'), ('games', 'epoch'), ('boards', 'version'))
            GROUP BY c.relname
            """
        ).map { row throws(PostgresError) in try row.decode(String.self, [String].self) }
        let found = Dictionary(columns) { first, _ in first }
        tables =
            [Self.months, Self.sequences]
            + Self.tableNames.map { BackupTable(name: $0, columns: found[$0] ?? []) }
    }

    /// Prepares for reading, in a transaction of one snapshot that has run no statement yet: months of the log that were
    /// exchanged after the snapshot would be missing in it.
    package static func reading(_ session: Session) throws(PostgresError) -> DatabaseContent {
        try session.script(
            """
            LOCK TABLE \(tableNames.joined(separator: ", ")) IN ACCESS SHARE MODE;
            SET LOCAL DateStyle = 'ISO';
            SET LOCAL bytea_output = 'hex';
            SET LOCAL extra_float_digits = 1
            """
        )
        try session.planForManyRows(memory: 16)
        return try DatabaseContent(session)
    }

    /// The steps of the schema that were applied.
    package var steps: [SchemaStep] {
        get throws(PostgresError) {
            try session.query(
                "SELECT number, encode(checksum, 'hex') FROM schema_migrations ORDER BY number"
            ).map { row throws(PostgresError) in
                let (number, checksum) = try row.decode(Int.self, String.self)
                return SchemaStep(number: number, checksum: checksum)
            }
        }
    }

    /// Reads a table as lines of text, in portions; returns how many there were.
    package func read(
        _ table: BackupTable,
        _ body: ([UInt8]) throws(PostgresError) -> Void
    ) throws(PostgresError) -> Int {
        try session.copy(
            query: Self.sources[table.name]
                ?? "SELECT \(table.columns.joined(separator: ", ")) FROM \(table.name)",
            body
        )
    }

    /// The tables that hold anything; the key by which erased players are hashed is there from the start.
    package static func filledTables(_ session: Session) throws(PostgresError) -> [String] {
        let tests = tableNames.filter { $0 != "erasure_key" }.map { "('\($0)', EXISTS (SELECT FROM \($0)))" }
        return try session.query(
            Query(
                unescaped: """
                    SELECT x.name FROM (VALUES \(tests.joined(separator: ", "))) AS x (name, is_filled) WHERE x.is_filled
                    """
            )
        ).decode(String.self)
    }

    /// Prepares for filling, in a transaction that keeps everybody else from writing.
    ///
    /// Triggers rest meanwhile: what they draw anew is new in every row.
    package static func filling(_ session: Session) throws(PostgresError) -> DatabaseContent {
        try session.script(
            tableNames.map { "ALTER TABLE \($0) DISABLE TRIGGER USER;\n" }.joined() + """
                CREATE TEMPORARY TABLE \(months.name) (month date NOT NULL) ON COMMIT DROP;
                CREATE TEMPORARY TABLE \(sequences.name) (name text NOT NULL, last bigint NOT NULL) ON COMMIT DROP
                """
        )
        return try DatabaseContent(session)
    }

    /// Puts text into a table, as ``read(_:_:)`` gives it; the tables must come in their order.
    ///
    /// - Parameter next: Gives the next piece; nil after the last.
    package func fill(
        _ table: BackupTable,
        _ next: () throws(PostgresError) -> [UInt8]?
    ) throws(PostgresError) {
        if table.name == "erasure_key" { try session.execute("DELETE FROM erasure_key") }
        _ = try session.copy(text: table.text, next)
        if table.name == Self.months.name {
            try session.execute(
                "SELECT make_score_partitions(month AT TIME ZONE 'UTC', month AT TIME ZONE 'UTC') FROM backup_months"
            )
        }
    }

    /// Ends filling, and has servers that run on this database load everything anew.
    package func finish() throws(PostgresError) {
        try session.execute(
            """
            SELECT setval(s.seqrelid::regclass, b.last)
            FROM backup_sequences b JOIN pg_class c ON c.relname = b.name AND c.relnamespace = current_schema()::regnamespace
            JOIN pg_sequence s ON s.seqrelid = c.oid
            """
        )
        try session.script(Self.tableNames.map { "ALTER TABLE \($0) ENABLE TRIGGER USER;\n" }.joined())
        try session.execute("SELECT pg_notify(\(Channel.settings.rawValue), 'restore')")
    }
}
