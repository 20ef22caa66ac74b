import JSON
package import Leaderboards
package import Postgres
package import Storage

extension Administration {
    /// Lists players.
    ///
    /// - Returns: The players, each once for every bot that knows them.
    package func players(_ filter: PlayerFilter, limit: Int) async throws(OperationError)
        -> [PlayerRecord]
    {
        try await scanning { session throws(PostgresError) in
            try session.run(.playersList(filter, limit: limit))
        }
    }

    /// Collects everything that is known of a player.
    ///
    /// - Parameter bot: Whose knowledge is asked for; nil is that of all.
    package func exportPlayer(
        _ player: PlayerID,
        of bot: BotRecord? = nil
    ) async throws(OperationError) -> JSONText {
        try await checkThatKnown(player, of: bot)
        return try await scanning { session throws(PostgresError) in
            try session.run(.playerExport(player, of: try Self.bots(bot, session)))
        }
    }

    /// Hides a player's name for good and leaves the rest as it is.
    ///
    /// - Parameter bot: The bot that is to forget the name; nil is all.
    /// - Returns: What changed; empty when the name is hidden already.
    package func anonymise(
        _ player: PlayerID,
        of bot: BotRecord? = nil,
        terms: ChangeTerms = ChangeTerms()
    ) async throws(OperationError) -> OperationChange {
        try await checkThatKnown(player, of: bot)
        return try await guarded(terms) { [note = note("player.anonymise", terms.reason)] session in
            var change = OperationChange()
            let bots = try Self.bots(bot, session)
            change.namesHidden = try session.execute(.playerAnonymise(player, of: bots))
            guard change.namesHidden > 0 else { return change }
            for game in try session.run(.gamesListWithBoards()) where bots.contains(game.bot) {
                let owners = try session.run(.boardOwnersList(of: player, game: game.id))
                guard !owners.isEmpty else { continue }
                try session.boardsNotify(
                    game: game.id,
                    chats: owners.compactMap(\.self),
                    includingGlobal: owners.contains(nil)
                )
            }
            change.audit = try session.run(
                .auditInsert(
                    note.entry(
                        on: "player \(player)",
                        before: nil,
                        after: #"{"bots":\#(change.namesHidden)}"#
                    )
                )
            )
            return change
        }
    }

    /// Removes everything personal of a player.
    ///
    /// Entries go and Telegram's tables follow; what they still hold is kept until they do not, and then goes, too.
    /// Bans stay without the player's id, and launches from before are no longer good.
    ///
    /// - Parameters:
    ///   - bot: The bot that is to forget them; nil is all.
    ///   - terms: On which terms; the reason must not name the player.
    /// - Returns: What was removed, in numbers.
    package func erase(
        _ player: PlayerID,
        of bot: BotRecord? = nil,
        terms: ChangeTerms = ChangeTerms()
    ) async throws(OperationError) -> OperationChange {
        try await checkThatKnown(player, of: bot)
        return try await guarded(terms) { [launchMemory, note = note("player.erase", terms.reason)] session in
            try session.run(.retentionLock())
            let bots = try Self.bots(bot, session)
            let games = try Moderation.lockedGames(session) { bots.contains($0.bot) }
            // What is being written of presses is written before; what is written later knows of the erasure.
            for bot in bots.sorted() { try session.run(.chatsLock(of: bot)) }
            var change = OperationChange()
            let bans = try session.run(.bansList(of: player)).filter { bots.contains($0.bot) }
            // Who is banned has no entries, and Telegram's tables follow that.
            for bot in bots { _ = try session.run(.banInsert(Ban(bot: bot, player: player, game: nil))) }
            for game in games { try Moderation.recount([player], in: game, &change, session) }
            let count = try session.playerErase(
                player,
                of: bots,
                games: games.map(\.id),
                outliving: bans,
                for: launchMemory
            )
            change.erasure = count
            change.rebuild.forgetSample()
            change.audit = try session.run(
                .auditInsert(
                    note.entry(
                        on: "an erased player",
                        before: nil,
                        after: count.document(entries: change.rebuild.entriesRemoved)
                    )
                )
            )
            return change
        }
    }

    private func checkThatKnown(_ player: PlayerID, of bot: BotRecord?) async throws(OperationError) {
        var filter = PlayerFilter()
        filter.player = player
        filter.bot = bot?.id
        guard try await players(filter, limit: 1).isEmpty else { return }
        throw .notFound("nothing is known of player \(player)")
    }

    /// The bot that is meant, or all.
    private static func bots(_ bot: BotRecord?, _ session: Session) throws(PostgresError) -> [BotID] {
        if let bot { return [bot.id] }
        return try session.run(.botsList()).map(\.id)
    }
}

extension ErasureCount {
    /// The numbers as one JSON object for the audit.
    fileprivate func document(entries: Int) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("profiles", profiles)
            writer.member("runs", runs)
            writer.member("corrections", corrections)
            writer.member("entries", entries)
            writer.member("bans", bans)
            writer.member("audit_entries", auditEntries)
            writer.member("pending_telegram_tables", pendingDeliveries)
        }
        return writer.text
    }
}
