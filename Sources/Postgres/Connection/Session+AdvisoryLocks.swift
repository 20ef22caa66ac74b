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
        try run(.advisoryXactLock(key))
    }

    private func decodeFlag(_ query: Query) throws(PostgresError) -> Bool {
        try first(query)?.decode(Bool.self) ?? false
    }
}

extension Statement where Value == Void {
    /// Takes a lock until the transaction ends, waiting up to the lock time-out.
    ///
    /// - Parameters:
    ///   - key: The number of the lock.
    ///   - isShared: Whether others may hold it at the same time that share it, too.
    /// - Returns: The statement; those after it see what the holders before had written.
    package static func advisoryXactLock(_ key: Int64, isShared: Bool = false) -> Self {
        Self(
            isShared ? "SELECT pg_advisory_xact_lock_shared(\(key))" : "SELECT pg_advisory_xact_lock(\(key))"
        ) { _ in }
    }

    /// Takes locks one after another until the transaction ends; see ``advisoryXactLock(_:isShared:)``.
    package static func advisoryXactLocks(_ keys: [Int64], isShared: Bool = false) -> Self {
        guard keys.count > 1 else { return advisoryXactLock(keys[0], isShared: isShared) }
        return Self(
            isShared
                ? "SELECT pg_advisory_xact_lock_shared(key) FROM unnest(\(keys)) AS x (key)"
                : "SELECT pg_advisory_xact_lock(key) FROM unnest(\(keys)) AS x (key)"
        ) { _ in }
    }
}
