import CLibPQ

extension Session {
    /// Fills a table by COPY, which is the quickest way to bring many rows in.
    ///
    /// Rows travel in portions while the body makes them, so that there is never more than one portion in memory.
    ///
    /// - Parameters:
    ///   - target: The table with the columns that rows have, such as `lines (number, text)`; holds nobody's input.
    ///   - body: Makes the rows. It must not run statements.
    /// - Returns: How many rows were copied.
    /// - Throws: What the body throws, and `PostgresError` where a row does not fit the table; none is there then, and
    ///   an open transaction is spoilt.
    @discardableResult
    package func copy(
        into target: String,
        _ body: (inout CopyWriter) throws(PostgresError) -> Void
    ) throws(PostgresError) -> Int {
        try wire.beginCopy("COPY \(target) FROM STDIN (FORMAT binary)")
        var writer = CopyWriter(wire)
        return try fill { () throws(PostgresError) in
            try body(&writer)
            try writer.finish()
        }
    }

    /// Fills a table by COPY from text, as ``copy(query:_:)`` gives it.
    ///
    /// - Parameters:
    ///   - target: The table with its columns; holds nobody's input.
    ///   - next: Gives the next piece, cut anywhere; nil after the last. It must not run statements.
    /// - Returns: How many rows were copied.
    /// - Throws: As ``copy(into:_:)``.
    package func copy(
        text target: String,
        _ next: () throws(PostgresError) -> [UInt8]?
    ) throws(PostgresError) -> Int {
        try wire.beginCopy("COPY \(target) FROM STDIN")
        return try fill { () throws(PostgresError) in
            while let piece = try next() { try wire.sendCopy(piece) }
        }
    }

    /// Reads by COPY what a query gives, as text: a line for each row, ended by a line feed, that holds none itself
    /// (PostgreSQL's manual, `COPY`, "Text Format").
    ///
    /// - Parameters:
    ///   - query: The query; holds nobody's input.
    ///   - body: Given portions of whole lines. It must not run statements; where it throws, the connection is of no more use.
    /// - Returns: How many rows there were.
    package func copy(
        query: String,
        _ body: ([UInt8]) throws(PostgresError) -> Void
    ) throws(PostgresError) -> Int {
        try wire.beginCopy("COPY (\(query)) TO STDOUT", PGRES_COPY_OUT)
        var bytes: [UInt8] = []
        do throws(PostgresError) {
            while try wire.receiveCopy(into: &bytes) {
                guard bytes.count >= CopyWriter.portion else { continue }
                try body(bytes)
                bytes.removeAll(keepingCapacity: true)
            }
            if !bytes.isEmpty { try body(bytes) }
        } catch {
            // There may be gigabytes still to come.
            wire.isBroken = true
            throw error
        }
        return try wire.finishCopy()
    }

    /// Sends the data of a COPY that has begun, and ends it.
    private func fill(_ send: () throws(PostgresError) -> Void) throws(PostgresError) -> Int {
        do { try send() } catch {
            guard !wire.isBroken else { throw error }
            // The server's own word, where it had refused a row already, is only the echo of ours.
            _ = try? wire.endCopy(failure: "given up")
            throw error
        }
        return try wire.endCopy(failure: nil)
    }
}

/// Sends rows of a COPY in PostgreSQL's binary format (its manual, `COPY`, "Binary Format").
package struct CopyWriter: ~Copyable {
    private static let head: [UInt8] =
        Array("PGCOPY\n".utf8) + [0xFF] + Array("\r\n".utf8) + [UInt8](repeating: 0, count: 9)
    /// Large enough that the server is not woken for nothing.
    static let portion = 256 * 1024

    private let wire: WireConnection
    private var bytes = head

    init(_ wire: WireConnection) { self.wire = wire }

    /// Sends a row.
    ///
    /// - Parameter cells: The values of all columns, of exactly the columns' types.
    /// - Throws: `PostgresError`, `.encoding` for a value that has no representation.
    package mutating func append<each Cell: PostgresCell>(_ cells: repeat each Cell) throws(PostgresError) {
        let start = bytes.count
        var count: Int16 = 0
        put(0 as Int16)
        do throws(PostgresError) {
            for cell in repeat each cells {
                count += 1
                let place = bytes.count
                put(-1 as Int32)
                guard try cell.encodeCell(into: &bytes) else { continue }
                let length = Int32(truncatingIfNeeded: bytes.count - place - 4)
                replace(at: place, by: length)
            }
        } catch {
            bytes.removeSubrange(start...)
            throw error
        }
        replace(at: start, by: count)
        if bytes.count >= Self.portion { try send() }
    }

    fileprivate mutating func finish() throws(PostgresError) {
        put(-1 as Int16)
        try send()
    }

    private mutating func send() throws(PostgresError) {
        try wire.sendCopy(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    private mutating func put<Number: FixedWidthInteger>(_ number: Number) {
        for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }

    private mutating func replace<Number: FixedWidthInteger>(at place: Int, by number: Number) {
        var place = place
        for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
            bytes[place] = UInt8(truncatingIfNeeded: number >> Number(shift))
            place += 1
        }
    }
}
