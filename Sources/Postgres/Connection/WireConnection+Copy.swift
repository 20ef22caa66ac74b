import CLibPQ

/// COPY from here to the server and back. libpq knows none in pipeline mode, which is left for its time.
extension WireConnection {
    /// Starts a COPY and waits until the server takes data, or gives them (`PGRES_COPY_OUT`).
    ///
    /// - Throws: What the server has against it; the connection is as before.
    func beginCopy(_ sql: String, _ state: ExecStatusType = PGRES_COPY_IN) throws(PostgresError) {
        if !pendingBegin.isEmpty { _ = try attempt([]) }
        guard unsafe PQexitPipelineMode(pointer) == 1, unsafe PQsendQuery(pointer, sql) == 1 else {
            throw lost()
        }
        guard let result = try nextResult() else { throw lost() }
        guard result.status != state else { return }
        let error = try checked(result, statement: sql)
        while try nextResult() != nil {}
        guard unsafe PQenterPipelineMode(pointer) == 1 else { throw lost() }
        throw error
    }

    /// Sends a portion of the data and waits until it is on its way.
    func sendCopy(_ bytes: [UInt8]) throws(PostgresError) {
        let sent = unsafe bytes.withUnsafeBytes { buffer in
            unsafe PQputCopyData(
                pointer,
                buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(buffer.count)
            )
        }
        guard sent == 1 else { throw lost() }
        try flush()
    }

    /// Ends a COPY.
    ///
    /// - Parameter failure: Why it ends before all is sent; nil when all is.
    /// - Returns: How many rows there were.
    /// - Throws: What the server has against the data.
    func endCopy(failure: String?) throws(PostgresError) -> Int {
        guard unsafe PQputCopyEnd(pointer, failure) == 1 else { throw lost() }
        try flush()
        return try finishCopy()
    }

    /// Takes the next row of a COPY from the server, as it came.
    ///
    /// - Returns: Whether there was one; after the last, ``finishCopy()`` is due.
    func receiveCopy(into bytes: inout [UInt8]) throws(PostgresError) -> Bool {
        while true {
            var row: UnsafeMutablePointer<CChar>?
            let count = unsafe PQgetCopyData(pointer, &row, 1)
            if count > 0, let row = unsafe row {
                unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: row, count: Int(count)))
                unsafe PQfreemem(row)
                return true
            }
            switch count {
            case 0: try waitForServer(alsoWrite: false)
            // The reason, if it is none to be glad of, is in the result.
            default: return false
            }
        }
    }

    /// Reads how a COPY went; returns how many rows there were.
    func finishCopy() throws(PostgresError) -> Int {
        var rows = 0
        var error: PostgresError?
        while let result = try nextResult() {
            if result.status == PGRES_COMMAND_OK {
                rows = result.affectedRows
            } else {
                let reported = try checked(result, statement: "COPY")
                error = error ?? reported
            }
        }
        guard unsafe PQenterPipelineMode(pointer) == 1 else { throw lost() }
        if let error { throw error }
        return rows
    }

    private func flush() throws(PostgresError) {
        while true {
            switch unsafe PQflush(pointer) {
            case 0: return
            case 1: try waitForServer(alsoWrite: true)
            default: throw lost()
            }
        }
    }
}
