package import Leaderboards
import Postgres
package import Storage

/// What a command did to a game.
package struct GameChange: Sendable {
    /// One setting that differs.
    package struct Setting: Hashable, Sendable {
        package let name: String
        package let before: FieldValue
        package let after: FieldValue
    }

    /// Nil when the game is new.
    package let before: Game?
    package let after: Game
    /// What became of the leaderboards.
    package internal(set) var rebuild = RebuildReport()
    /// How many values of Telegram's tables are to be brought up to date.
    package internal(set) var deliveries = 0
    /// Under which number it is on record; nil when nothing changed.
    package internal(set) var audit: AuditID?

    init(before: Game?, after: Game) {
        self.before = before
        self.after = after
    }

    /// The settings that differ; of a new game, all.
    package var settings: [Setting] {
        let new = after.fields
        guard let before else { return new.map { Setting(name: $0.name, before: .none, after: $0.value) } }
        return zip(before.fields, new).compactMap { old, new in
            old.value == new.value ? nil : Setting(name: new.name, before: old.value, after: new.value)
        }
    }

    /// Changes a game's settings and what follows from them, in a transaction that the caller has begun.
    static func make(
        _ id: GameID,
        named name: String,
        _ changes: GameChanges,
        _ note: AuditNote,
        in session: Session
    ) throws -> GameChange {
        try session.run(.gameLock(id))
        guard let before = try session.run(.gameGet(id)) else {
            throw OperationError.notFound("the game '\(name)' is no longer there")
        }
        var draft = GameDraft(before)
        try changes.apply(to: &draft)
        try before.checkThatLogReaches(to: draft)
        try session.execute(.gameUpdate(id, to: draft))
        guard let after = try session.run(.gameGet(id)) else {
            throw PostgresError(.decoding, "the game just changed is not there")
        }
        var change = GameChange(before: before, after: after)
        guard !change.settings.isEmpty else { return change }
        try change.carryOut(in: session)
        change.audit = try session.run(.auditInsert(change.auditEntry(note)))
        return change
    }

    private mutating func carryOut(in session: Session) throws(PostgresError) {
        guard let before else { return }
        let effects = GameDraft(after).effects(comparedTo: GameDraft(before))
        if effects.contains(.entries) { try rebuild(in: session) }
        guard effects.contains(.telegram) else { return }
        let (game, now) = (after, try session.run(.timeGet()))
        var desired = 0
        try session.chatScoresRead(of: game) { chatScores throws(PostgresError) in
            desired += chatScores.count
            try session.desiredScoresRecount(of: chatScores, game: game, now: now)
        }
        deliveries = desired
    }

    /// Makes the leaderboards anew from the log.
    mutating func rebuild(
        in session: Session,
        onStep: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws(PostgresError) {
        let (game, now) = (after, try session.run(.timeGet()))
        var desired = 0
        rebuild = try session.boardsRebuild(of: game, scope: .game) { chatScores throws(PostgresError) in
            guard game.rules.telegramScore != .off else { return }
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

    func auditEntry(_ note: AuditNote) -> AuditEntry {
        note.entry(on: after.name, before: before?.document, after: after.document)
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
