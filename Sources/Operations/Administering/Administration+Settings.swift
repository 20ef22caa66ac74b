package import Leaderboards
import Postgres
package import Storage

extension Administration {
    /// Changes a game's settings.
    ///
    /// Where they decide which runs make which entries, the leaderboards are made anew from the log in the same
    /// transaction; scores wait meanwhile.
    ///
    /// - Parameters:
    ///   - changes: What is to be different.
    ///   - action: What the audit calls it.
    ///   - isDryRun: Whether nothing is to remain; all is done all the same, to tell what would change.
    /// - Returns: The game before and after; nothing was written when they are equal.
    package func setGame(
        _ game: Game,
        _ changes: GameChanges,
        action: String = "game.set",
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(AdministrationError) -> GameChange {
        if !takesPlainHTTP { try changes.checkThatClientsOpenURL() }
        let outcome: Result<GameChange, AdministrationError>
        do throws(PostgresError) {
            outcome = try await pool.transaction(.rebuilding(isDryRun: isDryRun)) {
                session throws(PostgresError) in
                if changes.mayCountOtherwise { try session.run(.retentionLock()) }
                let note = AuditNote(actor: actor, action: action, reason: reason)
                return try session.change(game.id, named: game.name, changes, note)
            }
        } catch { throw .database(error) }
        return try outcome.get()
    }

    /// Makes a game's leaderboards anew from its log, which changes nothing unless something had damaged them.
    ///
    /// - Parameters:
    ///   - isDryRun: Whether nothing is to remain.
    ///   - onStep: Told how many of how many steps are done.
    /// - Returns: What was not as the log says.
    /// - Throws: ``AdministrationError``.
    package func rebuildGame(
        _ game: Game,
        reason: String? = nil,
        isDryRun: Bool = false,
        onStep: @escaping @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) async throws(AdministrationError) -> RebuildReport {
        do {
            return try await pool.transaction(.rebuilding(isDryRun: isDryRun)) {
                session throws(PostgresError) in
                try session.run(.gameLock(game.id))
                guard let current = try session.run(.gameGet(game.id)) else { return RebuildReport() }
                var change = GameChange(before: current, after: current)
                try change.rebuild(in: session, onStep: onStep)
                if !change.rebuild.isEmpty {
                    try session.run(
                        .auditInsert(
                            change.auditEntry(AuditNote(actor: actor, action: "game.rebuild", reason: reason))
                        )
                    )
                }
                return change.rebuild
            }
        } catch { throw .database(error) }
    }
}

extension Session {
    /// Changes a game's settings, and what follows from them.
    ///
    /// - Parameters:
    ///   - changes: What is to be different.
    ///   - note: Who does it and why.
    /// - Returns: The game before and after; on failure nothing was written.
    func change(
        _ id: GameID,
        named name: String,
        _ changes: GameChanges,
        _ note: AuditNote
    ) throws(PostgresError) -> Result<GameChange, AdministrationError> {
        try run(.gameLock(id))
        guard let before = try run(.gameGet(id)) else {
            return .failure(.notFound("the game '\(name)' is no longer there"))
        }
        var draft = GameDraft(before)
        do throws(AdministrationError) {
            try changes.apply(to: &draft)
            try before.checkThatLogReaches(to: draft.rules)
        } catch {
            return .failure(error)
        }
        try execute(.gameUpdate(id, to: draft))
        guard let after = try run(.gameGet(id)) else {
            throw PostgresError(.decoding, "the game just changed is not there")
        }
        var change = GameChange(before: before, after: after)
        guard !change.settings.isEmpty else { return .success(change) }
        try change.carryOut(in: self)
        change.audit = try run(.auditInsert(change.auditEntry(note)))
        return .success(change)
    }
}

extension GameChanges {
    /// Whether settings are named by which runs make entries.
    fileprivate var mayCountOtherwise: Bool { order != nil || keep != nil || zone != nil || seasons != nil }
}

extension Game {
    /// Makes sure that the log still has the runs by which other rules would make the leaderboards.
    fileprivate func checkThatLogReaches(to rules: GameRules) throws(AdministrationError) {
        guard let logWholeFrom,
            let setting = self.rules.settingThatCounts(otherThan: rules, before: logWholeFrom)
        else { return }
        throw .conflict(
            "'\(setting)' of '\(name)' cannot change any more: retention dropped runs that began before "
                + "\(logWholeFrom), and without them the leaderboards cannot be made by another rule; "
                + (setting == "seasons"
                    ? "seasons can change from then on" : "add another game for the new rule")
        )
    }
}

extension GameRules {
    /// Whether other rules make other leaderboards of the same runs.
    func countsOtherwise(than other: GameRules) -> Bool {
        settingThatCounts(otherThan: other, before: nil) != nil
    }

    /// The first setting that makes other leaderboards of the same runs.
    ///
    /// - Parameter limit: Of seasons, those that begin earlier matter; nil is all.
    /// - Returns: Its name; nil when the leaderboards are the same.
    fileprivate func settingThatCounts(otherThan other: GameRules, before limit: Instant?) -> String? {
        if order != other.order { return "order" }
        if keep != other.keep { return "keep" }
        if zone != other.zone { return "zone" }
        let isEarlier = { (season: Instant) in limit.map { season < $0 } ?? true }
        return seasons.filter(isEarlier) == other.seasons.filter(isEarlier) ? nil : "seasons"
    }
}
