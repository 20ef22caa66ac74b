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
            let games = try session.run(.gamesListWithBoards()).filter { ids.contains($0.id) }.sorted {
                $0.id < $1.id
            }
            for bot in Set(games.map(\.bot)).sorted() { try session.run(.chatsLock(of: bot)) }
            for game in games {
                var part = ImportReport()
                part.count = try session.stagedScoresMerge(of: game)
                if part.count.added > 0 {
                    part.rebuild = try Self.rebuild(game, in: session, onStep)
                }
                if isDelivered, game.telegramScore != .off {
                    part.deliveries = try Self.deliver(game, in: session)
                }
                report.add(part)
                guard part.count.added > 0 || part.deliveries > 0 else { continue }
                try session.run(
                    .auditInsert(
                        note.entry(on: game.name, before: nil, after: part.document(source: source))
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

    /// Makes the leaderboards what the log says now.
    private static func rebuild(
        _ game: Game,
        in session: Session,
        _ onStep: (ImportStep) -> Void
    ) throws(PostgresError) -> RebuildReport {
        let players = game.isStale ? nil : try session.run(.stagedPlayersList(atMost: manyPlayers))
        let report = try session.boardsRebuild(
            of: game,
            scope: players.map { .players($0) } ?? .game,
            onStep: { onStep(.rebuilding(done: $0, all: $1)) }
        )
        if players == nil { try session.execute(.gameClearStale(game.id)) }
        if !report.isEmpty {
            try session.boardsNotify(
                game: game.id,
                chats: report.chats,
                includingGlobal: report.includesGlobal
            )
        }
        return report
    }

    /// Has Telegram hold the scores of everybody whom the file names; returns how many.
    private static func deliver(_ game: Game, in session: Session) throws(PostgresError) -> Int {
        let now = try session.run(.timeGet())
        var desired = 0
        try session.stagedChatScoresRead(of: game) { chatScores throws(PostgresError) in
            desired += chatScores.count
            try session.desiredScoresRecount(of: chatScores, game: game, now: now)
        }
        return desired
    }
}

extension ImportReport {
    fileprivate mutating func add(_ other: ImportReport) {
        count.added += other.count.added
        count.repeated += other.count.repeated
        count.players += other.count.players
        count.newChats += other.count.newChats
        rebuild.add(other.rebuild)
        deliveries += other.deliveries
    }

    /// The numbers as one JSON object for the audit.
    fileprivate func document(source: String) -> String {
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
