import Leaderboards
import Postgres
package import Storage

/// What an operator decides about runs that were held.
package enum ReviewDecision: String, Sendable {
    /// They count, where and when they were played.
    case accept
    /// They never count.
    case refuse

    var correction: Correction {
        switch self {
        case .accept: .accept
        case .refuse: .refuse
        }
    }
}

/// What a decision about held runs changed.
package struct ReviewChange: Sendable {
    /// The runs that were meant, as they stood before.
    package let records: [ReviewRecord]
    package internal(set) var change = ModerationChange()
}

extension Administration {
    /// Lists runs that broke rules of their games, the first accepted first.
    ///
    /// - Parameters:
    ///   - filter: Which.
    ///   - limit: How many at most.
    /// - Returns: The runs.
    /// - Throws: ``AdministrationError/database(_:)``.
    package func reviews(
        _ filter: ReviewFilter,
        limit: Int
    ) async throws(AdministrationError) -> [ReviewRecord] {
        do {
            return try await pool.transaction(TransactionOptions(statementTimeout: .seconds(60))) {
                session throws(PostgresError) in try session.reviewRecords(filter, limit: limit)
            }
        } catch { throw .database(error) }
    }

    /// Decides about held runs, all or none: those accepted count as if they had never been held.
    ///
    /// - Parameters:
    ///   - filter: Which runs.
    ///   - decision: What becomes of them.
    ///   - reason: Why, for the audit.
    ///   - isDryRun: Whether nothing is to remain; all is done all the same, to tell what would change.
    /// - Returns: What changed; nothing was written where nothing did.
    /// - Throws: ``AdministrationError``; ``AdministrationError/notFound(_:)`` where a run that was named is none that
    ///   was held.
    package func decide(
        _ filter: ReviewFilter,
        _ decision: ReviewDecision,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(AdministrationError) -> ReviewChange {
        var filter = filter
        filter.isShadow = false
        let wanted = filter
        let outcome: Result<ReviewChange, AdministrationError>
        do throws(PostgresError) {
            outcome = try await pool.transaction(.rebuilding(isDryRun: isDryRun)) {
                session throws(PostgresError) in
                try session.lockRetention()
                let games = Set(try session.reviewRecords(wanted).map(\.game)).sorted()
                for game in games { try session.lockGame(game) }
                // Nothing of these games changes any more; runs of others that were held meanwhile are left for later.
                let records = try session.reviewRecords(wanted).filter { games.contains($0.game) }
                let unknown = Set(wanted.runs).subtracting(records.map(\.key.run))
                guard unknown.isEmpty else {
                    let names = unknown.map(\.description).sorted().prefix(3).joined(separator: ", ")
                    return .failure(.notFound("no run \(names) was held"))
                }
                var change = ReviewChange(records: records)
                for game in games {
                    guard let game = try session.game(game) else { continue }
                    let keys = records.filter { $0.game == game.id }.map(\.key)
                    try change.change.decide(
                        keys,
                        of: game,
                        decision.correction,
                        session
                    ) { states, news throws(PostgresError) in
                        try session.writeAudit(
                            AuditEntry(
                                actor: actor,
                                action: "score.\(decision.rawValue)",
                                subject: game.name,
                                reason: reason,
                                before: states.document,
                                after: news.document
                            )
                        )
                    }
                }
                return .success(change)
            }
        } catch { throw .database(error) }
        return try outcome.get()
    }
}

extension ModerationChange {
    /// Corrects runs of one game, which is locked.
    fileprivate mutating func decide(
        _ keys: [RunKey],
        of game: Game,
        _ correction: Correction,
        _ session: Session,
        audit: (_ before: [RunState], _ after: [RunState]) throws(PostgresError) -> AuditID
    ) throws(PostgresError) {
        var changed: [(before: RunState, after: RunState)] = []
        for state in try session.runStates(at: keys, game: game.id) {
            // Only runs that were held are found, and those can be decided about at any time.
            guard let new = try? correction.applied(to: state), new != state else { continue }
            changed.append((state, new))
        }
        guard !changed.isEmpty else { return }
        let entry = try audit(changed.map(\.before), changed.map(\.after))
        try session.insertCorrections(changed.map(\.after), game: game.id, audit: entry)
        runs += changed
        try recount(
            changed.map(\.after.player),
            in: game,
            session,
            isCorrection: correction != .accept
        )
    }
}
