import JSON
import Leaderboards
import Postgres
import Scoring
package import Storage

extension Administration {
    /// Lists changes by hand, the latest first.
    ///
    /// - Returns: The entries of the audit.
    package func audit(_ filter: AuditFilter, limit: Int) async throws(AdministrationError) -> [AuditRecord] {
        try await looking { session throws(PostgresError) in try session.run(.auditList(filter, limit: limit))
        }
    }

    /// Finds an entry of the audit.
    package func auditEntry(_ id: AuditID) async throws(AdministrationError) -> AuditRecord {
        let found = try await reading { session throws(PostgresError) in try session.run(.auditGet(id)) }
        guard let found else { throw .unknownEntry(id) }
        return found
    }

    /// Takes a change back, as long as what it changed is as the change left it.
    ///
    /// The undoing is an entry of the audit itself and can be undone.
    ///
    /// - Parameter id: The change's entry in the audit.
    /// - Throws: ``AdministrationError``; a conflict where it cannot be taken back.
    package func undo(
        _ id: AuditID,
        terms: ChangeTerms = ChangeTerms()
    ) async throws(AdministrationError) -> ModerationChange {
        do {
            return try await guarded(terms) { session throws(PostgresError) in
                guard let entry = try session.run(.auditGet(id)) else { return .failure(.unknownEntry(id)) }
                if let later = entry.undoneBy { return .failure(.undone(id, by: later)) }
                return try session.undo(entry) { note($0, terms, undoing: id) }
            }
        } catch {
            // Somebody else undid it at the same moment.
            guard case .database(let reason) = error, reason.constraint == "audit_undone_once" else {
                throw error
            }
            throw .conflict("entry \(id) was undone at this moment by somebody else")
        }
    }
}

extension AdministrationError {
    fileprivate static func unknownEntry(_ id: AuditID) -> Self {
        .notFound("the audit has no entry \(id); 'highscores audit list' shows those there are")
    }

    fileprivate static func undone(_ id: AuditID, by later: AuditID) -> Self {
        .conflict(
            "entry \(id) was undone already; 'highscores audit undo \(later)' undoes the undoing"
        )
    }

    fileprivate static func moved(_ what: String) -> Self {
        .conflict("\(what) was changed again since then; undo the later change first, or set what is wanted")
    }

    fileprivate static func final(_ entry: AuditRecord) -> Self {
        let reason =
            switch entry.action {
            case "player.erase": "what was erased is gone"
            case "player.anonymise": "a name that was hidden is hidden for good"
            case "game.prune": "runs that were dropped are gone"
            case "game.add": "'highscores game disable' switches the game off"
            case "game.rebuild": "leaderboards are what the log says"
            default: "this kind of change is on record only"
            }
        return .conflict("entry \(entry.id) (\(entry.action)) cannot be undone: \(reason)")
    }
}

extension Session {
    /// Takes a change back, whatever kind it is of.
    fileprivate func undo(
        _ entry: AuditRecord,
        _ note: (_ action: String) -> AuditNote
    ) throws(PostgresError) -> Result<ModerationChange, AdministrationError> {
        let before = entry.before.flatMap { try? JSON.parse($0.bytes) }
        let after = entry.after.flatMap { try? JSON.parse($0.bytes) }
        switch entry.action {
        case "player.ban", "player.unban":
            return try undoBans(entry, before: before, after: after, note)
        case "game.set", "game.disable", "game.enable":
            guard let before, let after else { return .failure(.final(entry)) }
            return try undoSettings(entry, before: before, after: after, note)
        case "chat.set":
            guard let before, let after else { return .failure(.final(entry)) }
            return try undoZone(entry, before: before, after: after, note)
        case "chat.merge", "chat.split":
            let isMerge = entry.action == "chat.merge"
            guard
                let merge = ChatMerge(
                    before: isMerge ? before : after,
                    after: isMerge ? after : before
                )
            else { return .failure(.final(entry)) }
            return isMerge
                ? try split(merge, entry.subject, note("chat.split"))
                : try mergeAgain(merge, entry.subject, note("chat.merge"))
        case let action where action.hasPrefix("score."):
            return try undoCorrection(entry, before: before, after: after, note)
        default: return .failure(.final(entry))
        }
    }

    private func undoCorrection(
        _ entry: AuditRecord,
        before: JSONValue?,
        after: JSONValue?,
        _ note: (String) -> AuditNote
    ) throws(PostgresError) -> Result<ModerationChange, AdministrationError> {
        guard let left = ModerationDocument.runs(after), let id = left.first?.game else {
            return .failure(
                .conflict("entry \(entry.id) cannot be undone: nothing is left of what it changed")
            )
        }
        // A submission had nothing before it, and is taken back by taking its run off.
        let old = ModerationDocument.runs(before) ?? []
        try run(.retentionLock())
        try run(.gameLock(id))
        guard let game = try run(.gameGet(id)) else {
            return .failure(.notFound("the game is no longer there"))
        }
        let states = try run(.runStatesList(of: left.map(\.run), game: id))
        let unknown = Set(left.map(\.run)).subtracting(states.map(\.key.run))
        guard unknown.isEmpty else {
            return .failure(
                .conflict(
                    "entry \(entry.id) cannot be undone: the log no longer has the runs that it changed"
                )
            )
        }
        let expected = Dictionary(left.map { ($0.run, $0) }) { first, _ in first }
        let wanted = Dictionary(old.map { ($0.run, $0) }) { first, _ in first }
        var pairs: [(before: RunState, after: RunState)] = []
        for state in states {
            // Where a run does not count, it matters why.
            guard let left = expected[state.key.run], left.counts == state.counts, left.score == state.score,
                state.counts || left.correction == state.correction
            else { return .failure(.moved("run \(state.key.run)")) }
            var new = state
            let old = wanted[state.key.run]
            new.counts = old?.counts ?? false
            new.score = old?.score ?? state.score
            new.correction = old == nil ? .remove : old?.correction
            pairs.append((state, new))
        }
        return .success(try stand(pairs, in: game, note("score.undo")))
    }

    private func undoBans(
        _ entry: AuditRecord,
        before: JSONValue?,
        after: JSONValue?,
        _ note: (String) -> AuditNote
    ) throws(PostgresError) -> Result<ModerationChange, AdministrationError> {
        let wasBan = entry.action == "player.ban"
        guard let bans = ModerationDocument.bans(wasBan ? after : before), let player = bans.first?.player
        else { return .failure(.conflict("entry \(entry.id) cannot be undone: nothing is left of it")) }
        let present = Set(try self.run(.bansList(of: player)))
        guard bans.allSatisfy({ present.contains($0) == wasBan }) else {
            return .failure(.moved("the ban of player \(player)"))
        }
        return .success(try setBans(bans, to: !wasBan, note(wasBan ? "player.unban" : "player.ban")))
    }

    private func undoSettings(
        _ entry: AuditRecord,
        before: JSONValue,
        after: JSONValue,
        _ note: (String) -> AuditNote
    ) throws(PostgresError) -> Result<ModerationChange, AdministrationError> {
        let bot = after["bot"]?.lenientInt64
        let shortName = after["short_name"]?.string
        try run(.retentionLock())
        guard
            let game = try run(.gamesList()).first(where: {
                $0.bot.rawValue == bot && $0.shortName == shortName
            })
        else { return .failure(.notFound("the game '\(entry.subject)' is no longer there")) }
        try run(.gameLock(game.id))
        guard let current = try self.run(.gameGet(game.id)),
            let present = try? JSON.parse(Array(current.settingsDocument.utf8))
        else { return .failure(.notFound("the game '\(entry.subject)' is no longer there")) }
        let names = after.entries.map(\.key).filter {
            SettingText.of(before[$0]) != SettingText.of(after[$0])
        }
        var changes = GameChanges()
        do throws(AdministrationError) {
            for name in names {
                guard SettingText.of(present[name]) == SettingText.of(after[name]) else {
                    throw .moved("'\(name)' of '\(current.name)'")
                }
                try changes.set(name, to: before[name])
            }
        } catch { return .failure(error) }
        // What Telegram shows must be said with these; it is what it was.
        if changes.order != nil || changes.keep != nil {
            changes.telegramScore = changes.telegramScore ?? current.rules.telegramScore
        }
        return try change(current.id, named: current.name, changes, note("game.set")).map { game in
            var change = ModerationChange()
            change.settings = game.settings
            change.rebuild = game.rebuild
            change.deliveries = game.deliveries
            change.audit = game.audit
            return change
        }
    }

    private func undoZone(
        _ entry: AuditRecord,
        before: JSONValue,
        after: JSONValue,
        _ note: (String) -> AuditNote
    ) throws(PostgresError) -> Result<ModerationChange, AdministrationError> {
        guard let id = after["chat"]?.int64, let chat = try run(.chatGet(ChatID(rawValue: id))) else {
            return .failure(.conflict("entry \(entry.id) cannot be undone: the chat is no longer there"))
        }
        guard chat.zone == after["zone"]?.string else {
            return .failure(.moved("the zone of \(entry.subject)"))
        }
        let zone = before["zone"]?.string
        return try setZone(of: chat.id, bot: chat.bot.id, to: zone, note("chat.set")).map { chat in
            var change = ModerationChange()
            let value = { (zone: String?) in zone.map { SettingValue.text($0) } ?? .none }
            change.settings = [
                .init(name: "zone", before: value(chat.before.zone), after: value(chat.after.zone))
            ]
            change.rebuild = chat.rebuild
            change.audit = chat.audit
            return change
        }
    }
}
