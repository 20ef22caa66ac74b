import Leaderboards
import Postgres
import Storage

/// Corrections and bans within a transaction that the caller has begun, with all that follows from them.
struct Moderation {
    let session: Session
    /// Who does it and why.
    let note: AuditNote

    /// Makes runs count otherwise; those that stay as they are are passed over.
    func correct(
        _ pairs: [(before: RunState, after: RunState)],
        in game: Game
    ) throws(PostgresError) -> OperationChange {
        var change = OperationChange()
        change.runs = pairs.filter { $0.before != $0.after }
        guard !change.runs.isEmpty else { return change }
        let audit = try session.run(
            .auditInsert(
                note.entry(
                    on: game.name(with: change.runs.map(\.after.player)),
                    before: ModerationDocument.text(of: change.runs.map(\.before), game: game.id),
                    after: ModerationDocument.text(of: change.runs.map(\.after), game: game.id)
                )
            )
        )
        change.audit = audit
        try session.execute(.correctionsInsert(change.runs.map(\.after), game: game.id, audit: audit))
        try Self.recount(
            change.runs.map(\.after.player),
            in: game,
            &change,
            // What was held comes to be what play made it; nothing is taken away that Telegram may hold.
            isCorrection: change.runs.contains { $0.after.correction != .accept },
            session
        )
        return change
    }

    /// Sets bans of one player, or takes them back.
    func setBans(_ bans: [Ban], to isBanned: Bool) throws(PostgresError) -> OperationChange {
        var change = OperationChange()
        change.liftsBans = !isBanned
        guard let player = bans.first?.player else { return change }
        try session.run(.retentionLock())
        let concerned = try Self.lockedGames(session) { game in
            bans.contains { $0.bot == game.bot && ($0.game == nil || $0.game == game.root) }
        }
        let isErased = try session.run(.bansOutliveErasure(of: player))
        for ban in bans where try isBanned ? session.run(.banInsert(ban)) : session.run(.banDelete(ban)) {
            change.bans.append(ban)
        }
        guard !change.bans.isEmpty else { return change }
        let banned = Set(change.bans.compactMap(\.game))
        change.bannedGames = concerned.filter { banned.contains($0.id) }
        for game in concerned { try Self.recount([player], in: game, &change, session) }
        // Who was erased is not put on record again.
        let document = isErased ? nil : ModerationDocument.text(of: change.bans)
        change.audit = try session.run(
            .auditInsert(
                note.entry(
                    on: isErased ? "an erased player" : "player \(player)",
                    before: isBanned ? nil : document,
                    after: isBanned ? document : nil
                )
            )
        )
        return change
    }

    /// Locks games and reads them as they are then.
    static func lockedGames(
        _ session: Session,
        where isMeant: (Game) -> Bool
    ) throws(PostgresError) -> [Game] {
        var locked: [Game] = []
        for game in try session.run(.gamesListWithBoards()).filter(isMeant).sorted(by: { $0.id < $1.id }) {
            try session.run(.gameLock(game.id))
            if let game = try session.run(.gameGet(game.id)) { locked.append(game) }
        }
        return locked
    }

    /// Makes the entries of players what their runs make now, and tells everybody.
    ///
    /// - Parameter isCorrection: Whether Telegram is to hold the very values, by force.
    static func recount(
        _ players: [PlayerID],
        in game: Game,
        _ change: inout OperationChange,
        isCorrection: Bool = true,
        _ session: Session
    ) throws(PostgresError) {
        let now = try session.run(.timeGet())
        var desired = 0
        let report = try session.boardsRebuild(of: game, scope: .players(Array(Set(players)))) {
            chatScores throws(PostgresError) in
            guard game.telegramScore != .off else { return }
            desired += chatScores.count
            if isCorrection {
                try session.desiredScoresCorrect(of: chatScores, game: game, now: now)
            } else {
                try session.desiredScoresRecount(of: chatScores, game: game, now: now)
            }
        }
        change.rebuild.add(report)
        change.deliveries += desired
        guard !report.isEmpty else { return }
        try session.boardsNotify(game: game.id, chats: report.chats, includingGlobal: report.includesGlobal)
    }
}

extension Game {
    /// What the audit calls a correction's subject: with the player, where it is only one.
    fileprivate func name(with players: [PlayerID]) -> String {
        let players = Set(players)
        return players.count == 1 ? players.map { "\(name) player \($0)" }[0] : name
    }
}
