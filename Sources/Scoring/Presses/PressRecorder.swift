import Leaderboards
import Postgres
import Storage

/// Writes what presses, Mini Apps and keys tell of players, chats and game messages, where that is news.
///
/// Locks are taken in the order of submissions: the bot's chats, then rows of players, chats, messages and deliveries,
/// each kind sorted by its key. Under the lock of chats no chat is merged and nobody erased before the commit, so what
/// is written ends up on the chat that remains, and nothing is written of who was erased since they were seen.
struct PressRecorder: Sendable {
    let pool: PostgresPool
    let merger: ChatMerger

    /// Records presses of one bot's games, in order.
    ///
    /// A batch is compared by one statement; only if something is new there is a transaction.
    func record(_ bot: BotID, presses facts: [PressFact]) async throws(PostgresError) -> [Result<
        Void, Refusal
    >] {
        try await retryingConflict { () throws(PostgresError) in
            for duplicate in try await write(bot, facts) { try await merger.merge(duplicate, bot: bot) }
        }
        return facts.map { _ in .success(()) }
    }

    /// Records the names of people who open a game where no chat is known, as in a Mini App; the latest come last.
    func record(
        _ bot: BotID,
        profiles sightings: [ProfileSighting]
    ) async throws(PostgresError) -> [Result<Void, Refusal>] {
        try await retryingConflict { () throws(PostgresError) in
            try await pool.committing { session throws(PostgresError) in
                let (_, erasures) = try session.run(
                    .chatsLock(of: bot, isShared: true),
                    .erasuresGet(of: sightings.map(\.profile.id), bot: bot)
                )
                let known = sightings.filter { !erasures.isErased($0.profile.id, since: $0.seenAt) }
                let latest = Dictionary(known.map { ($0.profile.id, $0.profile) }) { _, last in last }
                return Ending([.playersUpsert(Array(latest.values), bot: bot)], ())
            }
        }
        return sightings.map { _ in .success(()) }
    }

    /// Records what the key of one game tells of presses and names, in order, as far as a key is believed.
    ///
    /// - Returns: A success for each, or ``Refusal/chatConflict``.
    func record(
        _ game: GameID,
        reports: [PressReport]
    ) async throws(PostgresError) -> [Result<Void, Refusal>] {
        guard let bot = reports.first?.bot else { return [] }
        var findings = try await pool.withSession { session throws(PostgresError) in
            try session.run(.reportsFind(reports, game: game, bot: bot))
        }
        if findings.contains(where: \.isNews) {
            findings = try await retryingConflict { () throws(PostgresError) in
                try await pool.transaction { session throws(PostgresError) in
                    try session.reportsRecord(reports, game: game, bot: bot)
                }
            }
        }
        return findings.map { $0.isConflict ? .failure(.chatConflict) : .success(()) }
    }

    // MARK: - Presses

    /// - Returns: The aliases by which two chats turned out to be one.
    private func write(_ bot: BotID, _ facts: [PressFact]) async throws(PostgresError) -> [ChatAlias] {
        let news = try await pool.withSession { session throws(PostgresError) in
            try session.run(.pressesFindNew(in: facts, bot: bot))
        }
        guard !news.isEmpty else { return [] }
        let affected = Self.affected(by: news, among: facts)
        // Whoever creates a chat must be alone in that; all others only must not see one merged meanwhile.
        let sharesChats = !news.contains(where: \.isChatUnknown)
        return try await pool.committing { session throws(PostgresError) in
            let aliases = Array(Set(affected.map(\.alias)))
            let (_, matches, erasures) = try session.run(
                .chatsLock(of: bot, isShared: sharesChats),
                .chatsMatch(aliases, bot: bot),
                .erasuresGet(of: affected.map(\.player.id), bot: bot)
            )
            let facts = affected.filter { !erasures.isErased($0.player.id, since: $0.pressedAt) }
            guard !facts.isEmpty else { return Ending([]) }
            let shown = Set(facts.map(\.alias))
            let known = zip(aliases, matches).filter { shown.contains($0.0) }
            let resolved = try session.chatsResolve(known.map(\.0), bot: bot, matches: known.map(\.1))
            let chats = Dictionary(uniqueKeysWithValues: zip(known.map(\.0), resolved))
            return Ending(
                Self.queries(of: facts, chats, bot: bot),
                chats.filter { $1.duplicate != nil }.map(\.key)
            )
        }
    }

    /// The presses that are to be written: those that are news, and those of the same games and chats, beside which
    /// the order in which messages were pressed would be lost.
    private static func affected(by news: [PressNews], among facts: [PressFact]) -> [PressFact] {
        let isNews = Set(news.map(\.position))
        let places = Set(isNews.map { Place(facts[$0]) })
        return facts.enumerated().filter { position, fact in
            isNews.contains(position) || fact.target != nil && places.contains(Place(fact))
        }.map(\.element)
    }

    private struct Place: Hashable {
        let game: GameID
        let instance: ChatInstance

        init(_ fact: PressFact) { (game, instance) = (fact.game, fact.alias.instance) }
    }

    private static func queries(
        of facts: [PressFact],
        _ chats: [ChatAlias: ResolvedChat],
        bot: BotID
    ) -> [Query] {
        let players = Dictionary(facts.map { ($0.player.id, $0.player) }) { _, last in last }
        var titles: [ChatID: String] = [:]
        var sightings: [TargetKey: TargetSighting] = [:]
        for fact in facts {
            guard let chat = chats[fact.alias]?.chat else { continue }
            if let title = fact.title { titles[chat] = title }
            guard let target = fact.target else { continue }
            sightings[TargetKey(game: fact.game, chat: chat, target: target)] = TargetSighting(
                game: fact.game,
                chat: chat,
                target: target,
                pressedAt: fact.pressedAt
            )
        }
        var queries: [Query] = [.playersUpsert(Array(players.values), bot: bot)]
        if !titles.isEmpty { queries.append(.chatTitlesUpdate(titles)) }
        if !sightings.isEmpty {
            let targets = Array(sightings.values)
            queries += [
                .targetsUpsert(targets), .targetsDropReported(of: targets, bot: bot),
                .deliveriesWake(waitingFor: targets),
            ]
        }
        return queries
    }

    private struct TargetKey: Hashable {
        let game: GameID
        let chat: ChatID
        let target: StoredTarget
    }
}
