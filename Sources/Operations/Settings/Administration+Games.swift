package import Leaderboards
import Postgres
import Scoring
package import Storage

extension Administration {
    /// Lists the games by bot and short name.
    package func games() async throws(OperationError) -> [Game] {
        try await reading { session throws(PostgresError) in try session.run(.gamesList()) }
    }

    /// Lists the games, each followed by the boards that are declared for it.
    package func gamesWithBoards() async throws(OperationError) -> [Game] {
        try await reading { session throws(PostgresError) in
            try session.run(.gamesListWithBoards()).filter { !$0.isRemoved }
        }
    }

    /// Lists the boards that are declared for a game, by name.
    package func boards(of game: Game) async throws(OperationError) -> [Game] {
        try await gamesWithBoards().filter { $0.root == game.root && !$0.isMain }
    }

    /// Lists the boards that Telegram's tables show, one of each game.
    package func shownBoards() async throws(OperationError) -> [Game] {
        try await gamesWithBoards().filter { $0.board == $0.rules.telegramBoard }
    }

    /// Finds the board of a game that Telegram's tables show.
    ///
    /// - Parameter game: The game, or that very board.
    package func shownBoard(of game: Game) async throws(OperationError) -> Game {
        guard game.isMain || game.board == game.rules.telegramBoard else {
            throw .conflict(
                "Telegram's tables show the board '\(game.rules.telegramBoard)' of '\(game.gameName)', "
                    + "not '\(game.board)'"
            )
        }
        return try await board(game.rules.telegramBoard, of: game)
    }

    /// Finds a board of a game; an unknown one is told with the nearest there is.
    package func board(_ name: String, of game: Game) async throws(OperationError) -> Game {
        guard name != game.board else { return game }
        let boards = try await boards(of: game)
        guard let board = boards.first(where: { $0.board == name }) else {
            throw .noBoard(name, of: game, among: boards.map(\.board) + [Game.mainBoard])
        }
        return board
    }

    /// Finds a game by the name that people use.
    ///
    /// - Parameter name: `BOT/SHORT_NAME`, the bot by username in any case or by id; or `SHORT_NAME` alone where only
    ///   one bot has a game of that name. With `:BOARD` it is a board that is declared for the game.
    package func game(named name: String) async throws(OperationError) -> Game {
        if let colon = name.firstIndex(of: ":") {
            return try await board(
                String(name[name.index(after: colon)...]),
                of: game(named: String(name[..<colon]))
            )
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let shortName = parts.last, !parts.contains("") else {
            throw .invalid("'\(name)' is not the name of a game; write BOT/SHORT_NAME or SHORT_NAME")
        }
        let all = try await games()
        let matches = all.filter { game in
            game.shortName == shortName && (parts.count == 1 || game.belongs(toBotNamed: String(parts[0])))
        }
        guard let game = matches.first else {
            let names = all.map(\.shortName) + all.map(\.name)
            let nearest = name.nearest(among: names).map { "did you mean '\($0)'?" }
            throw .notFound(
                "there is no game '\(name)'; \(nearest ?? "'highscores game list' shows those there are")"
            )
        }
        guard matches.count == 1 else { throw .ambiguous(name: name, candidates: matches.map(\.name)) }
        return game
    }

    /// Counts what a game's settings apply to, and entries that no run of now could make by some bounds.
    package func use(
        of game: Game,
        outside bounds: ScoreBounds? = nil
    ) async throws(OperationError) -> GameUse {
        let options = TransactionOptions(isReadOnly: true, statementTimeout: .seconds(60))
        let keys = bounds.map { bounds in
            let ends = [Int64(bounds.minimum ?? 0), bounds.maximum.map(Int64.init) ?? .max]
                .map { game.rules.scoreKey(for: $0) }
            return min(ends[0], ends[1])...max(ends[0], ends[1])
        }
        return try await transaction(options) { try $0.run(.gameUseGet(of: game.id, outside: keys)) }
    }

    /// Counts how a game is played.
    package func statistics(of game: Game, since: Instant) async throws(OperationError) -> GameStatistics {
        try await scanning { session throws(PostgresError) in
            try session.gameStatistics(of: game, since: since)
        }
    }

    /// Adds a game.
    ///
    /// - Parameters:
    ///   - bot: Noted if it is not known yet.
    ///   - changes: What differs from the defaults, the URL at least.
    package func addGame(
        _ shortName: String,
        of bot: BotRecord,
        _ changes: GameChanges,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(OperationError) -> Game {
        var draft = GameDraft(bot: bot.id, shortName: shortName, title: shortName, url: "")
        try changes.apply(to: &draft)
        if !takesPlainHTTP { try draft.checkThatClientsOpenURL() }
        guard draft.rules.telegramBoard == draft.board else {
            throw .invalid("a game has no boards beside '\(draft.board)' before they are declared for it")
        }
        let (new, note) = (draft, note("game.add", reason))
        do {
            return try await transaction(.init(isDryRun: isDryRun)) { session in
                try session.execute(.botUpsert(bot.id, username: bot.username))
                guard let game = try session.run(.gameGet(try session.run(.gameInsert(new)))) else {
                    throw PostgresError(.decoding, "the game just added is not there")
                }
                try session.run(
                    .auditInsert(note.entry(on: game.name, before: nil, after: game.document))
                )
                return game
            }
        } catch {
            guard case .database(let reason) = error, reason.constraint == "games_short_name_unique" else {
                throw error
            }
            throw .conflict(
                "the game '\(bot.username ?? bot.id.description)/\(shortName)' is there already; "
                    + "'highscores game set' changes it"
            )
        }
    }

    /// Changes a game's settings.
    ///
    /// Where they decide which runs make which entries, the leaderboards are made anew from the log in the same
    /// transaction; scores wait meanwhile. A dry run does all of it, to tell what would change.
    ///
    /// - Parameter action: What the audit calls it.
    /// - Returns: What changed; nothing was written when it is empty.
    package func setGame(
        _ game: Game,
        _ changes: GameChanges,
        action: String = "game.set",
        terms: ChangeTerms = ChangeTerms()
    ) async throws(OperationError) -> OperationChange {
        if !takesPlainHTTP, changes.names(\.url) {
            // An address that is there already is not looked at, so that other settings can be changed.
            var draft = GameDraft(game)
            try changes.apply(to: &draft)
            try draft.checkThatClientsOpenURL()
        }
        let note = note(action, terms.reason)
        return try await guarded(terms) { session in
            if changes.mayCountOtherwise { try session.run(.retentionLock()) }
            return try OperationChange.ofGame(game.id, named: game.name, changes, note, in: session)
        }
    }

    /// Makes the leaderboards of a game and of its boards anew from their logs, which changes nothing unless something had
    /// damaged them; those of one board, where that is given.
    ///
    /// - Parameter withBoards: Whether boards that are declared for the game are made anew with it.
    /// - Returns: What was not as the log says.
    package func rebuildGame(
        _ game: Game,
        withBoards: Bool = true,
        reason: String? = nil,
        isDryRun: Bool = false,
        onStep: @escaping @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) async throws(OperationError) -> RebuildReport {
        let note = note("game.rebuild", reason)
        return try await transaction(.rebuilding(isDryRun: isDryRun)) { session in
            var report = RebuildReport()
            for current in try Moderation.lockedGames(
                session,
                where: { $0.id == game.id || withBoards && $0.root == game.id }
            ) {
                var change = OperationChange()
                try change.rebuild(current, in: session, onStep: onStep)
                report.add(change.rebuild)
                guard !change.rebuild.isEmpty else { continue }
                try session.run(
                    .auditInsert(
                        note.entry(on: current.name, before: current.document, after: current.document)
                    )
                )
            }
            return report
        }
    }

    /// Drops from a game's log, where its retention says so, the runs that can no longer matter.
    ///
    /// - Parameter margin: How long a month must be over; `ScoringConfiguration.retentionMargin` of the service.
    /// - Returns: What stays and what goes, of months that were not gone over before.
    package func pruneGame(
        _ game: Game,
        margin: Duration,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(OperationError) -> PruningCount {
        guard game.rules.retention == .relevant else {
            throw .conflict(
                "the log of '\(game.name)' keeps all runs; 'highscores game set \(game.name) --retention relevant' "
                    + "lets go of those that no leaderboard needs"
            )
        }
        let note = note("game.prune", reason)
        return try await transaction(.rebuilding(isDryRun: isDryRun)) { session in
            let limit = try session.run(.timeGet()) + (.zero - margin)
            let counts = try session.logPrune(of: game.id, before: limit, isDryRun: isDryRun)
            guard let counts, !counts.isEmpty else { return PruningCount() }
            var count = PruningCount()
            for part in counts.values {
                count.kept += part.kept
                count.dropped += part.dropped
            }
            let document = #"{"kept":\#(count.kept),"dropped":\#(count.dropped)}"#
            try session.run(.auditInsert(note.entry(on: game.name, before: nil, after: document)))
            return count
        }
    }
}
