package import Leaderboards
package import Storage
import Postgres

extension Administration {
    /// Lists chats by bot and id.
    ///
    /// - Parameter title: A part of the title, in any case.
    package func chats(
        of bot: BotID? = nil,
        title: String? = nil,
        limit: Int? = nil
    ) async throws(OperationError) -> [ChatRecord] {
        try await scanning { session throws(PostgresError) in
            try session.run(.chatsList(of: bot, title: title, limit: limit))
        }
    }

    /// Finds a chat.
    ///
    /// - Parameters:
    ///   - instance: Its `chat_instance`, one of them where it has several, or Telegram's id of it.
    ///   - botName: The bot's username or id; needed only where chats of several bots have the same `chat_instance`.
    package func chat(
        named instance: ChatInstance,
        of botName: String? = nil
    ) async throws(OperationError) -> ChatRecord {
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
            let bots = matches.map(\.bot.name).joined(separator: " or ")
            throw .invalid("chats of several bots are called '\(instance)'; add --bot \(bots)")
        }
        return chat
    }

    /// Lists what keys or merges that were taken back took for names of one chat, where these are of two; the earliest
    /// first.
    package func chatConflicts() async throws(OperationError) -> [ChatConflict] {
        try await reading { session throws(PostgresError) in try session.run(.chatConflictsList()) }
    }

    /// Counts the game messages that were pressed in a chat.
    package func messages(of chat: ChatRecord) async throws(OperationError) -> ChatMessages {
        try await reading { session throws(PostgresError) in try session.chatMessages(of: chat.id) }
    }

    /// Counts, for each bot that has such, the chats in which messages that it sent itself are pressed by inline ids.
    package func chatsPressedInline() async throws(OperationError) -> [BotID: Int64] {
        try await reading { session throws(PostgresError) in try session.chatsPressedInline() }
    }

    /// Makes one chat of two, the older one, as if all runs had been played in it.
    package func merge(
        _ chats: (ChatRecord, ChatRecord),
        terms: ChangeTerms = ChangeTerms()
    ) async throws(OperationError) -> OperationChange {
        guard chats.0.bot.id == chats.1.bot.id else {
            throw .invalid("chats of two bots cannot be one")
        }
        guard chats.0.id != chats.1.id else { throw .conflict("the two names are of one chat already") }
        let (kept, gone) = (min(chats.0.id, chats.1.id), max(chats.0.id, chats.1.id))
        let change = ChatChange(bot: chats.0.bot.id, note: note("chat.merge", terms.reason))
        return try await guarded(terms) { session in
            try change.merge(gone, into: kept, in: session) {
                .conflict("one of the chats was merged at this moment; look at it again")
            }
        }
    }

    /// Changes what is set of a chat; by another zone its leaderboards are made anew.
    ///
    /// - Returns: What changed; nothing was written when it is empty.
    package func set(
        _ chat: ChatRecord,
        to settings: ChatSettings,
        terms: ChangeTerms = ChangeTerms()
    ) async throws(OperationError) -> OperationChange {
        if let zone = settings.zone { try checkZone(zone) }
        let change = ChatChange(bot: chat.bot.id, note: note("chat.set", terms.reason))
        return try await guarded(terms) { session in
            try change.set(chat.id, to: settings, in: session)
        }
    }
}
