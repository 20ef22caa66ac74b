import JSON
import Leaderboards
import Postgres
import Storage

/// What the audit says of a merge, by which it can be taken back.
struct ChatMergeDocument {
    let gone: ChatID
    let kept: ChatID
    /// The own zone of the chat that remained, before and after.
    let zones: (before: String?, after: String?)

    init(gone: ChatID, kept: ChatID, zones: (before: String?, after: String?)) {
        (self.gone, self.kept, self.zones) = (gone, kept, zones)
    }

    /// Reads what ``before`` and ``after`` wrote; nil for anything else.
    init?(before: JSONValue?, after: JSONValue?) {
        guard let gone = before?["merged"]?.int64, let kept = after?["into"]?.int64 else { return nil }
        self.init(
            gone: ChatID(rawValue: gone),
            kept: ChatID(rawValue: kept),
            zones: (before?["zone"]?.string, after?["zone"]?.string)
        )
    }

    var before: String { text("merged", gone, zones.before) }
    var after: String { text("into", kept, zones.after) }

    private func text(_ name: StaticString, _ chat: ChatID, _ zone: String?) -> String {
        var writer = JSONWriter()
        writer.object {
            $0.member(name, chat.rawValue)
            $0.member("zone", orNull: zone)
        }
        return writer.text
    }
}

extension Session {
    /// Merges one chat into another, with what follows for leaderboards and Telegram's tables.
    ///
    /// - Parameters:
    ///   - gone: The chat that is given up.
    ///   - bot: Their bot, whose games and chats the transaction has locked.
    ///   - note: Who does it and why.
    func merge(
        _ gone: ChatID,
        into kept: ChatID,
        bot: BotID,
        now: Instant,
        _ note: AuditNote
    ) throws(PostgresError) -> ModerationChange {
        var change = ModerationChange()
        let (old, before) = (try chatRecord(gone), try chatRecord(kept))
        change.rebuild = try mergeChats(gone, into: kept, bot: bot) { game, standings throws(PostgresError) in
            guard game.rules.telegramScore != .off else { return }
            change.deliveries += standings.count
            try wantDeliveries(of: standings, game: game, now: now)
        }
        try queueDeliveries(of: kept)
        let document = ChatMergeDocument(
            gone: gone,
            kept: kept,
            zones: (before?.zone, try chatRecord(kept)?.zone)
        )
        change.settings = [
            .init(name: "merged_into", before: .none, after: .text(before?.name ?? kept.description))
        ]
        change.audit = try writeAudit(
            note.entry(
                on: "chat \(before?.name ?? kept.description) with \(old?.name ?? gone.description)",
                before: document.before,
                after: document.after
            )
        )
        return change
    }

    /// Takes a merge back, with what follows for leaderboards and Telegram's tables.
    ///
    /// - Parameters:
    ///   - subject: What the audit calls it.
    ///   - note: Who does it and why.
    /// - Returns: What changed; on failure nothing was written.
    func split(
        _ document: ChatMergeDocument,
        _ subject: String,
        _ note: AuditNote
    ) throws(PostgresError) -> Result<ModerationChange, AdministrationError> {
        let (gone, kept) = (document.gone, document.kept)
        try lockRetention()
        guard let bot = try chatRecord(kept)?.bot.id else { return .failure(.mergedFurther(subject)) }
        try lockGames(of: bot)
        try lockChats(of: bot)
        guard let before = try chatRecord(kept), try firstMerge(of: gone) == kept else {
            return .failure(.mergedFurther(subject))
        }
        for game in try games(withBoardsOf: [kept]) {
            guard let limit = game.logWholeFrom, try hasRuns(in: kept, of: game.id, before: limit) else {
                continue
            }
            return .failure(
                .conflict(
                    "the chats cannot be split any more: retention dropped runs of '\(game.name)' that began before "
                        + "\(limit), and without them the leaderboards of both cannot be made"
                )
            )
        }
        if before.zone == document.zones.after, before.zone != document.zones.before {
            try setZone(of: kept, to: document.zones.before)
        }
        var change = ModerationChange()
        let now = try time()
        change.rebuild = try splitChat(gone, from: kept, bot: bot) { game, standings throws(PostgresError) in
            guard game.rules.telegramScore != .off else { return }
            change.deliveries += standings.count
            try correctDeliveries(of: standings, game: game, now: now)
        }
        for chat in [kept, gone] { try queueDeliveries(of: chat) }
        change.settings = [
            .init(name: "merged_into", before: .text(before.name), after: .none)
        ]
        change.audit = try writeAudit(
            note.entry(on: subject, before: document.after, after: document.before)
        )
        return .success(change)
    }

    /// Merges chats again whose merge was taken back.
    ///
    /// - Parameters:
    ///   - subject: What the audit calls it.
    ///   - note: Who does it and why.
    /// - Returns: What changed; on failure nothing was written.
    func mergeAgain(
        _ document: ChatMergeDocument,
        _ subject: String,
        _ note: AuditNote
    ) throws(PostgresError) -> Result<ModerationChange, AdministrationError> {
        try lockRetention()
        guard let bot = try chatRecord(document.kept)?.bot.id else {
            return .failure(.mergedFurther(subject))
        }
        try lockGames(of: bot)
        try lockChats(of: bot)
        guard try chatRecord(document.kept) != nil, try chatRecord(document.gone) != nil else {
            return .failure(.mergedFurther(subject))
        }
        return .success(try merge(document.gone, into: document.kept, bot: bot, now: try time(), note))
    }
}

extension AdministrationError {
    fileprivate static func mergedFurther(_ subject: String) -> Self {
        .conflict(
            "\(subject): one of the chats was merged or split again since then; undo the later change first"
        )
    }
}

extension ChatRecord {
    /// What people call the chat by.
    package var name: String {
        instances.first?.description ?? addresses.first?.description ?? id.description
    }
}
