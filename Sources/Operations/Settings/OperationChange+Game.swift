import Leaderboards
import Postgres
import Storage

extension OperationChange {
    /// Changes a game's settings and what follows from them, in a transaction that the caller has begun.
    static func ofGame(
        _ id: GameID,
        named name: String,
        _ changes: GameChanges,
        _ note: AuditNote,
        in session: Session
    ) throws -> OperationChange {
        try session.run(.gameLock(id))
        guard let before = try session.run(.gameGet(id)) else {
            throw OperationError.notFound("the game '\(name)' is no longer there")
        }
        try changes.checkThatApply(to: before)
        var draft = GameDraft(before)
        try changes.apply(to: &draft)
        try before.checkThatLogReaches(to: draft)
        // All boards are locked by rising id before some of them are.
        let boards = try boards(of: before, movedBy: draft, in: session)
        let shown = try ShownBoard(of: before, draft, changes, in: session)
        try session.execute(.gameUpdate(id, to: draft))
        guard let after = try session.run(.gameGet(id)) else {
            throw PostgresError(.decoding, "the game just changed is not there")
        }
        var change = OperationChange()
        change.games = (before, after)
        change.settings = zip(before.fields, after.fields).compactMap { old, new in
            old.value == new.value ? nil : Setting(name: new.name, before: old.value, after: new.value)
        }
        guard !change.settings.isEmpty else { return change }
        let effects = GameDraft(after).effects(comparedTo: GameDraft(before))
        if effects.contains(.entries) { try change.rebuild(after, in: session) }
        for board in boards {
            guard let board = try session.run(.gameGet(board)) else { continue }
            var own = OperationChange()
            try own.rebuild(board, in: session)
            change.rebuild.add(own.rebuild)
            change.deliveries += own.deliveries
        }
        if effects.contains(.telegram), let board = try session.run(.gameGet(shown?.id ?? id)) {
            let now = try session.run(.timeGet())
            var desired = 0
            try session.chatScoresRead(of: board) { chatScores throws(PostgresError) in
                desired += chatScores.count
                try session.desiredScoresRecount(of: chatScores, game: board, now: now)
            }
            change.deliveries = desired
        }
        change.audit = try session.run(
            .auditInsert(note.entry(on: after.name, before: before.document, after: after.document))
        )
        return change
    }

    /// Locks the boards declared for a game whose windows begin elsewhere by other settings, and makes sure that their logs
    /// still have what their leaderboards are then made of.
    private static func boards(
        of game: Game,
        movedBy draft: GameDraft,
        in session: Session
    ) throws -> [GameID] {
        guard draft.rules.zone != game.rules.zone || draft.rules.seasons != game.rules.seasons else {
            return []
        }
        return try Moderation.lockedGames(session) { $0.root == game.id && !$0.isMain }.map { board in
            var own = GameDraft(board)
            (own.rules.zone, own.rules.seasons) = (draft.rules.zone, draft.rules.seasons)
            try board.checkThatLogReaches(to: own)
            return board.id
        }
    }

    /// Makes the leaderboards of a game anew from the log.
    mutating func rebuild(
        _ game: Game,
        in session: Session,
        onStep: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws(PostgresError) {
        let now = try session.run(.timeGet())
        var desired = 0
        rebuild = try session.boardsRebuild(of: game, scope: .game) { chatScores throws(PostgresError) in
            guard game.telegramScore != .off else { return }
            desired += chatScores.count
            try session.desiredScoresRecount(of: chatScores, game: game, now: now)
        } onStep: {
            onStep($0, $1)
        }
        deliveries = desired
        try session.execute(.gameClearStale(game.id))
        guard !rebuild.isEmpty else { return }
        try session.boardsNotify(game: game.id, chats: rebuild.chats, includingGlobal: rebuild.includesGlobal)
    }
}

extension GameDraft {
    /// What follows from the settings that differ.
    fileprivate func effects(comparedTo other: GameDraft) -> Set<GameSetting.Effect> {
        Set(GameSetting.all.filter { $0.value(self) != $0.value(other) }.map(\.effect))
    }
}

extension Game {
    /// Makes sure that the log still has the runs by which other rules would make the leaderboards.
    fileprivate func checkThatLogReaches(to draft: GameDraft) throws(OperationError) {
        guard let logWholeFrom else { return }
        var (old, new) = (GameDraft(self), draft)
        // Seasons that begin later are made of runs that are all there.
        // And retention keeps what all windows need, in use or not.
        new.rules.windows = old.rules.windows
        old.rules.seasons.removeAll { $0 >= logWholeFrom }
        new.rules.seasons.removeAll { $0 >= logWholeFrom }
        guard
            let setting = GameSetting.all.first(where: {
                $0.effect == .entries && $0.value(old) != $0.value(new)
            })?.key
        else { return }
        throw .conflict(
            "'\(setting)' of '\(name)' cannot change any more: retention dropped runs that began before "
                + "\(logWholeFrom), and without them the leaderboards cannot be made by another rule; "
                + (setting == "seasons"
                    ? "seasons can change from then on" : "add another game for the new rule")
        )
    }
}
