import CLibPQ
import Glibc

extension WireConnection {
    /// The oldest server this product works with, as libpq numbers versions.
    private static let minimumServerVersion: Int32 = 140_000

    /// Connects and sets the session up; blocks up to the connect time-out for each host.
    ///
    /// - Throws: `.connectionFailed`.
    static func open(_ configuration: PostgresConfiguration) throws(PostgresError) -> WireConnection {
        guard let pointer = unsafe connect(configuration) else {
            throw PostgresError(.connectionFailed, "out of memory")
        }
        let wire = unsafe WireConnection(
            owning: pointer,
            connectionString: configuration.connectionString,
            pooledSettings: configuration.isPooled ? setup(configuration, isLocal: true) : nil
        )
        guard unsafe PQstatus(pointer) == CONNECTION_OK else {
            throw PostgresError(.connectionFailed, wire.connectionMessage())
        }
        guard unsafe PQserverVersion(pointer) >= minimumServerVersion else {
            throw PostgresError(.connectionFailed, "the server is older than PostgreSQL 14")
        }
        // libpq would print notices to standard error.
        unsafe PQsetNoticeProcessor(pointer, { _, _ in }, nil)
        guard unsafe PQsetnonblocking(pointer, 1) == 0 else {
            throw PostgresError(.connectionFailed, wire.connectionMessage())
        }
        wire.responseLimit = configuration.statementTimeout + configuration.responseGrace
        do {
            // Of a session that is another one the next time nothing is asked but whether it is there.
            try wire.script(
                configuration.isPooled
                    ? ""
                    : """
                    \(setup(configuration, isLocal: false));
                    SET idle_session_timeout = 0;
                    SET default_transaction_isolation = 'read committed'
                    """
            )
        } catch {
            throw PostgresError(.connectionFailed, "session set-up: \(error.message)").with {
                $0.sqlState = error.sqlState
            }
        }
        return wire
    }

    private static func connect(_ configuration: PostgresConfiguration) -> OpaquePointer? {
        let parameters: [(String, String)] = [
            // What comes before the connection string is a default, what comes after it has the last word.
            ("fallback_application_name", configuration.applicationName),
            ("connect_timeout", String(max(1, configuration.connectTimeout.milliseconds / 1000))),
            ("keepalives_idle", "5"),
            ("keepalives_interval", "2"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "10000"),
            ("dbname", configuration.connectionString.text),
            ("client_encoding", "UTF8"),
        ]
        var keywords = unsafe parameters.map { unsafe UnsafePointer(strdup($0.0)) }
        var values = unsafe parameters.map { unsafe UnsafePointer(strdup($0.1)) }
        defer {
            for index in parameters.indices {
                unsafe free(UnsafeMutablePointer(mutating: keywords[index]))
                unsafe free(UnsafeMutablePointer(mutating: values[index]))
            }
        }
        unsafe keywords.append(nil)
        unsafe values.append(nil)
        return unsafe PQconnectdbParams(keywords, values, 1)
    }

    /// The settings of a session, in this order.
    ///
    /// Compiling a statement at run time takes longer than any of ours runs, however much the planner expects of it.
    /// So does planning: statements take arrays, whose lengths change what the planner expects but not which plan is
    /// the right one, and it would make one for every execution.
    /// A plan made while a table was small must still be right when it has grown, so statements reach rows by indexes,
    /// row by row, unless a transaction over many rows says otherwise (``Session/planForManyRows(memory:)``).
    ///
    /// What a role, a database or a pooler may have set otherwise and would change what our statements mean is set, too.
    /// Names are looked for in our own schema only: in any other somebody may have made a function that fits a call
    /// better than PostgreSQL's own. Temporary tables come last, or they could stand in front of ours.
    private static func settings(_ configuration: PostgresConfiguration) -> [(name: String, value: String)] {
        [
            ("statement_timeout", "\(configuration.statementTimeout.milliseconds)"),
            ("lock_timeout", "\(configuration.lockTimeout.milliseconds)"),
            (
                "idle_in_transaction_session_timeout",
                "\(configuration.idleInTransactionTimeout.milliseconds)"
            ),
            ("jit", "off"), ("plan_cache_mode", "force_generic_plan"), ("enable_seqscan", "off"),
            ("enable_bitmapscan", "off"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off"),
            ("enable_material", "off"), ("TimeZone", "UTC"),
            ("search_path", "\(PostgresConfiguration.schema), pg_temp"), ("client_encoding", "UTF8"),
            ("standard_conforming_strings", "on"),
        ]
    }

    /// The settings as one query, for a session or until the end of the transaction.
    private static func setup(_ configuration: PostgresConfiguration, isLocal: Bool) -> String {
        let calls = settings(configuration).map { "set_config('\($0.name)', '\($0.value)', \(isLocal))" }
        return """
            SELECT \(calls.joined(separator: ", ")),
                CASE WHEN current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')
                THEN set_config('synchronous_commit', 'on', \(isLocal)) END
            """
    }

    /// Runs a script of several statements through the simple protocol, outside pipeline mode.
    ///
    /// Without an open transaction the server runs the script as one transaction.
    func script(_ sql: String) throws(PostgresError) {
        guard !sql.holdsNUL else {
            throw PostgresError(.encoding, "script contains a NUL character")
        }
        if !pendingBegin.isEmpty { _ = try attempt([]) }
        guard unsafe PQexitPipelineMode(pointer) == 1, unsafe PQsendQuery(pointer, sql) == 1 else {
            throw lost()
        }
        var failure: PostgresError?
        while let result = try nextResult() {
            switch result.status {
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                isBroken = true
                throw PostgresError(.server, "COPY is not possible in a script")
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
                let error = try checked(result, statement: nil)
                let line = result.errorPosition.map { position in
                    1 + sql.unicodeScalars.prefix(position - 1).count { $0 == "\n" }
                }
                failure = failure ?? error.prefixed(line.map { "line \($0): " } ?? "")
            default:
                break
            }
        }
        guard unsafe PQenterPipelineMode(pointer) == 1 else { throw failure ?? lost() }
        if let failure { throw failure }
    }
}
