import Leaderboards
import Postgres
import Storage

/// Joins chats that turned out to be one.
struct ChatMerger: Sendable {
    let pool: PostgresPool
    let clock: @Sendable () -> Instant

    /// Merges the two chats that an alias leads to; does nothing when that was done meanwhile, or taken back before.
    ///
    /// - Parameter alias: A `chat_instance` and a Telegram id of one chat.
    func merge(_ alias: ChatAlias, bot: BotID) async throws(PostgresError) {
        let find = { @Sendable (session: Session) throws(PostgresError) -> [ChatID] in
            let match = try session.run(.chatsMatch([alias], bot: bot))[0]
            return [match.byInstance, match.byAddress].compactMap { $0 }
        }
        // Every press that shows both names of chats that are two comes here, and must not keep the bot's games waiting.
        let isMeant = try await pool.withSession { session throws(PostgresError) in
            let chats = try find(session)
            guard chats.count == 2 else { return false }
            return try !session.run(.chatsAreSplit(chats[0], chats[1]))
        }
        if isMeant { try await merge(bot: bot, find: find) }
    }

    /// Follows a group that became a supergroup: both ids lead to one chat, and nothing is written under the old one.
    func follow(from old: TelegramChatID, to new: TelegramChatID, bot: BotID) async throws(PostgresError) {
        try await merge(bot: bot) { session throws(PostgresError) in
            let chats = [
                try session.chatResolve(old, orJoin: new, bot: bot),
                try session.chatResolve(new, orJoin: old, bot: bot),
            ]
            try session.chatAddressRetire(old, of: chats[0], bot: bot)
            return chats
        }
    }

    /// Merges the chats that a closure finds under the locks, the younger into the older.
    private func merge(
        bot: BotID,
        find: @Sendable (Session) throws(PostgresError) -> [ChatID]
    ) async throws(PostgresError) {
        let now = clock()
        // Runs of the chats are counted again, which takes longer than an ordinary statement.
        let options = TransactionOptions(statementTimeout: .seconds(60))
        try await pool.transaction(options) { session throws(PostgresError) in
            try session.gamesLock(of: bot)
            try session.run(.chatsLock(of: bot))
            let chats = try find(session)
            guard let kept = chats.min(), let gone = chats.max(), kept != gone,
                try !session.run(.chatsAreSplit(gone, kept))
            else { return }
            _ = try ChatMerge.perform(
                gone,
                into: kept,
                bot: bot,
                now: now,
                AuditNote(
                    actor: "highscores",
                    action: "chat.merge",
                    reason: "both names were seen on one chat"
                ),
                in: session
            )
        }
    }
}
