/// One step of the schema: a script that is applied once, in order of the numbers, and never changed afterwards.
package struct Migration: Sendable, Equatable {
    package let number: Int
    package let name: String
    package let sql: [UInt8]
    /// Whether it was edited in place until version 1.0: a database with another text of it is of an older program, and
    /// is not brought up to date.
    package let isBaseline: Bool

    package init(number: Int, name: String, sql: [UInt8], isBaseline: Bool = false) {
        self.number = number
        self.name = name
        self.sql = sql
        self.isBaseline = isBaseline
    }

    package init(number: Int, name: String, sql: String, isBaseline: Bool = false) {
        self.init(number: number, name: name, sql: Array(sql.utf8), isBaseline: isBaseline)
    }
}

/// What has become of one step of the schema in one database.
package struct MigrationState: Sendable, Equatable {
    package enum Condition: Sendable, Equatable {
        case applied(Timestamp)
        case pending
        /// Not applied although a later step is.
        case outOfOrder
        /// Applied, but its script was another one then.
        case changed(Timestamp)
        /// Applied as the baseline of a version before 1.0.
        case otherBaseline(Timestamp)
        /// Applied, not known here although later steps are.
        case missing(Timestamp)
        /// Applied, and newer than every step that is known here.
        case newer(Timestamp)
    }

    package let number: Int
    package let name: String
    package let condition: Condition
}

extension [MigrationState] {
    /// The steps that are known and not applied.
    package var pending: [MigrationState] {
        filter { $0.condition == .pending }
    }

    /// Whether everything that is known here is applied and unchanged.
    package var isCurrent: Bool {
        pending.isEmpty && problem == nil
    }

    /// Whether a newer program has worked on this schema, which fits nevertheless.
    package var isAhead: Bool {
        problem == nil
            && contains { state in
                guard case .newer = state.condition else { return false }
                return true
            }
    }

    /// Why these steps and the database do not fit together; nil if they do.
    package var problem: PostgresError? {
        for state in self {
            let step = "migration \(state.number) \"\(state.name)\""
            switch state.condition {
            case .applied, .pending, .newer:
                continue
            case .outOfOrder:
                return PostgresError(
                    .migration,
                    "\(step) was not applied before later ones; give it a new number"
                )
            case .changed:
                return PostgresError(
                    .migration,
                    "\(step) was changed after it had been applied; restore its file"
                )
            case .otherBaseline:
                return .olderSchema("an older 0.x of this program made this schema, with other tables")
            case .missing:
                return PostgresError(.migration, "\(step) was applied, but this program does not have it")
            }
        }
        return nil
    }
}

extension PostgresError {
    /// Says what to do with a schema that is not brought up to date.
    ///
    /// - Parameter finding: What was found; a clause.
    static func olderSchema(_ finding: String) -> PostgresError {
        PostgresError(
            .migration,
            """
            \(finding); nothing was changed. Export with the older program and import with this one, into another \
            database (DATABASE_URL) or data folder (HIGHSCORES_DATA), or begin anew there
            """
        )
    }
}
