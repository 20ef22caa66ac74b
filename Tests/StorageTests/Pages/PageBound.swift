import Postgres
import Storage

/// How many pages of tables and indexes one call may touch, whatever the planner knows.
struct PageBound: Sendable {
    /// As it is declared, with the labels of its parameters.
    let name: String
    let pages: Int
    /// Why it may walk over tables; nil for what the service does while people play.
    let reason: String?
    let run: @Sendable (Session, PageScene) throws(PostgresError) -> Void

    init(
        _ name: String,
        _ pages: Int,
        because reason: String? = nil,
        _ run: @escaping @Sendable (Session, PageScene) throws(PostgresError) -> Void
    ) {
        (self.name, self.pages, self.reason, self.run) = (name, pages, reason, run)
    }

    static func statement<Value>(
        _ name: String,
        _ pages: Int,
        because reason: String? = nil,
        _ statement: @escaping @Sendable (PageScene) -> Statement<Value>
    ) -> PageBound {
        PageBound(name, pages, because: reason) { session, scene throws(PostgresError) in
            _ = try session.run(statement(scene))
        }
    }

    static func query(
        _ name: String,
        _ pages: Int,
        because reason: String? = nil,
        _ query: @escaping @Sendable (PageScene) -> Query
    ) -> PageBound {
        PageBound(name, pages, because: reason) { session, scene throws(PostgresError) in
            try session.execute(query(scene))
        }
    }

    static let all = deliveries + presses + play + boards + operators + sweeping
}
