package import Leaderboards
import Postgres
package import Storage

/// Which runs of a game are to be corrected.
package enum RunSelection: Hashable, Sendable {
    case runs([RunID])
    /// All that count, or that were taken off where they are to count again.
    case matching(RunFilter)
}

/// From what a player is banned.
package enum BanScope: Hashable, Sendable {
    case game(Game)
    case bot(BotRecord)
    /// From all bots that there are.
    case everywhere
}

extension Administration {
    /// Corrects runs of a game, all or none.
    ///
    /// - Returns: What changed; nothing was written when it is empty.
    package func correct(
        _ selection: RunSelection,
        of game: Game,
        _ correction: Correction,
        terms: ChangeTerms = ChangeTerms()
    ) async throws(OperationError) -> OperationChange {
        let note = note("score.\(correction.kind.rawValue)", terms.reason)
        return try await guarded(terms) { session in
            try session.run(.retentionLock())
            try session.run(.gameLock(game.id))
            guard let game = try session.run(.gameGet(game.id)) else {
                throw OperationError.notFound("the game '\(game.name)' is no longer there")
            }
            let states: [RunState]
            switch selection {
            case .matching(let filter):
                states = try session.run(
                    .runStatesList(filter, counting: correction != .restore, game: game.id)
                )
            case .runs(let runs):
                states = try session.run(.runStatesList(of: runs, game: game.id))
                let unknown = Set(runs).subtracting(states.map(\.key.run))
                guard unknown.isEmpty else {
                    throw OperationError.notFound(
                        "the log of '\(game.name)' has no run \(unknown.firstNames)"
                    )
                }
            }
            let pairs = try states.map { (before: $0, after: try correction.applied(to: $0)) }
            return try Moderation(session: session, note: note).correct(pairs, in: game)
        }
    }

    /// Lists runs that broke rules of their games, the first accepted first.
    package func reviews(
        _ filter: ReviewFilter,
        limit: Int
    ) async throws(OperationError) -> [ReviewRecord] {
        try await scanning { session throws(PostgresError) in
            try session.run(.reviewsList(filter, limit: limit))
        }
    }

    /// Decides about held runs, all or none: those accepted count as if they had never been held.
    ///
    /// - Parameter decision: ``Correction/accept`` or ``Correction/refuse``.
    /// - Returns: What changed; nothing was written when it is empty.
    package func decide(
        _ filter: ReviewFilter,
        _ decision: Correction,
        terms: ChangeTerms = ChangeTerms()
    ) async throws(OperationError) -> OperationChange {
        var filter = filter
        filter.isShadow = false
        let (chosen, note) = (filter, note("score.\(decision.kind.rawValue)", terms.reason))
        return try await guarded(terms) { session in
            try session.run(.retentionLock())
            let concerned = Set(try session.run(.reviewsList(chosen)).map(\.game))
            let games = try Moderation.lockedGames(session) { concerned.contains($0.id) }
            // Nothing of these games changes any more; runs of others that were held meanwhile are left for later.
            let records = try session.run(.reviewsList(chosen)).filter { concerned.contains($0.game) }
            let unknown = Set(chosen.runs).subtracting(records.map(\.key.run))
            guard unknown.isEmpty else {
                throw OperationError.notFound("no run \(unknown.firstNames) was held")
            }
            var change = OperationChange()
            for game in games {
                let keys = records.filter { $0.game == game.id }.map(\.key)
                // Only runs that were held are found, and those can be decided about at any time.
                let pairs = try session.run(.runStatesList(at: keys, game: game.id)).compactMap { state in
                    (try? decision.applied(to: state)).map { (before: state, after: $0) }
                }
                change.add(try Moderation(session: session, note: note).correct(pairs, in: game))
            }
            return change
        }
    }

    /// Bans a player: launches are refused, and entries go.
    ///
    /// - Returns: What changed; nothing was written when it is empty.
    package func ban(
        _ player: PlayerID,
        from scope: BanScope,
        terms: ChangeTerms = ChangeTerms()
    ) async throws(OperationError) -> OperationChange {
        let note = note("player.ban", terms.reason)
        return try await guarded(terms) { session in
            let bans: [Ban]
            switch scope {
            case .game(let game): bans = [Ban(bot: game.bot, player: player, game: game.id)]
            case .bot(let bot): bans = [Ban(bot: bot.id, player: player, game: nil)]
            case .everywhere:
                bans = try session.run(.botsList()).map { Ban(bot: $0.id, player: player, game: nil) }
            }
            return try Moderation(session: session, note: note).setBans(bans, to: true)
        }
    }

    /// Takes bans back, by which everything that was there comes back.
    ///
    /// - Parameter scope: Which: that from one game, all those of a bot, or all.
    /// - Returns: What changed; nothing was written when it is empty.
    /// - Throws: A conflict where the player stays banned from the game with all others.
    package func unban(
        _ player: PlayerID,
        from scope: BanScope,
        terms: ChangeTerms = ChangeTerms()
    ) async throws(OperationError) -> OperationChange {
        let note = note("player.unban", terms.reason)
        return try await guarded(terms) { session in
            var bans = try session.run(.bansList(of: player))
            switch scope {
            case .everywhere: break
            case .bot(let bot): bans.removeAll { $0.bot != bot.id }
            case .game(let game):
                guard !bans.contains(Ban(bot: game.bot, player: player, game: nil)) else {
                    throw OperationError.conflict(
                        "player \(player) is banned from all games of \(game.botUsername); "
                            + "'--bot \(game.botUsername)' takes that back"
                    )
                }
                bans.removeAll { $0.game != game.id }
            }
            return try Moderation(session: session, note: note).setBans(bans, to: false)
        }
    }
}

extension Set<RunID> {
    /// Some of the runs, as an error names them.
    fileprivate var firstNames: String { map(\.description).sorted().prefix(3).joined(separator: ", ") }
}
