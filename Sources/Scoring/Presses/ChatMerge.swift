package import JSON
package import Leaderboards
package import Postgres
package import Storage

/// Two chats that became one, as the audit has it, so that it can be taken back.
package struct ChatMerge: Sendable {
    package let gone: ChatID
    package let kept: ChatID
    /// The own zone of the chat that remained, before and after.
    package let zones: (before: String?, after: String?)

    /// Reads what the audit has; nil where it is of anything else.
    package init?(before: JSONValue?, after: JSONValue?) {
        guard let gone = before?["merged"]?.int64, let kept = after?["into"]?.int64 else { return nil }
        self.gone = ChatID(rawValue: gone)
        self.kept = ChatID(rawValue: kept)
        zones = (before?["zone"]?.string, after?["zone"]?.string)
    }

    private init(gone: ChatID, kept: ChatID, zones: (before: String?, after: String?)) {
        (self.gone, self.kept, self.zones) = (gone, kept, zones)
    }

    /// The two sides of the audit's entry.
    package var document: (before: String, after: String) {
        (text("merged", gone, zones.before), text("into", kept, zones.after))
    }

    private func text(_ name: StaticString, _ chat: ChatID, _ zone: String?) -> String {
        var writer = JSONWriter()
        writer.object {
            $0.member(name, chat.rawValue)
            $0.member("zone", orNull: zone)
        }
        return writer.text
    }
}

extension ChatMerge {
    /// What a merge did.
    package struct Outcome: Sendable {
        package fileprivate(set) var rebuild = RebuildReport()
        /// How many values of Telegram's tables follow.
        package fileprivate(set) var deliveries = 0
        /// What people call the chat that remained.
        package let name: String
        package let audit: AuditID
    }

    /// Merges one chat into another, with what follows for leaderboards and Telegram's tables.
    ///
    /// - Parameter bot: Their bot, whose games and chats the transaction has locked.
    package static func perform(
        _ gone: ChatID,
        into kept: ChatID,
        bot: BotID,
        now: Instant,
        _ note: AuditNote,
        in session: Session
    ) throws(PostgresError) -> Outcome {
        let (old, before) = (try session.run(.chatGet(gone)), try session.run(.chatGet(kept)))
        var deliveries = 0
        let rebuild = try session.chatsMerge(gone, into: kept, bot: bot) {
            game,
            chatScores throws(PostgresError) in
            guard game.telegramScore != .off else { return }
            deliveries += chatScores.count
            try session.desiredScoresRecount(of: chatScores, game: game, now: now)
        }
        try session.deliveriesQueue(of: kept)
        let zones = (before?.zone, try session.run(.chatGet(kept))?.zone)
        let document = ChatMerge(gone: gone, kept: kept, zones: zones).document
        let name = before?.name ?? kept.description
        let audit = try session.run(
            .auditInsert(
                note.entry(
                    on: "chat \(name) with \(old?.name ?? gone.description)",
                    before: document.before,
                    after: document.after
                )
            )
        )
        return Outcome(rebuild: rebuild, deliveries: deliveries, name: name, audit: audit)
    }
}

extension ChatRecord {
    /// What people call the chat by.
    package var name: String {
        instances.first?.description ?? addresses.first?.description ?? id.description
    }
}
