import Leaderboards
import Postgres
import Scoring
import Storage

extension Session {
    /// Lets runs stand otherwise, and makes entries and Telegram's tables what follows from it.
    ///
    /// - Parameters:
    ///   - pairs: The runs before and after; those that stay as they are are passed over.
    ///   - note: Who does it and why.
    func stand(
        _ pairs: [(before: RunState, after: RunState)],
        in game: Game,
        _ note: AuditNote
    ) throws(PostgresError) -> ModerationChange {
        var change = ModerationChange()
        change.runs = pairs.filter { $0.before != $0.after }
        guard !change.runs.isEmpty else { return change }
        let audit = try run(
            .auditInsert(
                note.entry(
                    on: game.name(with: change.runs.map(\.after.player)),
                    before: ModerationDocument.text(of: change.runs.map(\.before), game: game.id),
                    after: ModerationDocument.text(of: change.runs.map(\.after), game: game.id)
                )
            )
        )
        change.audit = audit
        try execute(.correctionsInsert(change.runs.map(\.after), game: game.id, audit: audit))
        try recount(
            change.runs.map(\.after.player),
            in: game,
            &change,
            // What was held comes to be what play made it; nothing is taken away that Telegram may hold.
            isCorrection: change.runs.contains { $0.after.correction != .accept }
        )
        return change
    }

    /// Sets bans or takes them back, and makes entries and Telegram's tables what follows from it.
    ///
    /// - Parameters:
    ///   - bans: The bans of one player.
    ///   - isBanned: Whether they are to be.
    ///   - note: Who does it and why.
    func setBans(
        _ bans: [Ban],
        to isBanned: Bool,
        _ note: AuditNote
    ) throws(PostgresError) -> ModerationChange {
        var change = ModerationChange()
        change.liftsBans = !isBanned
        guard let player = bans.first?.player else { return change }
        try run(.retentionLock())
        let concerned = try lockedGames { game in
            bans.contains { $0.bot == game.bot && ($0.game == nil || $0.game == game.id) }
        }
        let isErased = try run(.bansOutliveErasure(of: player))
        for ban in bans where try isBanned ? run(.banInsert(ban)) : run(.banDelete(ban)) {
            change.bans.append(ban)
        }
        guard !change.bans.isEmpty else { return change }
        let banned = Set(change.bans.compactMap(\.game))
        change.bannedGames = concerned.filter { banned.contains($0.id) }
        for game in concerned { try recount([player], in: game, &change) }
        // Who was erased is not put on record again.
        let document = isErased ? nil : ModerationDocument.text(of: change.bans)
        change.audit = try run(
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
    func lockedGames(where isMeant: (Game) -> Bool) throws(PostgresError) -> [Game] {
        var locked: [Game] = []
        for game in try run(.gamesList()).filter(isMeant).sorted(by: { $0.id < $1.id }) {
            try run(.gameLock(game.id))
            if let game = try self.run(.gameGet(game.id)) { locked.append(game) }
        }
        return locked
    }

    /// Makes the entries of players what their runs make now, and tells everybody.
    ///
    /// - Parameters:
    ///   - change: Where to add what changed.
    ///   - isCorrection: Whether Telegram is to hold the very values, by force.
    func recount(
        _ players: [PlayerID],
        in game: Game,
        _ change: inout ModerationChange,
        isCorrection: Bool = true
    ) throws(PostgresError) {
        let now = try run(.timeGet())
        var wanted = 0
        let report = try boardsRebuild(of: game, scope: .players(Array(Set(players)))) {
            standings throws(PostgresError) in
            guard game.rules.telegramScore != .off else { return }
            wanted += standings.count
            if isCorrection {
                try desiredScoresCorrect(of: standings, game: game, now: now)
            } else {
                try desiredScoresRecount(of: standings, game: game, now: now)
            }
        }
        change.rebuild.add(report)
        change.deliveries += wanted
        guard !report.isEmpty else { return }
        try boardsNotify(game: game.id, chats: report.chats, includingGlobal: report.includesGlobal)
    }
}

extension Game {
    /// What the audit calls a correction's subject: with the player, where it is only one.
    fileprivate func name(with players: [PlayerID]) -> String {
        let players = Set(players)
        return players.count == 1 ? players.map { "\(name) player \($0)" }[0] : name
    }
}
