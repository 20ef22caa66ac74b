import CLibPQ

/// One message, or group of messages, of a pipeline that is answered by one result.
private enum Step {
    case control(String)
    case commit
    case deallocate(String)
    case prepare(name: String, StatementCache.Key)
    case execute(name: String, query: Int)
    /// Of a query that is not prepared: the server's session may not be there the next time.
    case run(query: Int)
}

extension WireConnection {
    /// Sends queries in one go, reads all answers while sending, and returns the results in order.
    ///
    /// Outside a transaction the queries are one: all take effect or none. A statement whose plan no longer fits the
    /// schema is prepared anew once, unless work of an open transaction would be lost by that.
    ///
    /// - Throws: The error of the first query that failed.
    func exchange(_ queries: [Query]) throws(PostgresError) -> [ResultHandle] {
        try check(queries)
        let begin = pendingBegin
        do {
            return try attempt(queries)
        } catch {
            guard error.isStalePlan, !isBroken else { throw error }
            forgetStatements(existOnServer: error.sqlState != .invalidStatementName)
            guard !isInTransaction || !begin.isEmpty else { throw error }
            if transactionStatus != PQTRANS_IDLE { _ = try attempt([], control: ["ROLLBACK"]) }
            pendingBegin = begin
            return try attempt(queries)
        }
    }

    /// Sends the last queries of a transaction with its COMMIT.
    ///
    /// A plan that no longer fits the schema is left to whoever repeats the transaction.
    func exchangeAndCommit(_ queries: [Query]) throws(PostgresError) -> [ResultHandle] {
        try check(queries)
        do {
            let results = try attempt(queries, isCommitted: true)
            isInTransaction = false
            return results
        } catch {
            if error.isStalePlan, !isBroken {
                forgetStatements(existOnServer: error.sqlState != .invalidStatementName)
            }
            throw error
        }
    }

    private func check(_ queries: [Query]) throws(PostgresError) {
        for query in queries {
            if let failure = query.bindings.failure {
                throw failure.with { $0.statement = query.sql }
            }
            guard query.bindings.types.count <= Int(UInt16.max), !query.pieces.contains(where: \.holdsNUL)
            else {
                throw PostgresError(.encoding, "statement has too many parameters or a NUL character")
            }
        }
    }

    private func forgetStatements(existOnServer: Bool) {
        let names = statements.removeAll()
        pendingDeallocations = existOnServer ? pendingDeallocations + names : []
    }

    /// Sends what opens the transaction, control statements and queries as one pipeline, and reads the answers.
    ///
    /// A COMMIT ends the pipeline if `isCommitted` is set.
    func attempt(
        _ queries: [Query],
        control: [String] = [],
        isCommitted: Bool = false
    ) throws(PostgresError) -> [ResultHandle] {
        var steps = plan(queries, control)
        if isCommitted { steps.append(.commit) }
        do throws(PostgresError) {
            for step in steps { try send(step, queries) }
            guard unsafe PQpipelineSync(pointer) == 1 else { throw lost() }
            return try receive(steps, queries)
        } catch {
            guard isBroken, isCommitted || !isInTransaction else { throw error }
            throw error.with { $0.outcomeUnknown = true }
        }
    }

    private func plan(_ queries: [Query], _ control: [String]) -> [Step] {
        var steps = (pendingBegin + control).map { Step.control($0) }
        pendingBegin = []
        if let pooledSettings {
            // Queries outside a transaction are one by themselves.
            if !isInTransaction, !queries.isEmpty { steps.append(.control(pooledSettings)) }
            return steps + queries.indices.map { Step.run(query: $0) }
        }
        if !queries.isEmpty {
            steps += pendingDeallocations.map { Step.deallocate($0) }
            steps.reserveCapacity(steps.count + 2 * queries.count)
        }
        for (index, query) in queries.enumerated() {
            let key = StatementCache.Key(query)
            if let name = statements.name(for: key) {
                steps.append(.execute(name: name, query: index))
                continue
            }
            let (name, evicted) = statements.insert(key)
            if let evicted {
                pendingDeallocations.append(evicted)
                steps.append(.deallocate(evicted))
            }
            steps.append(.prepare(name: name, key))
            steps.append(.execute(name: name, query: index))
        }
        return steps
    }

    private func send(_ step: Step, _ queries: [Query]) throws(PostgresError) {
        let isSent: Int32
        switch step {
        case .control(let sql):
            isSent = unsafe PQsendQueryParams(pointer, sql, 0, nil, nil, nil, nil, 1)
        case .commit:
            isSent = unsafe PQsendQueryParams(pointer, "COMMIT", 0, nil, nil, nil, nil, 1)
        case .deallocate(let name):
            isSent = unsafe PQsendQueryParams(pointer, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 1)
        case .prepare(let name, let key):
            isSent = unsafe PQsendPrepare(pointer, name, key.sql, Int32(key.types.count), key.types)
        case .execute(let name, let query):
            isSent = unsafe queries[query].bindings.send(to: pointer, statement: name)
        case .run(let query):
            isSent = unsafe queries[query].bindings.send(to: pointer, text: queries[query].sql)
        }
        guard isSent == 1 else { throw lost() }
    }

    /// Reads the answers of a pipeline to its end, whatever they are.
    private func receive(_ steps: [Step], _ queries: [Query]) throws(PostgresError) -> [ResultHandle] {
        var results: [ResultHandle] = []
        results.reserveCapacity(queries.count)
        var failure: PostgresError?
        for step in steps {
            var last: ResultHandle?
            while let result = try nextResult() { last = result }
            guard let last else { throw lost() }
            switch last.status {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                switch step {
                case .execute, .run: results.append(last)
                case .deallocate(let name): pendingDeallocations.removeAll { $0 == name }
                case .commit where last.commandTag != "COMMIT":
                    failure =
                        failure ?? PostgresError(.rolledBack, "an earlier error had ended the transaction")
                case .control, .commit, .prepare: break
                }
                if case .control = step, queries.isEmpty { results.append(last) }
            case PGRES_PIPELINE_ABORTED:
                if case .prepare(_, let key) = step { statements.remove(key) }
            default:
                if case .prepare(_, let key) = step { statements.remove(key) }
                let error = try checked(last, statement: text(of: step, queries))
                failure = failure ?? error
            }
        }
        guard try nextResult()?.status == PGRES_PIPELINE_SYNC else { throw lost() }
        if let failure { throw failure }
        return results
    }

    /// The error that a result reports.
    ///
    /// - Throws: The error itself if it ends the connection.
    func checked(_ result: ResultHandle, statement: String?) throws(PostgresError) -> PostgresError {
        guard !result.endsConnection, unsafe PQstatus(pointer) == CONNECTION_OK else {
            isBroken = true
            throw result.error(.connectionLost, statement: statement)
        }
        return result.error(.server, statement: statement)
    }

    private func text(of step: Step, _ queries: [Query]) -> String {
        switch step {
        case .control(let sql): sql
        case .commit: "COMMIT"
        case .deallocate(let name): "DEALLOCATE \(name)"
        case .prepare(_, let key): key.sql
        case .execute(_, let query), .run(let query): queries[query].sql
        }
    }
}

extension Bindings {
    /// Hands the parameters of a prepared statement to libpq, which copies them into its buffer.
    fileprivate func send(to connection: OpaquePointer, statement: String) -> Int32 {
        unsafe withPointers { values, lengths, formats in
            unsafe PQsendQueryPrepared(
                connection,
                statement,
                Int32(ranges.count),
                values,
                lengths,
                formats,
                1
            )
        }
    }

    /// Hands a statement with its parameters to libpq.
    fileprivate func send(to connection: OpaquePointer, text: String) -> Int32 {
        unsafe withPointers { values, lengths, formats in
            unsafe PQsendQueryParams(
                connection,
                text,
                Int32(ranges.count),
                types,
                values,
                lengths,
                formats,
                1
            )
        }
    }

    private func withPointers(
        _ body: (_ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]) -> Int32
    ) -> Int32 {
        let lengths = ranges.map { Int32($0?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: ranges.count)
        return unsafe bytes.withUnsafeBytes { buffer in
            unsafe withUnsafePointer(to: CChar(0)) { empty in
                // A NULL pointer means NULL, so a value of no bytes needs some other one.
                let values = unsafe ranges.map { range -> UnsafePointer<CChar>? in
                    guard let range else { return nil }
                    guard !range.isEmpty else { return unsafe empty }
                    return unsafe buffer.baseAddress?.advanced(by: range.lowerBound)
                        .assumingMemoryBound(to: CChar.self)
                }
                return unsafe body(values, lengths, formats)
            }
        }
    }
}
