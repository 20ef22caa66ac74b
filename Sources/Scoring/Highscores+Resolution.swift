package import Leaderboards
import Tokens

extension Highscores {
    /// Reads a token, or tells its bearer why not.
    ///
    /// - Throws: ``Refusal/tokenInvalid``, ``Refusal/tokenExpired``; ``Refusal/databaseUnavailable`` where the game may
    ///   only be unknown here.
    func reading<Value>(
        _ read: (GameFinder) throws(TokenError) -> Value
    ) throws(Refusal) -> Value {
        do { return try read { registry.game($0) } } catch {
            switch error {
            case .invalid: throw .tokenInvalid
            case .expired: throw .tokenExpired
            case .unknownGame:
                throw registry.isLoaded && !readiness.contains(where: \.isFatal)
                    ? .tokenInvalid : .databaseUnavailable
            }
        }
    }

    /// Reads the token of a run or a launch.
    func play(_ token: String) throws(Refusal) -> PlayToken {
        let now = clock()
        let known = tokens.find(token, now: now, registry)
        let play = if let known { known } else { try opened(token, now: now) }
        try checkErasure(since: play.launch)
        return play
    }

    private func opened(_ token: String, now: Instant) throws(Refusal) -> PlayToken {
        let play = try reading { find throws(TokenError) in
            try PlayToken(token, keys: keys, now: now, find)
        }
        tokens.note(token, play, registry)
        return play
    }

    /// Makes sure, as far as this process knows, that a launch's player was not erased since.
    func checkErasure(since launch: Launch) throws(Refusal) {
        guard !registry.isErased(since: launch) else { throw .launchErased }
    }

    /// The run that a page's score is of.
    ///
    /// - Parameters:
    ///   - token: That of a run or of a launch; its kind is told from the token itself.
    ///   - key: Asked with the token of a launch alone: what names the run within it, 1–128 visible characters.
    package func run(of token: String, key: () throws(Refusal) -> String?) throws(Refusal) -> Run {
        let launch: Launch
        switch try play(token) {
        case .run(let run): return run
        case .launch(let presented): launch = presented
        }
        let game = try playableGame(of: launch)
        guard !game.rules.bounds.needsDuration else { throw .runRequired }
        let id: RunID
        let key = try key()
        if let key {
            id = TokenKeys.run(of: launch.id, idempotencyKey: key)
        } else {
            guard game.rules.keep != .sum else { throw .idempotencyKeyRequired }
            var generator = SystemRandomNumberGenerator()
            id = RunID(Identifier128(using: &generator))
        }
        return Run(
            id: id,
            launch: launch,
            startedAt: max(clock(), launch.launchedAt),
            lifetime: configuration.runLifetime,
            isNameless: key == nil
        )
    }

    func playableGame(of launch: Launch) throws(Refusal) -> Game {
        let game = try game(launch.game)
        guard game.isEnabled else { throw .gameDisabled }
        return game
    }

    private func game(_ id: GameID) throws(Refusal) -> Game {
        guard let game = registry.game(id) else {
            guard registry.isLoaded else { throw .databaseUnavailable }
            throw .notFound("the game of this token no longer exists")
        }
        return game
    }

    /// Tells of a run that was taken, and of the rules that it breaks; of a repetition that was done the first time.
    func report(_ receipt: Receipt, of game: GameID, metadata: [UInt8]?) {
        onPlay(.score(game, receipt.outcome, isReplay: receipt.isReplay))
        guard !receipt.isReplay else { return }
        if let metadata { onPlay(.metadata(bytes: metadata.count)) }
        if let breach = RuleBreach(receipt) { onPlay(.breach(breach)) }
    }

    /// The run with its boards found by their names, and what is asked of them checked.
    func resolved(_ run: FinishedRun) throws(Refusal) -> FinishedRun {
        var resolved = run
        for (index, score) in run.scores.enumerated() {
            if let only = run.startedFor, only != score.board { throw .boardUnknown(score.board) }
            // The game's own board needs no look-up, and may be of a game that this instance has not heard of yet.
            guard score.board != Game.mainBoard else { continue }
            let board = try declared(score.board, of: run.launch.game)
            guard run.startedFor != nil || board.rules.attempts == nil else { throw .runRequired }
            guard !run.isNameless || board.rules.keep != .sum else { throw .idempotencyKeyRequired }
            resolved.boards[index] = board.id
        }
        for asked in run.asked {
            let name = asked.board ?? run.scores[0].board
            guard let index = run.scores.firstIndex(where: { $0.board == name }) else {
                if name != Game.mainBoard { _ = try declared(name, of: run.launch.game) }
                throw .unknownParameterValue("boards: '\(asked)' is of no board that the scores are for")
            }
            try registry.game(resolved.boards[index])?.rules.check(asked.kind.window, at: run.startedAt)
            guard asked.kind.scope == .global || run.launch.chatInstance != nil else {
                throw .unknownParameterValue("boards: '\(asked)' is not there, since the launch has no chat")
            }
        }
        return resolved
    }

    /// A board of a game by its name.
    func declared(_ name: String, of root: GameID) throws(Refusal) -> Game {
        guard let board = registry.board(name, of: root) else {
            guard registry.isLoaded else { throw .databaseUnavailable }
            throw .boardUnknown(name)
        }
        return board
    }

    /// Which leaderboard is meant, and who is shown it.
    func view(of request: LeaderboardRequest) throws(Refusal) -> PageQuery.View {
        let (game, chat, scope): (Game, ChatInstance?, Scope)
        var (viewer, isOperator) = (PlayerID?.none, false)
        switch request.viewer {
        case .player(let token):
            let launch = try play(token).launch
            (game, chat) = (try self.game(launch.game), launch.chatInstance)
            scope = request.scope ?? .chat
            viewer = launch.player
        case .anybody(let bot, let shortName):
            guard registry.isLoaded else { throw .databaseUnavailable }
            guard let named = self.game(bot: bot, shortName: shortName) else {
                throw .notFound("there is no public game '\(bot)/\(shortName)'")
            }
            guard named.isPublic else { throw .keyRequired }
            guard request.scope != .chat else {
                throw .unknownParameterValue("scope: without a player's token only 'global' can be read")
            }
            (game, chat, scope) = (named, nil, .global)
        case .members(let id, let own):
            (game, chat, scope) = (try self.game(id), own, request.scope ?? .chat)
        case .member(let own, let named, let player):
            (game, chat, scope, viewer) = (own, named, request.scope ?? .chat, player)
        case .server(let own, let named):
            (game, chat, scope) = (own, named, request.scope ?? (named == nil ? .global : .chat))
        case .operator(let own, let named):
            (game, chat, scope) = (own, named, request.scope ?? (named == nil ? .global : .chat))
            isOperator = true
        }
        let board = request.board == game.board ? game : try declared(request.board, of: game.root)
        try board.rules.check(request.window)
        return PageQuery.View(board, chat, scope, viewer: viewer, isOperator: isOperator)
    }
}

extension GameRules {
    /// Makes sure that the board has leaderboards of a window.
    func check(_ window: WindowKind) throws(Refusal) {
        guard windows.contains(window) else {
            throw .noSuchWindow("the board has no leaderboards of the window '\(window.rawValue)'")
        }
    }

    /// Makes sure that there is a leaderboard of a window at a time.
    func check(_ window: WindowKind, at time: Instant) throws(Refusal) {
        try check(window)
        guard window == .season, !seasons.contains(where: { $0 <= time }) else { return }
        throw .noSuchWindow("no season of this game had begun when the run started")
    }
}
