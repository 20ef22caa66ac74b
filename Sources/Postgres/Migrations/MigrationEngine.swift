import CLibPQ

/// Applies migrations, each in a transaction of its own, one process at a time, and records them.
///
/// The books are the table `schema_migrations`; a script is recognised by its SHA-256, which the server computes.
package struct MigrationEngine: Sendable {
    package let migrations: [Migration]
    /// How long to wait for another process that is migrating.
    private let turnTimeout: Duration = .seconds(60)
    /// How long a script waits for a lock: what waits behind it waits as long.
    private let lockTimeout: Duration = .seconds(5)
    /// The advisory lock that a migrating process holds: the ASCII codes of "schema".
    private let lockKey: Int64 = 0x73_63_68_65_6d_61

    /// Takes over the known migrations.
    ///
    /// - Throws: `.migration` if their numbers are not unique, positive and ascending.
    package init(_ migrations: [Migration]) throws(PostgresError) {
        var previous = 0
        for migration in migrations {
            guard migration.number > previous else {
                throw PostgresError(
                    .migration,
                    "number \(migration.number) of \"\(migration.name)\" does not follow \(previous)"
                )
            }
            previous = migration.number
        }
        self.migrations = migrations
    }

    /// Compares the known migrations with the database, which it does not change.
    ///
    /// - Returns: The state of every step known here or there, by number.
    /// - Throws: `.invalidConfiguration` for a database in another encoding than UTF-8, `.migration` for one of a build that
    ///   kept its tables in `public`.
    package func status(_ session: Session) throws(PostgresError) -> [MigrationState] {
        try session.requireUTF8()
        try requireNoOlderTables(session)
        let applied = try appliedSteps(session)
        let checksums = try knownChecksums(session)
        let newestApplied = applied.keys.max() ?? 0
        let newestKnown = migrations.last?.number ?? 0

        var states: [MigrationState] = []
        var known: Set<Int> = []
        for (migration, checksum) in zip(migrations, checksums) {
            known.insert(migration.number)
            let condition: MigrationState.Condition =
                if let step = applied[migration.number] {
                    step.checksum == checksum
                        ? .applied(step.time)
                        : migration.isBaseline ? .otherBaseline(step.time) : .changed(step.time)
                } else {
                    migration.number < newestApplied ? .outOfOrder : .pending
                }
            states.append(
                MigrationState(number: migration.number, name: migration.name, condition: condition)
            )
        }
        for (number, step) in applied where !known.contains(number) {
            let condition: MigrationState.Condition =
                number > newestKnown ? .newer(step.time) : .missing(step.time)
            states.append(MigrationState(number: number, name: step.name, condition: condition))
        }
        return states.sorted { $0.number < $1.number }
    }

    /// Applies what is pending.
    ///
    /// - Parameters:
    ///   - pool: Connections to the database whose schema it is.
    ///   - isDryRun: Only says what would be applied.
    /// - Returns: What was applied, in order; not what another process applied meanwhile.
    /// - Throws: `.migration` if the schema does not fit; the server's error, naming the migration, if a script fails.
    @discardableResult
    package func apply(_ pool: PostgresPool, isDryRun: Bool = false) async throws(PostgresError)
        -> [Migration]
    {
        let states = try await pool.withSession { session throws(PostgresError) in try status(session) }
        if let problem = states.problem { throw problem }
        let numbers = Set(states.pending.map(\.number))
        let pending = migrations.filter { numbers.contains($0.number) }
        guard !isDryRun else { return pending }

        let options = TransactionOptions(statementTimeout: .zero, lockTimeout: turnTimeout)
        var applied: [Migration] = []
        for migration in pending {
            let isOurs = try await pool.transaction(options) { session throws(PostgresError) in
                try apply(migration, session)
            }
            if isOurs { applied.append(migration) }
        }
        return applied
    }

    /// Applies one migration unless another process was faster.
    private func apply(_ migration: Migration, _ session: Session) throws(PostgresError) -> Bool {
        try session.advisoryXactLock(lockKey)
        try makeSchema(session)
        try session.execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                number bigint PRIMARY KEY,
                name text NOT NULL,
                checksum bytea NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """
        )
        try closeBooks(session)
        let states = try status(session)
        if let problem = states.problem { throw problem }
        guard states.pending.contains(where: { $0.number == migration.number }) else { return false }

        do {
            try session.execute("SET LOCAL lock_timeout = \(unescaped: "\(lockTimeout.milliseconds)")")
            try session.script(String(decoding: migration.sql, as: UTF8.self))
        } catch {
            throw error.prefixed("migration \(migration.number) \"\(migration.name)\": ")
        }
        guard session.wire.transactionStatus == PQTRANS_INTRANS else {
            throw PostgresError(
                .migration,
                "migration \(migration.number) \"\(migration.name)\" contains COMMIT or ROLLBACK"
            )
        }
        try session.execute(
            """
            INSERT INTO schema_migrations (number, name, checksum)
            VALUES (\(migration.number), \(migration.name), sha256(\(Bytea(migration.sql))))
            """
        )
        return true
    }

    private struct AppliedStep {
        let name: String
        let checksum: Bytea
        let time: Timestamp
    }

    private func appliedSteps(_ session: Session) throws(PostgresError) -> [Int: AppliedStep] {
        let row = try session.first(
            """
            SELECT to_regclass('schema_migrations') IS NOT NULL, current_user::text,
                   (SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace
                    WHERE nspname = \(PostgresConfiguration.schema) AND NOT has_schema_privilege(oid, 'USAGE'))
            """
        )
        let (hasBooks, role, stranger) =
            try row?.decode(Bool.self, String.self, String?.self) ?? (false, "", nil)
        if let stranger {
            throw PostgresError(
                .server,
                "the schema \(PostgresConfiguration.schema) belongs to \(stranger); the role \(role) may not use it"
            )
            .with { $0.sqlState = .insufficientPrivilege }
        }
        guard hasBooks else { return [:] }
        var steps: [Int: AppliedStep] = [:]
        for row in try session.query("SELECT number, name, checksum, applied_at FROM schema_migrations") {
            let (number, name, checksum, time) = try row.decode(
                Int.self,
                String.self,
                Bytea.self,
                Timestamp.self
            )
            steps[number] = AppliedStep(name: name, checksum: checksum, time: time)
        }
        return steps
    }

    private func knownChecksums(_ session: Session) throws(PostgresError) -> [Bytea] {
        try session.query(
            """
            SELECT sha256(script)
            FROM unnest(\(migrations.map { Bytea($0.sql) })) WITH ORDINALITY AS known (script, position)
            ORDER BY position
            """
        ).decode(Bytea.self)
    }
}
