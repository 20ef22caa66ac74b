/// Locks on numbers that only this product's own code gives a meaning.
extension Session {
    /// Takes a lock for the session without waiting; it is given back when the closure ends at the latest, or with
    /// ``PostgresPool/withConnection(_:)`` when that scope ends.
    ///
    /// - Returns: Whether nobody else holds it.
    package func tryAdvisoryLock(_ key: Int64) throws(PostgresError) -> Bool {
        let isTaken = try decodeFlag("SELECT pg_try_advisory_lock(\(key))")
        holdsSessionLocks = holdsSessionLocks || isTaken
        return isTaken
    }

    /// Gives back a lock that was taken for the session.
    package func advisoryUnlock(_ key: Int64) throws(PostgresError) {
        try execute("SELECT pg_advisory_unlock(\(key))")
    }

    /// Takes a lock until the transaction ends, waiting up to the lock time-out.
    package func advisoryXactLock(_ key: Int64) throws(PostgresError) {
        try execute("SELECT pg_advisory_xact_lock(\(key))")
    }

    /// Takes a lock that several may share until the transaction ends, waiting up to the lock time-out.
    package func advisoryXactLockShared(_ key: Int64) throws(PostgresError) {
        try execute("SELECT pg_advisory_xact_lock_shared(\(key))")
    }

    private func decodeFlag(_ query: Query) throws(PostgresError) -> Bool {
        try first(query)?.decode(Bool.self) ?? false
    }
}
