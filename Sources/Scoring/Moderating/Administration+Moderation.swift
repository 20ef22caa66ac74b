import JSON
package import Leaderboards
import Postgres
package import Storage

extension Administration {
    /// Corrects runs of a game, all or none.
    ///
    /// - Parameters:
    ///   - runs: The runs.
    ///   - game: Their game.
    ///   - correction: What is wanted of them.
    ///   - reason: Why, for the audit.
    ///   - isDryRun: Whether nothing is to remain; all is done all the same, to tell what would change.
    /// - Returns: What changed; nothing was written when it is empty.
    /// - Throws: ``AdministrationError``.
    package func correct(
        _ runs: [RunID],
        of game: Game,
        _ correction: Correction,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(AdministrationError) -> ModerationChange {
        try await moderating(isDryRun) { session throws(PostgresError) in
            try session.lockRetention()
            try session.lockGame(game.id)
            guard let game = try session.game(game.id) else {
                return .failure(.notFound("the game '\(game.name)' is no longer there"))
            }
            let states = try session.runStates(of: runs, game: game.id)
            let unknown = Set(runs).subtracting(states.map(\.key.run))
            guard unknown.isEmpty else {
                let names = unknown.map(\.description).sorted().prefix(3).joined(separator: ", ")
                return .failure(.notFound("the log of '\(game.name)' has no run \(names)"))
            }
            var change = ModerationChange()
            do throws(AdministrationError) {
                for state in states {
                    let new = try correction.applied(to: state)
                    if new != state { change.runs.append((state, new)) }
                }
            } catch { return .failure(error) }
            guard !change.runs.isEmpty else { return .success(change) }
            let audit = try session.writeAudit(
                AuditEntry(
                    actor: actor,
                    action: "score.\(correction.kind.rawValue)",
                    subject: game.name,
                    reason: reason,
                    before: change.runs.map(\.before).document,
                    after: change.runs.map(\.after).document
                )
            )
            try session.insertCorrections(change.runs.map(\.after), game: game.id, audit: audit)
            try change.recount(
                change.runs.map(\.after.player),
                in: game,
                session,
                isCorrection: correction != .accept
            )
            return .success(change)
        }
    }

    /// Bans a player from one game or from all games of a bot: launches are refused, and entries go.
    ///
    /// - Parameters:
    ///   - ban: Who, and from what.
    ///   - isBanned: False takes the ban back, by which everything that was there comes back.
    ///   - reason: Why, for the audit.
    ///   - isDryRun: Whether nothing is to remain.
    /// - Returns: What changed; nothing was written when it is empty.
    /// - Throws: ``AdministrationError``.
    package func setBan(
        _ ban: Ban,
        to isBanned: Bool,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(AdministrationError) -> ModerationChange {
        try await moderating(isDryRun) { session throws(PostgresError) in
            try session.lockRetention()
            let games = try session.games().filter {
                $0.bot == ban.bot && (ban.game == nil || ban.game == $0.id)
            }.sorted { $0.id < $1.id }
            for game in games { try session.lockGame(game.id) }
            var change = ModerationChange()
            change.changesBan = try isBanned ? session.insertBan(ban) : session.deleteBan(ban)
            guard change.changesBan else { return .success(change) }
            for game in games {
                guard let game = try session.game(game.id) else { continue }
                try change.recount([ban.player], in: game, session)
            }
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("bot", ban.bot.description)
                writer.member("game", orNull: ban.game?.rawValue)
            }
            try session.writeAudit(
                AuditEntry(
                    actor: actor,
                    action: isBanned ? "player.ban" : "player.unban",
                    subject: "player \(ban.player)",
                    reason: reason,
                    before: isBanned ? nil : writer.text,
                    after: isBanned ? writer.text : nil
                )
            )
            return .success(change)
        }
    }

    private func moderating(
        _ isDryRun: Bool,
        _ body:
            @escaping @Sendable (Session) throws(PostgresError) -> Result<
                ModerationChange, AdministrationError
            >
    ) async throws(AdministrationError) -> ModerationChange {
        let outcome: Result<ModerationChange, AdministrationError>
        do throws(PostgresError) {
            outcome = try await pool.transaction(.rebuilding(isDryRun: isDryRun), body)
        } catch { throw .database(error) }
        return try outcome.get()
    }
}

extension ModerationChange {
    /// Makes the entries of players what their runs make now, and tells everybody.
    ///
    /// - Parameters:
    ///   - players: The players.
    ///   - game: The game, locked.
    ///   - session: The transaction.
    ///   - isCorrection: Whether Telegram is to hold the very values, by force; false where entries only come to be
    ///     what play made them.
    /// - Throws: `PostgresError`.
    mutating func recount(
        _ players: [PlayerID],
        in game: Game,
        _ session: Session,
        isCorrection: Bool = true
    ) throws(PostgresError) {
        let now = try session.time()
        var wanted = 0
        let report = try session.rebuildBoards(of: game, scope: .players(Array(Set(players)))) {
            standings throws(PostgresError) in
            guard game.rules.telegramScore != .off else { return }
            wanted += standings.count
            if isCorrection {
                try session.correctDeliveries(of: standings, game: game, now: now)
            } else {
                try session.wantDeliveries(of: standings, game: game, now: now)
            }
        }
        rebuild.add(report)
        deliveries += wanted
        guard !report.isEmpty else { return }
        try session.notifyBoards(
            game: game.id,
            chats: report.chats,
            includingGlobal: report.includesGlobal
        )
    }
}

extension [RunState] {
    /// The states as one JSON array for the audit.
    var document: String {
        var writer = JSONWriter()
        writer.array { writer in
            for state in self {
                writer.object { writer in
                    writer.member("run", state.key.run.description)
                    writer.member("player", state.player.description)
                    writer.member("counts", state.counts)
                    writer.member("score", Int64(state.score.value))
                }
            }
        }
        return writer.text
    }
}
