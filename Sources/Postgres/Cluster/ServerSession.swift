import CLibPQ

/// A short visit to the server, apart from the service's own connections: is it there, is the database there.
///
/// Every call blocks, for a few seconds at most.
enum ServerSession {
    enum Answer {
        /// The server accepts connections.
        case accepting
        /// The server is there and is starting, recovering or stopping.
        case rejecting
        /// Nobody answers.
        case silent
    }

    /// Asks whether the server accepts connections.
    static func ping(socketFolder: String) -> Answer {
        switch unsafe PQping(connectionString(socketFolder, database: "postgres")) {
        case PQPING_OK: .accepting
        case PQPING_REJECT: .rejecting
        default: .silent
        }
    }

    /// Creates the service's database when it is missing.
    ///
    /// - Throws: ``ClusterError`` with `startFailed` and the server's words.
    static func ensureDatabase(socketFolder: String) throws(ClusterError) {
        let connection = unsafe PQconnectdb(connectionString(socketFolder, database: "postgres"))
        defer { unsafe PQfinish(connection) }
        let found = unsafe PQexec(
            connection,
            "SELECT 1 FROM pg_catalog.pg_database WHERE datname = '\(ClusterLease.name)'"
        )
        defer { unsafe PQclear(found) }
        guard unsafe PQresultStatus(found) == PGRES_TUPLES_OK else {
            throw unsafe refused(String(cString: PQerrorMessage(connection)))
        }
        guard unsafe PQntuples(found) == 0 else { return }
        let created = unsafe PQexec(connection, "CREATE DATABASE \(ClusterLease.name)")
        defer { unsafe PQclear(created) }
        guard unsafe PQresultStatus(created) == PGRES_COMMAND_OK else {
            throw unsafe refused(String(cString: PQerrorMessage(connection)))
        }
    }

    private static func refused(_ message: String) -> ClusterError {
        ClusterError(
            .startFailed,
            "the private cluster runs, but its database cannot be used",
            details: message.split(separator: "\n").map(String.init)
        )
    }

    private static func connectionString(_ socketFolder: String, database: String) -> String {
        ClusterLease.connectionString(socketFolder: socketFolder, database: database) + " connect_timeout=3"
    }
}
