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

extension Administration {
    /// Lists runs that broke rules of their games, the first accepted first.
    package func reviews(
        _ filter: ReviewFilter,
        limit: Int
    ) async throws(AdministrationError) -> [ReviewRecord] {
        try await looking { session throws(PostgresError) in
            try session.run(.reviewsList(filter, limit: limit))
        }
    }

    /// Decides about held runs, all or none: those accepted count as if they had never been held.
    ///
    /// - Returns: What changed; nothing was written when it is empty.
    /// - Throws: ``AdministrationError``; ``AdministrationError/notFound(_:)`` where a run that was named is none that
    ///   was held.
    package func decide(
        _ filter: ReviewFilter,
        _ decision: ReviewDecision,
        terms: ChangeTerms = ChangeTerms()
    ) async throws(AdministrationError) -> ModerationChange {
        var filter = filter
        filter.isShadow = false
        let (wanted, correction) = (filter, decision.correction)
        return try await guarded(terms) { session throws(PostgresError) in
            try session.run(.retentionLock())
            let concerned = Set(try session.run(.reviewsList(wanted)).map(\.game))
            let games = try session.lockedGames { concerned.contains($0.id) }
            // Nothing of these games changes any more; runs of others that were held meanwhile are left for later.
            let records = try session.run(.reviewsList(wanted)).filter { concerned.contains($0.game) }
            let unknown = Set(wanted.runs).subtracting(records.map(\.key.run))
            guard unknown.isEmpty else {
                let names = unknown.map(\.description).sorted().prefix(3).joined(separator: ", ")
                return .failure(.notFound("no run \(names) was held"))
            }
            var change = ModerationChange()
            for game in games {
                let keys = records.filter { $0.game == game.id }.map(\.key)
                var pairs: [(before: RunState, after: RunState)] = []
                for state in try session.run(.runStatesList(at: keys, game: game.id)) {
                    // Only runs that were held are found, and those can be decided about at any time.
                    guard let new = try? correction.applied(to: state) else { continue }
                    pairs.append((state, new))
                }
                change.add(try session.stand(pairs, in: game, note("score.\(decision.rawValue)", terms)))
            }
            return .success(change)
        }
    }
}
