import JSON
import Leaderboards
import Postgres
import Scoring
import Storage

/// Changes of a bot's chats, each within a transaction that the caller has begun; what fails has written nothing.
struct ChatChange: Sendable {
    let bot: BotID
    /// Who does it and why.
    let note: AuditNote

    /// Merges one chat into another, if both are there under the locks.
    func merge(
        _ gone: ChatID,
        into kept: ChatID,
        in session: Session,
        orThrow error: () -> OperationError
    ) throws -> OperationChange {
        try lock(session)
        guard try session.run(.chatGet(kept)) != nil, try session.run(.chatGet(gone)) != nil else {
            throw error()
        }
        let merge = try ChatMerge.perform(
            gone,
            into: kept,
            bot: bot,
            now: try session.run(.timeGet()),
            note,
            in: session
        )
        var change = OperationChange()
        change.rebuild = merge.rebuild
        change.deliveries = merge.deliveries
        change.settings = [.init(name: "merged_into", before: .none, after: .text(merge.name))]
        change.audit = merge.audit
        return change
    }

    /// Takes a merge back, with what follows for leaderboards and Telegram's tables.
    func split(_ merge: ChatMerge, _ subject: String, in session: Session) throws -> OperationChange {
        let (gone, kept) = (merge.gone, merge.kept)
        try lock(session)
        guard let before = try session.run(.chatGet(kept)), try session.run(.chatMergeGet(of: gone)) == kept
        else {
            throw OperationError.mergedFurther(subject)
        }
        try checkThatLogsAreWhole(kept, in: session) { game, limit in
            "the chats cannot be split any more: retention dropped runs of '\(game)' that began before "
                + "\(limit), and without them the leaderboards of both cannot be made"
        }
        if before.zone == merge.zones.after, before.zone != merge.zones.before {
            try session.execute(.chatZoneUpdate(of: kept, to: merge.zones.before))
        }
        var change = OperationChange()
        let now = try session.run(.timeGet())
        change.rebuild = try session.chatsSplit(gone, from: kept, bot: bot) {
            game,
            chatScores throws(PostgresError) in
            guard game.telegramScore != .off else { return }
            change.deliveries += chatScores.count
            try session.desiredScoresCorrect(of: chatScores, game: game, now: now)
        }
        for chat in [kept, gone] { try session.deliveriesQueue(of: chat) }
        change.settings = [.init(name: "merged_into", before: .text(before.name), after: .none)]
        let document = merge.document
        change.audit = try session.run(
            .auditInsert(
                note.entry(on: subject, before: document.after, after: document.before)
            )
        )
        return change
    }

    /// Gives a chat a time zone of its own, or takes it away, and makes its leaderboards anew by it.
    func setZone(of chat: ChatID, to zone: String?, in session: Session) throws -> OperationChange {
        try lock(session)
        guard let before = try session.run(.chatGet(chat)) else {
            throw OperationError.notFound(
                "the chat is no longer there; it may have been merged with another"
            )
        }
        var change = OperationChange()
        guard before.zone != zone else { return change }
        try checkThatLogsAreWhole(chat, in: session) { game, limit in
            "the chat's zone cannot change any more: retention dropped runs of '\(game)' that began before \(limit), "
                + "and without them the chat's days, weeks and months cannot be made by another zone"
        }
        try session.execute(.chatZoneUpdate(of: chat, to: zone))
        for game in try session.run(.gamesList(withBoardsOf: [chat])) {
            let part = try session.boardsRebuild(of: game, scope: .chats([chat]))
            guard !part.isEmpty else { continue }
            try session.boardsNotify(game: game.id, chats: [chat], includingGlobal: false)
            change.rebuild.add(part)
        }
        let value = { (zone: String?) in zone.map { FieldValue.text($0) } ?? .none }
        change.settings = [.init(name: "zone", before: value(before.zone), after: value(zone))]
        change.audit = try session.run(
            .auditInsert(
                note.entry(
                    on: "chat \(before.instances.first?.description ?? chat.description)",
                    before: document(of: before.zone, chat),
                    after: document(of: zone, chat)
                )
            )
        )
        return change
    }

    private func lock(_ session: Session) throws(PostgresError) {
        try session.run(.retentionLock())
        try session.gamesLock(of: bot)
        try session.run(.chatsLock(of: bot))
    }

    /// Makes sure that the logs still have the runs of a chat from which its leaderboards are to be made.
    private func checkThatLogsAreWhole(
        _ chat: ChatID,
        in session: Session,
        orSay reason: (_ game: String, _ limit: Instant) -> String
    ) throws {
        for game in try session.run(.gamesList(withBoardsOf: [chat])) {
            guard let limit = game.logWholeFrom,
                try session.run(.runsExist(in: chat, of: game.id, before: limit))
            else { continue }
            throw OperationError.conflict(reason(game.name, limit))
        }
    }

    /// What an operator can set of a chat, as one JSON object for the audit.
    private func document(of zone: String?, _ chat: ChatID) -> String {
        var writer = JSONWriter()
        writer.object {
            $0.member("zone", orNull: zone)
            // By which an undoing finds it, whatever it is called by then.
            $0.member("chat", chat.rawValue)
        }
        return writer.text
    }
}

extension OperationError {
    static func mergedFurther(_ subject: String) -> Self {
        .conflict(
            "\(subject): one of the chats was merged or split again since then; undo the later change first"
        )
    }
}
