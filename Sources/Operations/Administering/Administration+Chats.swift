package import Leaderboards
import JSON
import Postgres
import Scoring
package import Storage

/// What a command did to a chat.
package struct ChatChange: Sendable {
    package let before: ChatRecord
    package let after: ChatRecord
    /// What became of the chat's leaderboards.
    package let rebuild: RebuildReport
    /// Under which number it is on record; nil when nothing changed.
    package let audit: AuditID?
}

extension Administration {
    /// Lists the chats.
    ///
    /// - Returns: All chats by bot and id.
    package func chats() async throws(AdministrationError) -> [ChatRecord] {
        try await reading { session throws(PostgresError) in try session.run(.chatsList()) }
    }

    /// Finds a chat.
    ///
    /// - Parameters:
    ///   - instance: Its `chat_instance`, one of them where it has several, or Telegram's id of it.
    ///   - botName: The bot's username or id; needed only where chats of several bots have the same `chat_instance`.
    package func chat(
        named instance: ChatInstance,
        of botName: String? = nil
    ) async throws(AdministrationError) -> ChatRecord {
        let named = try await reading { session throws(PostgresError) -> [ChatRecord] in
            let named = try session.run(.chatsList(named: instance))
            // A chat that was never pressed in goes by Telegram's id alone.
            return named.isEmpty
                ? try session.run(.chatsList(at: TelegramChatID(rawValue: instance.rawValue))) : named
        }
        let matches = named.filter { botName.map($0.bot.isNamed) ?? true }
        guard let chat = matches.first else {
            throw .notFound("there is no chat '\(instance)'; 'highscores chat list' shows those there are")
        }
        guard matches.count == 1 else {
            let bots = matches.map { $0.bot.username ?? $0.bot.id.description }
            throw .invalid(
                "chats of several bots are called '\(instance)'; add --bot \(bots.joined(separator: " or "))"
            )
        }
        return chat
    }

    /// Lists what keys or merges that were taken back took for names of one chat, where these are of two.
    ///
    /// - Returns: The pairs, the earliest first.
    package func chatConflicts() async throws(AdministrationError) -> [ChatConflict] {
        try await reading { session throws(PostgresError) in try session.run(.chatConflictsList()) }
    }

    /// Makes one chat of two, as if all runs had been played in it.
    ///
    /// - Parameter chats: The two chats; the older one remains.
    package func merge(
        _ chats: (ChatRecord, ChatRecord),
        terms: ChangeTerms = ChangeTerms()
    ) async throws(AdministrationError) -> ModerationChange {
        guard chats.0.bot.id == chats.1.bot.id else {
            throw .invalid("chats of two bots cannot be one")
        }
        guard chats.0.id != chats.1.id else { throw .conflict("the two names are of one chat already") }
        let bot = chats.0.bot.id
        let (kept, gone) = (min(chats.0.id, chats.1.id), max(chats.0.id, chats.1.id))
        return try await guarded(terms) { session throws(PostgresError) in
            try session.run(.retentionLock())
            try session.gamesLock(of: bot)
            try session.run(.chatsLock(of: bot))
            guard try session.run(.chatGet(kept)) != nil, try session.run(.chatGet(gone)) != nil else {
                return .failure(.conflict("one of the chats was merged at this moment; look at it again"))
            }
            let note = note("chat.merge", terms)
            let merge = try ChatMerge.perform(
                gone,
                into: kept,
                bot: bot,
                now: try session.run(.timeGet()),
                note,
                in: session
            )
            return .success(ModerationChange(merge))
        }
    }

    /// Gives a chat a time zone of its own, or takes it away, and makes its leaderboards anew by it.
    ///
    /// - Parameters:
    ///   - zone: The name of the zone; nil is that of each game.
    ///   - isDryRun: Whether nothing is to remain.
    /// - Returns: The chat before and after; nothing was written when they are equal.
    package func setChatZone(
        _ chat: ChatRecord,
        to zone: String?,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(AdministrationError) -> ChatChange {
        if let zone { try checkZone(zone) }
        let outcome: Result<ChatChange, AdministrationError>
        do throws(PostgresError) {
            outcome = try await pool.transaction(.rebuilding(isDryRun: isDryRun)) {
                session throws(PostgresError) in
                let note = AuditNote(actor: actor, action: "chat.set", reason: reason)
                return try session.setZone(of: chat.id, bot: chat.bot.id, to: zone, note)
            }
        } catch { throw .database(error) }
        return try outcome.get()
    }
}

extension Session {
    /// Gives a chat a time zone of its own, or takes it away, and makes its leaderboards anew by it.
    ///
    /// - Parameters:
    ///   - zone: The name of the zone; nil is that of each game.
    ///   - note: Who does it and why.
    /// - Returns: The chat before and after; on failure nothing was written.
    func setZone(
        of chat: ChatID,
        bot: BotID,
        to zone: String?,
        _ note: AuditNote
    ) throws(PostgresError) -> Result<ChatChange, AdministrationError> {
        try run(.retentionLock())
        try gamesLock(of: bot)
        try run(.chatsLock(of: bot))
        guard let before = try run(.chatGet(chat)) else {
            return .failure(.notFound("the chat is no longer there; it may have been merged with another"))
        }
        guard before.zone != zone else {
            return .success(ChatChange(before: before, after: before, rebuild: RebuildReport(), audit: nil))
        }
        let games = try run(.gamesList(withBoardsOf: [chat]))
        for game in games {
            guard let limit = game.logWholeFrom, try run(.runsExist(in: chat, of: game.id, before: limit))
            else {
                continue
            }
            return .failure(.conflict(game.reasonAgainstZone(limit)))
        }
        try execute(.chatZoneUpdate(of: chat, to: zone))
        var report = RebuildReport()
        for game in games {
            let part = try boardsRebuild(of: game, scope: .chats([chat]))
            guard !part.isEmpty else { continue }
            try boardsNotify(game: game.id, chats: [chat], includingGlobal: false)
            report.add(part)
        }
        guard let after = try run(.chatGet(chat)) else {
            throw PostgresError(.decoding, "the chat just changed is not there")
        }
        let audit = try run(
            .auditInsert(
                note.entry(
                    on: "chat \(before.instances.first?.description ?? chat.description)",
                    before: before.settingsDocument,
                    after: after.settingsDocument
                )
            )
        )
        return .success(ChatChange(before: before, after: after, rebuild: report, audit: audit))
    }
}

extension Game {
    fileprivate func reasonAgainstZone(_ limit: Instant) -> String {
        "the chat's zone cannot change any more: retention dropped runs of '\(name)' that began before \(limit), and "
            + "without them the chat's days, weeks and months cannot be made by another zone"
    }
}

extension ChatRecord {
    /// What an operator can set, as one JSON object for the audit.
    fileprivate var settingsDocument: String {
        var writer = JSONWriter()
        writer.object {
            $0.member("zone", orNull: zone)
            // By which an undoing finds it, whatever it is called by then.
            $0.member("chat", id.rawValue)
        }
        return writer.text
    }
}

extension BotRecord {
    func isNamed(_ name: String) -> Bool {
        let plain = name.hasPrefix("@") ? name.dropFirst() : name[...]
        return username?.lowercased() == plain.lowercased() || id.description == plain
    }
}
