import CLibPQ

/// Owns one result of libpq.
///
/// `@unchecked Sendable`: libpq never changes a result once it is handed out, and reading one from several threads is
/// allowed (libpq documentation, "Behavior in Threaded Programs"); the reference count guards its end.
@safe
@usableFromInline
final class ResultHandle: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Takes over a result that `PQgetResult` or `PQexec` returned.
    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe PQclear(pointer)
    }

    var status: ExecStatusType {
        unsafe PQresultStatus(pointer)
    }

    var rowCount: Int {
        Int(unsafe PQntuples(pointer))
    }

    @usableFromInline var columnCount: Int {
        Int(unsafe PQnfields(pointer))
    }

    /// What kind of command it was and, for some, how many rows it touched: `INSERT 0 3`, `COMMIT`.
    var commandTag: String {
        unsafe String(cString: PQcmdStatus(pointer))
    }

    var affectedRows: Int {
        unsafe Int(String(cString: PQcmdTuples(pointer))) ?? 0
    }

    func columnName(_ column: Int) -> String {
        guard let name = unsafe PQfname(pointer, Int32(column)) else { return "?" }
        return unsafe String(cString: name)
    }

    @usableFromInline
    func columnType(_ column: Int) -> UInt32 {
        unsafe PQftype(pointer, Int32(column))
    }

    /// The bytes of a cell, nil for NULL, which stay as long as the result; indices must be in range.
    @usableFromInline
    func cell(row: Int, column: Int) -> UnsafeRawBufferPointer? {
        let (row, column) = (Int32(row), Int32(column))
        guard unsafe PQgetisnull(pointer, row, column) == 0,
            let start = unsafe PQgetvalue(pointer, row, column)
        else { return nil }
        return unsafe UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(pointer, row, column)))
    }

    /// The error that this result reports.
    func error(_ code: PostgresError.Code, statement: String?) -> PostgresError {
        let isStalePlan =
            field(CLIBPQ_SQLSTATE) == SQLState.featureNotSupported.code
            && field(CLIBPQ_SOURCE_FUNCTION) == "RevalidateCachedQuery"
        let sqlState = field(CLIBPQ_SQLSTATE).map { SQLState($0) }
        let isAboutValue = sqlState?.classCode == "22"
        return PostgresError(
            code,
            isAboutValue ? refusedValue : field(CLIBPQ_MESSAGE) ?? "no message",
            PostgresError.Details(
                sqlState: sqlState,
                constraint: field(CLIBPQ_CONSTRAINT),
                hint: isAboutValue ? nil : field(CLIBPQ_HINT),
                statement: statement,
                isStalePlan: isStalePlan || sqlState == .invalidStatementName
            )
        )
    }

    /// Stands for the server's message on a value that it does not take (class 22), which may quote the value, in the
    /// language and the quotation marks of the server's `lc_messages`.
    private var refusedValue: String {
        "a value has not the form or is not in the range that is wanted"
            + (field(CLIBPQ_COLUMN).map { " in column \"\($0)\"" } ?? "")
    }

    /// At which character of the statement's text the error is, counted from 1.
    var errorPosition: Int? {
        field(CLIBPQ_POSITION).flatMap { Int($0) }
    }

    /// Whether this is an error after which the server closes the connection.
    var endsConnection: Bool {
        let severity = field(CLIBPQ_SEVERITY)
        return severity == "FATAL" || severity == "PANIC"
    }

    /// Reads one field of an error report.
    private func field(_ code: Int) -> String? {
        guard let text = unsafe PQresultErrorField(pointer, Int32(code)) else { return nil }
        return unsafe String(cString: text)
    }
}
