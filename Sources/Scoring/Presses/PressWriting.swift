import Leaderboards
import Postgres
import Storage

/// One transaction that writes what presses tell.
///
/// Locks are taken in the order of submissions: the bot's chats, then rows of players, chats, messages and deliveries,
/// each kind sorted by its key.
struct PressWriting: Sendable {
    let bot: BotID
    let facts: [PressFact]
    /// Whether others may write to the same chats meanwhile; false when a chat may have to be created.
    let sharesChats: Bool

    /// Writes the presses.
    ///
    /// - Returns: The aliases by which two chats turned out to be one.
    func write(in session: Session) throws(PostgresError) -> Ending<[ChatAlias]> {
        let aliases = Array(Set(facts.map(\.alias)))
        // Under the lock no chat is merged and nobody erased before the commit, so what is written ends up on the chat
        // that remains, and nothing is written of who was erased since the press.
        let (_, matches, erasures) = try session.run(
            .keepChats(of: bot, isShared: sharesChats),
            .chats(matching: aliases, bot: bot),
            .erasures(of: facts.map(\.player.id), bot: bot)
        )
        let facts = facts.filter { !erasures.isErased($0.player.id, since: $0.pressedAt) }
        guard !facts.isEmpty else { return Ending([]) }
        let shown = Set(facts.map(\.alias))
        let known = zip(aliases, matches).filter { shown.contains($0.0) }
        let resolved = try session.resolveChats(known.map(\.0), bot: bot, matches: known.map(\.1))
        let chats = Dictionary(uniqueKeysWithValues: zip(known.map(\.0), resolved))
        return Ending(queries(of: facts, chats), chats.filter { $1.duplicate != nil }.map(\.key))
    }

    private func queries(of facts: [PressFact], _ chats: [ChatAlias: ResolvedChat]) -> [Query] {
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
        var queries: [Query] = [.upsertPlayers(Array(players.values), bot: bot)]
        if !titles.isEmpty { queries.append(.updateTitles(titles)) }
        if !sightings.isEmpty {
            let targets = Array(sightings.values)
            queries += [
                .upsertTargets(targets), .dropReports(of: targets, bot: bot),
                .wakeDeliveries(waitingFor: targets),
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
