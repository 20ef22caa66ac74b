import CLibPQ

extension Session {
    /// Lets the planner choose freely until the transaction ends, for statements over a large part of a table.
    ///
    /// - Parameter memory: What a sort or hash may take before it goes to disk, in megabytes.
    package func planForManyRows(memory: Int) throws(PostgresError) {
        _ = try pipeline([
            "SELECT set_config('work_mem', \("\(memory)MB"), true)",
            """
            SELECT set_config(name, 'on', true)
            FROM unnest(ARRAY['enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', 'enable_mergejoin',
                              'enable_material']) AS name
            """,
            "SET LOCAL plan_cache_mode = force_custom_plan",
        ])
    }

    /// Runs a body between BEGIN and COMMIT, or ROLLBACK if it throws.
    ///
    /// BEGIN travels with the body's first statement, COMMIT with those of its ending. If a prepared statement turns out not to fit the schema any
    /// more after others have run, all is rolled back and the body runs once more.
    func transaction<R>(
        _ options: TransactionOptions,
        limit: Duration,
        grace: Duration,
        _ body: (Session) throws(PostgresError) -> Ending<R>
    ) throws(PostgresError) -> R {
        let usualLimit = wire.responseLimit
        defer { wire.responseLimit = usualLimit }
        let statementTimeout = options.statementTimeout ?? limit
        wire.responseLimit = statementTimeout == .zero ? nil : statementTimeout + grace
        do {
            return try transactionOnce(options, body)
        } catch {
            guard error.isStalePlan, !wire.isBroken else { throw error }
            return try transactionOnce(options, body)
        }
    }

    private func transactionOnce<R>(
        _ options: TransactionOptions,
        _ body: (Session) throws(PostgresError) -> Ending<R>
    ) throws(PostgresError) -> R {
        wire.begin(options)
        let ending: Ending<R>
        let results: [ResultHandle]
        do {
            ending = try body(self)
            if options.isDryRun {
                let value = try run(ending)
                wire.rollback()
                return value
            }
            results = ending.queries.isEmpty ? [] : try wire.exchangeAndCommit(ending.queries)
        } catch {
            wire.rollback()
            throw error
        }
        if ending.queries.isEmpty { try wire.commit() }
        return try ending.decode(results.map { Rows($0) })
    }

    /// Makes the connection fit for the next user.
    func reset() -> Bool {
        guard !wire.isBroken else { return false }
        if wire.isInTransaction || wire.transactionStatus != PQTRANS_IDLE { wire.rollback() }
        if holdsSessionLocks {
            holdsSessionLocks = false
            guard (try? execute("SELECT pg_advisory_unlock_all()")) != nil else { return false }
        }
        return !wire.isBroken
    }
}

extension WireConnection {
    fileprivate func begin(_ options: TransactionOptions) {
        pendingBegin = options.opening
        if let pooledSettings { pendingBegin.insert(pooledSettings, at: 1) }
        isInTransaction = true
    }

    /// Ends the transaction by COMMIT.
    ///
    /// - Throws: `.rolledBack` if an error that the body swallowed had doomed the transaction; an error with
    ///   `outcomeUnknown` if the connection broke before the server answered.
    fileprivate func commit() throws(PostgresError) {
        isInTransaction = false
        guard pendingBegin.isEmpty else {
            // Nothing was sent, so there is nothing to commit.
            pendingBegin = []
            return
        }
        guard !isBroken else {
            throw PostgresError(.connectionLost, "connection broke before COMMIT")
        }
        let tag = try attempt([], control: ["COMMIT"]).last?.commandTag
        guard tag == "COMMIT" else {
            throw PostgresError(.rolledBack, "an earlier error had ended the transaction")
        }
    }

    /// Ends the transaction by ROLLBACK; a connection on which that fails is given up.
    fileprivate func rollback() {
        isInTransaction = false
        pendingBegin = []
        guard !isBroken, transactionStatus != PQTRANS_IDLE else { return }
        do {
            _ = try attempt([], control: ["ROLLBACK"])
        } catch {
            isBroken = true
        }
    }
}
