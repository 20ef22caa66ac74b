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

    /// Changes what is set of a chat; by another zone its leaderboards are made anew.
    func set(_ chat: ChatID, to settings: ChatSettings, in session: Session) throws -> OperationChange {
        try lock(session)
        guard let before = try session.run(.chatGet(chat)) else {
            throw OperationError.notFound(
                "the chat is no longer there; it may have been merged with another"
            )
        }
        var change = OperationChange()
        let old = ChatSettings(before)
        guard old != settings else { return change }
        if old.zone != settings.zone { try setZone(of: chat, to: settings.zone, &change, session) }
        if old.announce != settings.announce {
            try session.execute(.chatAnnounceUpdate(of: chat, to: settings.announce))
            let value = { (window: WindowKind?) in window.map { FieldValue.text($0.rawValue) } ?? .none }
            change.settings.append(
                .init(name: "announce", before: value(old.announce), after: value(settings.announce))
            )
        }
        change.audit = try session.run(
            .auditInsert(
                note.entry(
                    on: "chat \(before.instances.first?.description ?? chat.description)",
                    before: old.document(of: chat),
                    after: settings.document(of: chat)
                )
            )
        )
        return change
    }

    private func setZone(
        of chat: ChatID,
        to zone: String?,
        _ change: inout OperationChange,
        _ session: Session
    ) throws {
        let before = try session.run(.chatGet(chat))?.zone
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
        change.settings.append(.init(name: "zone", before: value(before), after: value(zone)))
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
}

extension OperationError {
    static func mergedFurther(_ subject: String) -> Self {
        .conflict(
            "\(subject): one of the chats was merged or split again since then; undo the later change first"
        )
    }
}
