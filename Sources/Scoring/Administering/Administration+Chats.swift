package import Leaderboards
import JSON
import Postgres
package import Storage

/// What a command did to a chat.
package struct ChatChange: Sendable {
    package let before: ChatRecord
    package let after: ChatRecord
    /// What became of the chat's leaderboards.
    package let rebuild: RebuildReport
}

extension Administration {
    /// Lists the chats.
    ///
    /// - Returns: All chats by bot and id.
    /// - Throws: ``AdministrationError/database(_:)``.
    package func chats() async throws(AdministrationError) -> [ChatRecord] {
        try await reading { session throws(PostgresError) in try session.chatRecords() }
    }

    /// Finds a chat.
    ///
    /// - Parameters:
    ///   - instance: Its `chat_instance`, one of them where it has several.
    ///   - botName: The bot's username or id; needed only where chats of several bots have the same `chat_instance`.
    /// - Returns: The chat.
    /// - Throws: ``AdministrationError``.
    package func chat(
        named instance: ChatInstance,
        of botName: String? = nil
    ) async throws(AdministrationError) -> ChatRecord {
        let matches = try await reading { session throws(PostgresError) in
            try session.chatRecords(named: instance)
        }.filter { botName.map($0.bot.isNamed) ?? true }
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

    /// Gives a chat a time zone of its own, or takes it away, and makes its leaderboards anew by it.
    ///
    /// - Parameters:
    ///   - chat: The chat.
    ///   - zone: The name of the zone; nil is that of each game.
    ///   - reason: Why, for the audit.
    ///   - isDryRun: Whether nothing is to remain.
    /// - Returns: The chat before and after; nothing was written when they are equal.
    /// - Throws: ``AdministrationError``.
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
                try session.lockRetention()
                try session.lockGames(of: chat.bot.id)
                try session.lockChats(of: chat.bot.id)
                guard let before = try session.chatRecord(chat.id) else {
                    return .failure(
                        .notFound("the chat is no longer there; it may have been merged with another")
                    )
                }
                guard before.zone != zone else {
                    return .success(ChatChange(before: before, after: before, rebuild: RebuildReport()))
                }
                let games = try session.games(withBoardsOf: [chat.id])
                for game in games {
                    guard let limit = game.logWholeFrom,
                        try session.hasRuns(in: chat.id, of: game.id, before: limit)
                    else { continue }
                    return .failure(.conflict(game.reasonAgainstZone(limit)))
                }
                try session.setZone(of: chat.id, to: zone)
                var report = RebuildReport()
                for game in games {
                    let part = try session.rebuildBoards(of: game, scope: .chat(chat.id))
                    guard !part.isEmpty else { continue }
                    try session.notifyBoards(game: game.id, chats: [chat.id], includingGlobal: false)
                    report.add(part)
                }
                guard let after = try session.chatRecord(chat.id) else {
                    throw PostgresError(.decoding, "the chat just changed is not there")
                }
                try session.writeAudit(
                    AuditEntry(
                        actor: actor,
                        action: "chat.set",
                        subject: "chat \(chat.instances.first?.description ?? chat.id.description)",
                        reason: reason,
                        before: before.settingsDocument,
                        after: after.settingsDocument
                    )
                )
                return .success(ChatChange(before: before, after: after, rebuild: report))
            }
        } catch { throw .database(error) }
        return try outcome.get()
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
            $0.key("zone")
            if let zone { $0.value(zone) } else { $0.null() }
        }
        return writer.text
    }
}

extension BotRecord {
    fileprivate func isNamed(_ name: String) -> Bool {
        let plain = name.hasPrefix("@") ? name.dropFirst() : name[...]
        return username?.lowercased() == plain.lowercased() || id.description == plain
    }
}
