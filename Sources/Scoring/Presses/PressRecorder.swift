import Leaderboards
import Logging
import Postgres
import Storage

/// What a press tells, to be written beside its answer.
struct PressFact: Sendable {
    let game: GameID
    let player: PlayerProfile
    let alias: ChatAlias
    let title: String?
    let target: StoredTarget?
    let pressedAt: Instant
}

/// Writes what presses tell of players, chats and game messages.
struct PressRecorder: Sendable {
    let pool: PostgresPool
    let merger: ChatMerger
    let logger: Logger

    /// Writes presses of one bot's games in one transaction.
    ///
    /// - Parameters:
    ///   - bot: The bot.
    ///   - facts: What the presses tell, in order.
    /// - Returns: A success for each, or for each the same refusal.
    func write(_ bot: BotID, _ facts: [PressFact]) async -> [Result<Void, Refusal>] {
        do {
            let duplicates = try await record(bot, facts)
            for duplicate in duplicates { try await merger.merge(duplicate, bot: bot) }
            return facts.map { _ in .success(()) }
        } catch {
            logger.warning("presses.failed", metadata: ["error": "\(error)", "count": "\(facts.count)"])
            return facts.map { _ in .failure(.databaseUnavailable) }
        }
    }

    private func record(_ bot: BotID, _ facts: [PressFact]) async throws(PostgresError) -> [ChatAlias] {
        let players = Dictionary(facts.map { ($0.player.id, $0.player) }) { _, last in last }
        let aliases = Array(Set(facts.map(\.alias)))
        return try await pool.transaction { session throws(PostgresError) in
            let resolved = try session.resolveChats(aliases, bot: bot)
            let chats = Dictionary(uniqueKeysWithValues: zip(aliases, resolved))
            try session.upsertPlayers(Array(players.values), bot: bot)
            var titles: [ChatID: String] = [:]
            var targets: [TargetKey: TargetSighting] = [:]
            for fact in facts {
                guard let chat = chats[fact.alias]?.chat else { continue }
                if let title = fact.title { titles[chat] = title }
                guard let target = fact.target else { continue }
                targets[TargetKey(game: fact.game, chat: chat, target: target)] = TargetSighting(
                    game: fact.game,
                    chat: chat,
                    target: target,
                    pressedAt: fact.pressedAt
                )
            }
            if !titles.isEmpty { try session.updateTitles(titles) }
            if !targets.isEmpty, try session.upsertTargets(Array(targets.values)) > 0 {
                try session.notifyDeliveries(of: bot)
            }
            return zip(aliases, resolved).compactMap { $1.duplicate == nil ? nil : $0 }
        }
    }

    private struct TargetKey: Hashable {
        let game: GameID
        let chat: ChatID
        let target: StoredTarget
    }
}

/// Joins chats that turned out to be one.
struct ChatMerger: Sendable {
    let pool: PostgresPool
    let clock: @Sendable () -> Instant

    /// Merges the two chats that an alias leads to; does nothing when that was done meanwhile.
    ///
    /// - Parameters:
    ///   - alias: A `chat_instance` and a Telegram id of one chat.
    ///   - bot: The bot.
    /// - Throws: `PostgresError`.
    func merge(_ alias: ChatAlias, bot: BotID) async throws(PostgresError) {
        try await merge(bot: bot) { session throws(PostgresError) in
            let match = try session.chats(matching: [alias], bot: bot)[0]
            return [match.byInstance, match.byAddress].compactMap { $0 }
        }
    }

    /// Follows a group that became a supergroup: both ids lead to one chat, and nothing is written under the old one.
    ///
    /// - Parameters:
    ///   - old: The group's id.
    ///   - new: The supergroup's id.
    ///   - bot: The bot.
    /// - Throws: `PostgresError`.
    func follow(from old: TelegramChatID, to new: TelegramChatID, bot: BotID) async throws(PostgresError) {
        try await merge(bot: bot) { session throws(PostgresError) in
            let chats = [
                try session.resolveChat(old, orJoin: new, bot: bot),
                try session.resolveChat(new, orJoin: old, bot: bot),
            ]
            try session.retireAddress(old, of: chats[0], bot: bot)
            return chats
        }
    }

    /// Merges the chats that a closure finds under the locks, the younger into the older.
    private func merge(
        bot: BotID,
        find: @Sendable (Session) throws(PostgresError) -> [ChatID]
    ) async throws(PostgresError) {
        let now = clock()
        try await pool.transaction { session throws(PostgresError) in
            try session.lockGames(of: bot)
            try session.lockChats(of: bot)
            let chats = try find(session)
            guard let kept = chats.min(), let gone = chats.max(), kept != gone else { return }
            for (id, players) in try session.mergeChats(gone, into: kept, bot: bot) {
                guard let game = try session.game(id) else { continue }
                try redeliver(players, of: game, in: kept, now: now, session: session)
            }
            try session.notifyDeliveries(of: bot)
        }
    }

    /// Wants Telegram to hold what the merged leaderboard holds.
    private func redeliver(
        _ players: [PlayerID],
        of game: Game,
        in chat: ChatID,
        now: Instant,
        session: Session
    ) throws(PostgresError) {
        guard game.rules.telegramScore != .off else { return }
        let entries = try session.entriesOfAllTime(of: players, chat: chat, game: game.id)
        let wishes = entries.map { entry in
            DeliveryWish(
                chat: chat,
                player: entry.standing.player,
                wanted: game.rules.telegramScore.value(
                    for: game.rules.score(ofSortKey: entry.standing.sortKey)
                ),
                target: nil
            )
        }
        try session.wantDeliveries(wishes, game: game, now: now)
    }
}
