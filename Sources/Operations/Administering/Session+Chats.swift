import Leaderboards
import Postgres
import Scoring
import Storage

extension Session {
    /// Takes a merge back, with what follows for leaderboards and Telegram's tables.
    ///
    /// - Parameters:
    ///   - subject: What the audit calls it.
    ///   - note: Who does it and why.
    /// - Returns: What changed; on failure nothing was written.
    func split(
        _ document: ChatMerge,
        _ subject: String,
        _ note: AuditNote
    ) throws(PostgresError) -> Result<ModerationChange, AdministrationError> {
        let (gone, kept) = (document.gone, document.kept)
        try run(.retentionLock())
        guard let bot = try run(.chatGet(kept))?.bot.id else { return .failure(.mergedFurther(subject)) }
        try gamesLock(of: bot)
        try run(.chatsLock(of: bot))
        guard let before = try run(.chatGet(kept)), try run(.chatMergeGet(of: gone)) == kept else {
            return .failure(.mergedFurther(subject))
        }
        for game in try run(.gamesList(withBoardsOf: [kept])) {
            guard let limit = game.logWholeFrom, try run(.runsExist(in: kept, of: game.id, before: limit))
            else {
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
            try execute(.chatZoneUpdate(of: kept, to: document.zones.before))
        }
        var change = ModerationChange()
        let now = try run(.timeGet())
        change.rebuild = try chatsSplit(gone, from: kept, bot: bot) { game, standings throws(PostgresError) in
            guard game.rules.telegramScore != .off else { return }
            change.deliveries += standings.count
            try desiredScoresCorrect(of: standings, game: game, now: now)
        }
        for chat in [kept, gone] { try deliveriesQueue(of: chat) }
        change.settings = [
            .init(name: "merged_into", before: .text(before.name), after: .none)
        ]
        change.audit = try run(
            .auditInsert(
                note.entry(on: subject, before: document.document.after, after: document.document.before)
            )
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
        _ document: ChatMerge,
        _ subject: String,
        _ note: AuditNote
    ) throws(PostgresError) -> Result<ModerationChange, AdministrationError> {
        try run(.retentionLock())
        guard let bot = try run(.chatGet(document.kept))?.bot.id else {
            return .failure(.mergedFurther(subject))
        }
        try gamesLock(of: bot)
        try run(.chatsLock(of: bot))
        guard try run(.chatGet(document.kept)) != nil, try run(.chatGet(document.gone)) != nil else {
            return .failure(.mergedFurther(subject))
        }
        let merge = try ChatMerge.perform(
            document.gone,
            into: document.kept,
            bot: bot,
            now: try run(.timeGet()),
            note,
            in: self
        )
        return .success(ModerationChange(merge))
    }
}

extension AdministrationError {
    fileprivate static func mergedFurther(_ subject: String) -> Self {
        .conflict(
            "\(subject): one of the chats was merged or split again since then; undo the later change first"
        )
    }
}

extension ModerationChange {
    /// What became of two chats.
    init(_ merge: ChatMerge.Outcome) {
        self.init()
        rebuild = merge.rebuild
        deliveries = merge.deliveries
        settings = [.init(name: "merged_into", before: .none, after: .text(merge.name))]
        audit = merge.audit
    }
}
