import JSON
import Leaderboards
import Postgres
import Scoring
import Storage

/// Taking a change back within a transaction, whatever kind it is of.
struct Undoing {
    private let entry: AuditRecord
    private let before: JSONValue?
    private let after: JSONValue?
    private let session: Session
    private let note: (_ action: String) -> AuditNote

    init(_ entry: AuditRecord, in session: Session, note: @escaping (_ action: String) -> AuditNote) {
        self.entry = entry
        before = entry.before.flatMap { try? JSON.parse($0.bytes) }
        after = entry.after.flatMap { try? JSON.parse($0.bytes) }
        (self.session, self.note) = (session, note)
    }

    func carryOut() throws -> OperationChange {
        switch entry.action {
        case "player.ban": try bans(after, wereSet: true)
        case "player.unban": try bans(before, wereSet: false)
        case "game.set", "game.disable", "game.enable", "board.set", "board.remove": try settings()
        case "chat.set": try chat()
        case "chat.merge": try split()
        case "chat.split": try merge()
        case let action where action.hasPrefix("score."): try correction()
        default: throw irreversible
        }
    }

    // MARK: - Kinds

    private func correction() throws -> OperationChange {
        guard let left = ModerationDocument.runs(after), let id = left.first?.game else {
            throw impossible("nothing is left of what it changed")
        }
        // A submission had nothing before it, and is taken back by taking its run off.
        let old = ModerationDocument.runs(before) ?? []
        try session.run(.retentionLock())
        try session.run(.gameLock(id))
        guard let game = try session.run(.gameGet(id)) else {
            throw OperationError.notFound("the game is no longer there")
        }
        let states = try session.run(.runStatesList(of: left.map(\.run), game: id))
        guard Set(left.map(\.run)).isSubset(of: states.map(\.key.run)) else {
            throw impossible("the log no longer has the runs that it changed")
        }
        let expected = Dictionary(left.map { ($0.run, $0) }) { first, _ in first }
        let restored = Dictionary(old.map { ($0.run, $0) }) { first, _ in first }
        let pairs = try states.map { state in
            // Where a run does not count, it matters why.
            guard let left = expected[state.key.run], left.counts == state.counts, left.score == state.score,
                state.counts || left.correction == state.correction
            else { throw moved("run \(state.key.run)") }
            var new = state
            let old = restored[state.key.run]
            new.counts = old?.counts ?? false
            new.score = old?.score ?? state.score
            new.correction = old == nil ? .remove : old?.correction
            return (before: state, after: new)
        }
        return try Moderation(session: session, note: note("score.undo")).correct(pairs, in: game)
    }

    private func bans(_ document: JSONValue?, wereSet: Bool) throws -> OperationChange {
        guard let bans = ModerationDocument.bans(document), let player = bans.first?.player else {
            throw impossible("nothing is left of it")
        }
        let present = Set(try session.run(.bansList(of: player)))
        guard bans.allSatisfy({ present.contains($0) == wereSet }) else {
            throw moved("the ban of player \(player)")
        }
        let note = note(wereSet ? "player.unban" : "player.ban")
        return try Moderation(session: session, note: note).setBans(bans, to: !wereSet)
    }

    private func settings() throws -> OperationChange {
        guard let before, let after else { throw irreversible }
        let (bot, shortName) = (after["bot"]?.lenientInt64, after["short_name"]?.string)
        let gone = OperationError.notFound("the game '\(entry.subject)' is no longer there")
        try session.run(.retentionLock())
        guard
            let id = try session.run(.gamesListWithBoards()).first(where: {
                $0.bot.rawValue == bot && $0.shortName == shortName
                    && $0.board == after["board"]?.string ?? Game.mainBoard
            })?.id
        else { throw gone }
        try session.run(.gameLock(id))
        guard let game = try session.run(.gameGet(id)) else { throw gone }
        let present = GameDraft(game)
        var old = GameDraft(bot: game.bot, shortName: game.shortName, root: present.root, title: "", url: "")
        var new = old
        var changes = GameChanges()
        for setting in GameSetting.all {
            // What no version of then knew has not changed.
            guard let was = before[setting.key], let became = after[setting.key] else { continue }
            guard setting.read(was, into: &old), setting.read(became, into: &new) else {
                throw OperationError.conflict("'\(setting.key)' cannot be set back to what it was")
            }
            guard setting.value(old) != setting.value(new) else { continue }
            guard setting.value(present) == setting.value(new) else {
                throw moved("'\(setting.key)' of '\(game.name)'")
            }
            changes.set(setting, from: old)
        }
        // What Telegram shows must be said with these; it is what it was.
        if !changes.names(\.rules.telegramScore),
            changes.names(\.rules.order) || changes.names(\.rules.keep)
                || changes.names(\.rules.telegramBoard)
        {
            changes.set(\.rules.telegramScore, to: game.rules.telegramScore)
        }
        return try OperationChange.ofGame(id, named: game.name, changes, note("game.set"), in: session)
    }

    private func chat() throws -> OperationChange {
        guard let before, let after else { throw irreversible }
        guard let id = after["chat"]?.int64, let chat = try session.run(.chatGet(ChatID(rawValue: id))) else {
            throw impossible("the chat is no longer there")
        }
        guard ChatSettings(chat) == ChatSettings(after) else {
            throw moved("what is set of \(entry.subject)")
        }
        return try ChatChange(bot: chat.bot.id, note: note("chat.set"))
            .set(chat.id, to: ChatSettings(before), in: session)
    }

    private func split() throws -> OperationChange {
        guard let merge = ChatMerge(before: before, after: after) else { throw irreversible }
        return try ChatChange(bot: try bot(of: merge), note: note("chat.split"))
            .split(merge, entry.subject, in: session)
    }

    private func merge() throws -> OperationChange {
        guard let merge = ChatMerge(before: after, after: before) else { throw irreversible }
        return try ChatChange(bot: try bot(of: merge), note: note("chat.merge"))
            .merge(merge.gone, into: merge.kept, in: session) { .mergedFurther(entry.subject) }
    }

    private func bot(of merge: ChatMerge) throws -> BotID {
        guard let chat = try session.run(.chatGet(merge.kept)) else {
            throw OperationError.mergedFurther(entry.subject)
        }
        return chat.bot.id
    }

    // MARK: - Errors

    private func impossible(_ reason: String) -> OperationError {
        .conflict("entry \(entry.id) cannot be undone: \(reason)")
    }

    private func moved(_ what: String) -> OperationError {
        .conflict("\(what) was changed again since then; undo the later change first, or set what is wanted")
    }

    private var irreversible: OperationError {
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
