import JSON
import Leaderboards
import Postgres
package import Storage

/// What taking a file in did.
package struct ImportReport: Sendable {
    /// How many lines were taken in; the others are known to whoever read them.
    package var lines = 0
    package var count = ImportCount()
    /// What became of the leaderboards.
    package var rebuild = RebuildReport()
    /// How many values of Telegram's tables are to be brought up to date.
    package var deliveries = 0

    /// Nothing.
    package init() {}
}

/// What is being done while a file is taken in.
package enum ImportStep: Sendable {
    /// What the lines say is put into the log.
    case merging
    /// So many of so many steps towards the leaderboards of a game are done.
    case rebuilding(done: Int, all: Int)
}

extension Administration {
    /// For more players than this it is quicker to make all leaderboards anew.
    private static let manyPlayers = 20_000

    /// Takes scores into the log and makes the leaderboards that change anew, all in one transaction.
    ///
    /// Scores of those games wait while that is done, but not while the file is read.
    ///
    /// - Parameters:
    ///   - isDelivered: Whether Telegram's tables are to follow. Otherwise they keep what they have until the player
    ///     betters an entry.
    ///   - source: What the file is called, for the audit.
    package func importScores(
        isDelivered: Bool,
        source: String,
        reason: String? = nil,
        isDryRun: Bool = false,
        onStep: @escaping @Sendable (ImportStep) -> Void = { _ in },
        feed: @escaping @Sendable ((ImportedScore) throws -> Void) throws -> Void
    ) async throws -> ImportReport {
        let note = note("import.scores", reason)
        return try await carrying(.rebuilding(isDryRun: isDryRun)) { session, carrier in
            var report = ImportReport()
            report.lines = try session.scoresStage { take throws(PostgresError) in
                try carrier.run { try feed(take) }
            }
            onStep(.merging)
            let ids = try session.run(.stagedGamesList())
            guard !ids.isEmpty else { return report }
            try session.run(.retentionLock())
            for id in ids { try session.run(.gameLock(id)) }
            let games = try session.run(.gamesList()).filter { ids.contains($0.id) }.sorted { $0.id < $1.id }
            for bot in Set(games.map(\.bot)).sorted() { try session.run(.chatsLock(of: bot)) }
            for game in games {
                let count = try session.stagedScoresMerge(of: game)
                report.count.add(count)
                var change = ImportChange(game: game, count: count)
                if count.added > 0 { try change.rebuild(in: session, Self.manyPlayers, onStep) }
                if isDelivered, game.rules.telegramScore != .off { try change.deliver(in: session) }
                report.rebuild.add(change.report)
                report.deliveries += change.deliveries
                guard count.added > 0 || change.deliveries > 0 else { continue }
                try session.run(
                    .auditInsert(
                        note.entry(on: game.name, before: nil, after: change.document(source: source))
                    )
                )
            }
            return report
        }
    }

    /// Takes players' names in.
    ///
    /// - Parameter source: What the file is called, for the audit.
    /// - Returns: How many lines there were, and how many players are new or have other names now.
    package func importPlayers(
        source: String,
        reason: String? = nil,
        isDryRun: Bool = false,
        feed: @escaping @Sendable ((ImportedPlayer) throws -> Void) throws -> Void
    ) async throws -> (lines: Int, written: Int) {
        let note = note("import.players", reason)
        return try await carrying(.rebuilding(isDryRun: isDryRun)) { session, carrier in
            let (lines, written) = try session.playersImport { take throws(PostgresError) in
                try carrier.run { try feed(take) }
            }
            guard written > 0 else { return (lines, written) }
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("source", source)
                writer.member("written", written)
            }
            try session.run(.auditInsert(note.entry(on: "players", before: nil, after: writer.text)))
            return (lines, written)
        }
    }
}

/// What an import does to one game.
private struct ImportChange {
    let game: Game
    let count: ImportCount
    var report = RebuildReport()
    var deliveries = 0

    /// Makes the leaderboards what the log says now.
    mutating func rebuild(
        in session: Session,
        _ manyPlayers: Int,
        _ onStep: (ImportStep) -> Void
    ) throws(PostgresError) {
        let players = game.isStale ? nil : try session.run(.stagedPlayersList(atMost: manyPlayers))
        report = try session.boardsRebuild(
            of: game,
            scope: players.map { .players($0) } ?? .game,
            onStep: { onStep(.rebuilding(done: $0, all: $1)) }
        )
        if players == nil { try session.execute(.gameClearStale(game.id)) }
        guard !report.isEmpty else { return }
        try session.boardsNotify(game: game.id, chats: report.chats, includingGlobal: report.includesGlobal)
    }

    /// Has Telegram hold the scores of everybody whom the file names.
    mutating func deliver(in session: Session) throws(PostgresError) {
        let (game, now) = (game, try session.run(.timeGet()))
        var desired = 0
        try session.stagedChatScoresRead(of: game) { chatScores throws(PostgresError) in
            desired += chatScores.count
            try session.desiredScoresRecount(of: chatScores, game: game, now: now)
        }
        deliveries = desired
    }

    /// The numbers as one JSON object for the audit.
    func document(source: String) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("source", source)
            writer.member("added", count.added)
            writer.member("repeated", count.repeated)
            writer.member("players", count.players)
            writer.member("deliveries", deliveries)
        }
        return writer.text
    }
}

extension ImportCount {
    fileprivate mutating func add(_ other: ImportCount) {
        added += other.added
        repeated += other.repeated
        players += other.players
        newChats += other.newChats
    }
}
