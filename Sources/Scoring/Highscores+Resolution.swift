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
                throw registry.isLoaded && readiness.isEmpty ? .tokenInvalid : .databaseUnavailable
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
        if let key = try key() {
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
            lifetime: configuration.runLifetime
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
    func report(_ receipt: Receipt, metadata: [UInt8]?) {
        guard !receipt.isReplay else { return }
        if let metadata { onMetadata(metadata.count) }
        if let breach = RuleBreach(receipt) { onBreach(breach) }
    }

    func checkBoards(of run: FinishedRun) throws(Refusal) {
        for board in run.boards {
            // Nil is a game that this instance has not heard of yet; the batch knows it.
            if board.window == .season, let rules = registry.game(run.launch.game)?.rules,
                !rules.seasons.contains(where: { $0 <= run.startedAt })
            {
                throw .noSuchWindow("no season of this game had begun when the run started")
            }
            guard board.scope == .global || run.launch.chatInstance != nil else {
                throw .unknownParameterValue("boards: '\(board)' is not there, since the launch has no chat")
            }
        }
    }

    /// Which leaderboard is meant, and who is shown it.
    func view(of request: LeaderboardRequest) throws(Refusal) -> PageQuery.View {
        switch request.viewer {
        case .player(let token):
            let launch = try play(token).launch
            return PageQuery.View(
                try game(launch.game),
                launch.chatInstance,
                request.scope ?? .chat,
                viewer: launch.player
            )
        case .anybody(let bot, let shortName):
            guard registry.isLoaded else { throw .databaseUnavailable }
            guard let game = game(bot: bot, shortName: shortName) else {
                throw .notFound("there is no public game '\(bot)/\(shortName)'")
            }
            guard game.isPublic else { throw .keyRequired }
            guard request.scope != .chat else {
                throw .unknownParameterValue("scope: without a player's token only 'global' can be read")
            }
            return PageQuery.View(game, nil, .global)
        case .members(let id, let chat):
            return PageQuery.View(try game(id), chat, request.scope ?? .chat)
        case .server(let game, let chat):
            return PageQuery.View(game, chat, request.scope ?? (chat == nil ? .global : .chat))
        case .operator(let game, let chat):
            let scope = request.scope ?? (chat == nil ? .global : .chat)
            return PageQuery.View(game, chat, scope, isOperator: true)
        }
    }
}
