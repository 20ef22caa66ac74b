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
    /// - Parameter correction: What is wanted of them.
    /// - Returns: What changed; nothing was written when it is empty.
    package func correct(
        _ selection: RunSelection,
        of game: Game,
        _ correction: Correction,
        terms: ChangeTerms = ChangeTerms()
    ) async throws(AdministrationError) -> ModerationChange {
        try await guarded(terms) { session throws(PostgresError) in
            try session.run(.retentionLock())
            try session.run(.gameLock(game.id))
            guard let game = try session.run(.gameGet(game.id)) else {
                return .failure(.notFound("the game '\(game.name)' is no longer there"))
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
                guard unknown.isEmpty else { return .failure(.unknown(unknown, in: game)) }
            }
            var pairs: [(before: RunState, after: RunState)] = []
            do throws(AdministrationError) {
                for state in states { pairs.append((state, try correction.applied(to: state))) }
            } catch { return .failure(error) }
            let note = note("score.\(correction.kind.rawValue)", terms)
            return .success(try session.stand(pairs, in: game, note))
        }
    }

    /// Bans a player: launches are refused, and entries go.
    ///
    /// - Returns: What changed; nothing was written when it is empty.
    package func ban(
        _ player: PlayerID,
        from scope: BanScope,
        terms: ChangeTerms = ChangeTerms()
    ) async throws(AdministrationError) -> ModerationChange {
        try await guarded(terms) { session throws(PostgresError) in
            let bans: [Ban]
            switch scope {
            case .game(let game): bans = [Ban(bot: game.bot, player: player, game: game.id)]
            case .bot(let bot): bans = [Ban(bot: bot.id, player: player, game: nil)]
            case .everywhere:
                bans = try session.run(.botsList()).map { Ban(bot: $0.id, player: player, game: nil) }
            }
            return .success(try session.setBans(bans, to: true, note("player.ban", terms)))
        }
    }

    /// Takes bans back, by which everything that was there comes back.
    ///
    /// - Parameter scope: Which: that from one game, all those of a bot, or all.
    /// - Returns: What changed; nothing was written when it is empty.
    /// - Throws: ``AdministrationError``; a conflict where the player stays banned from the game with all others.
    package func unban(
        _ player: PlayerID,
        from scope: BanScope,
        terms: ChangeTerms = ChangeTerms()
    ) async throws(AdministrationError) -> ModerationChange {
        try await guarded(terms) { session throws(PostgresError) in
            var bans = try session.run(.bansList(of: player))
            switch scope {
            case .everywhere: break
            case .bot(let bot): bans.removeAll { $0.bot != bot.id }
            case .game(let game):
                guard !bans.contains(Ban(bot: game.bot, player: player, game: nil)) else {
                    return .failure(
                        .conflict(
                            "player \(player) is banned from all games of \(game.botUsername); "
                                + "'--bot \(game.botUsername)' takes that back"
                        )
                    )
                }
                bans.removeAll { $0.game != game.id }
            }
            return .success(try session.setBans(bans, to: false, note("player.unban", terms)))
        }
    }
}

extension AdministrationError {
    static func unknown(_ runs: Set<RunID>, in game: Game) -> Self {
        let names = runs.map(\.description).sorted().prefix(3).joined(separator: ", ")
        return .notFound("the log of '\(game.name)' has no run \(names)")
    }
}
