import Leaderboards
import Postgres
import Operations
import Scoring
import ScoringSupport
import Storage
import Tokens

extension ModelPlay {
    /// Scores that are to be submitted for a run.
    struct Attempt: Sendable {
        let token: String
        /// Names the run where the token is a launch's.
        let key: String?
        let id: RunID
        let player: Int64
        /// The number of the chat.
        let chat: Int?
        let launchedAt: Instant
        /// Nil begins when it is accepted.
        let startedAt: Instant?
        /// The board that it was started for.
        let startedFor: String?
        var scores: [BoardScore]
        let isNamed: Bool
        var asked: [AskedBoard]
    }

    /// Begins a run, or gets what a launch needs to be submitted alone.
    mutating func attempt(isSeen: Bool = false) async throws -> Attempt {
        let player = player()
        var chat: Int? = Int.random(in: 0..<Self.chatCount, using: &generator)
        if isOne(in: 20) { chat = nil }
        if isSeen, let number = chat, model.chats.chat(number) == nil { chat = nil }
        let target: Target = isOne(in: 4) ? .inline("I\(chat ?? 0)") : .none
        let token = stage.launchToken(player, in: chat.map(self.chat), target: target)
        return try await attempt(token, player: player, chat: chat)
    }

    mutating func attempt(_ token: String, player: Int64, chat: Int?) async throws -> Attempt {
        let launch = try stage.launch(of: token)
        var startedFor: String?
        var (id, text, key, startedAt) = (RunID?.none, token, String?.none, Instant?.none)
        if isOne(in: setup.isSteady ? 15 : 5),
            let board = rules.keys.sorted().randomElement(using: &generator),
            let started = try await start(board, launch, token)
        {
            (id, text, startedAt) = (started.run.id, started.runToken, started.run.startedAt)
            startedFor = board
        } else if isOne(in: 3) {
            let name = "key \(Int.random(in: 0..<1_000_000, using: &generator))"
            (id, key) = (TokenKeys.run(of: launch.id, idempotencyKey: name), name)
        } else {
            let instance = instance()
            let started = try stage.instances[instance].startRun(launchToken: token)
            (id, text, startedAt) = (started.run.id, started.runToken, started.run.startedAt)
            try require(
                started.run.startedAt,
                is: max(ensemble.now(instance), launch.launchedAt),
                "a run's start"
            )
        }
        guard let id else { throw failure("an attempt without a run") }
        let isNamed = isOne(in: setup.isSteady ? 8 : 2)
        let boards = startedFor.map { [$0] } ?? (isNamed ? openBoards() : [Game.mainBoard])
        return Attempt(
            token: text,
            key: key,
            id: id,
            player: player,
            chat: chat,
            launchedAt: launch.launchedAt,
            startedAt: startedAt,
            startedFor: startedFor,
            scores: try boards.map { BoardScore($0, try score()) },
            isNamed: isNamed,
            asked: asked(of: boards, hasChat: chat != nil)
        )
    }

    /// Some of the boards that any run may feed, in some order.
    private mutating func openBoards() -> [String] {
        let boards = rules.filter { $0.value.attempts == nil }.keys.sorted().shuffled(using: &generator)
        return Array(boards.prefix(Int.random(in: 1...boards.count, using: &generator)))
    }

    private mutating func score() throws -> Score {
        var score = Int32.random(in: 0..<setup.scores, using: &generator) * (isOne(in: 30) ? 1000 : 10)
        if isOne(in: 30) { score += Self.maximumScore }
        guard let score = Score(score) else { throw failure("\(score) is no score") }
        return score
    }

    /// Some leaderboards that a run counts on.
    private mutating func asked(of boards: [String], hasChat: Bool) -> [AskedBoard] {
        var asked: [AskedBoard] = []
        for board in boards {
            let windows = model.rules(of: board).windows
            for scope in Scope.allCases where scope == .global || hasChat {
                // At times also of windows that are not in use.
                for window in WindowKind.allCases where isOne(in: windows.contains(window) ? 3 : 100) {
                    let isFirst = board == boards[0] && isOne(in: 2)
                    asked.append(
                        AskedBoard(board: isFirst ? nil : board, BoardKind(scope: scope, window: window))
                    )
                }
            }
        }
        asked.shuffle(using: &generator)
        if let one = asked.first, isOne(in: 10) { asked.append(one) }
        return Array(asked.prefix(16))
    }

    /// Submits a score and compares the answer.
    mutating func submit(_ attempt: Attempt) async throws {
        let instance = instance()
        let result = await send(attempt, to: instance, stage)
        if let refusal = refusal(of: attempt, on: instance) {
            guard case .failure(let actual) = result, refusal(actual) else {
                throw failure("\(attempt) was not refused, but answered with \(result)")
            }
            return
        }
        let expected = model.accept(submission(of: attempt, on: instance))
        try require(result, is: .success(expected), "the answer to \(attempt)")
        answered.append((attempt, expected))
    }

    /// Submits the same run again, or another score for it.
    mutating func submitAgain() async throws {
        guard let (attempt, receipt) = answered.randomElement(using: &generator) else { return }
        var again = attempt
        again.asked = attempt.asked.filter { _ in Bool.random(using: &generator) }
        let instance = instance()
        let isOther = isOne(in: 3)
        if isOther { again.scores = try otherScores(than: attempt.scores) }
        let result = await send(again, to: instance, stage)
        if let refusal = refusal(of: again, on: instance) {
            guard case .failure(let actual) = result, refusal(actual) else {
                throw failure("the repetition \(again) was not refused, but answered with \(result)")
            }
            return
        }
        try require(
            result,
            is: isOther ? .failure(.runAlreadyScored) : .success(receipt.replayed),
            "the answer to the repetition \(again)"
        )
    }

    /// Another score on one of the boards.
    private mutating func otherScores(than scores: [BoardScore]) throws -> [BoardScore] {
        var scores = scores
        let index = Int.random(in: scores.indices, using: &generator)
        guard let score = Score(scores[index].score.value + 1) else { throw failure("no other score") }
        scores[index] = BoardScore(scores[index].board, score)
        return scores
    }

    /// Why a submission must be refused, whatever the leaderboards are; nil when it must not.
    private func refusal(of attempt: Attempt, on instance: Int) -> ((Refusal) -> Bool)? {
        let now = ensemble.now(instance)
        let start = attempt.startedAt ?? max(now, attempt.launchedAt)
        let expiry =
            attempt.key == nil ? start + .seconds(6 * 3600) : attempt.launchedAt + .seconds(24 * 3600)
        if now >= expiry { return { $0 == .tokenExpired } }
        if let erasedAt = erasedAt[attempt.player], attempt.launchedAt <= erasedAt {
            return { $0 == .launchErased }
        }
        for score in attempt.scores {
            if removed[score.board] != nil { return { $0 == .boardUnknown(score.board) } }
            // The board may have got them since.
            if attempt.startedFor == nil, model.rules(of: score.board).attempts != nil {
                return { $0 == .runRequired }
            }
        }
        let isLogged = model.runs.contains { $0.id == attempt.id }
        let isWindowMissing = attempt.asked.contains { isMissing($0, of: attempt, at: start) }
        if model.banned.contains(attempt.player), !isLogged, !isWindowMissing {
            return { $0 == .playerBanned }
        }
        guard isWindowMissing else { return nil }
        return {
            guard case .noSuchWindow = $0 else { return false }
            return true
        }
    }

    /// Whether a leaderboard that is asked for is none: of a window that is not in use, or of no season.
    private func isMissing(_ asked: AskedBoard, of attempt: Attempt, at start: Instant) -> Bool {
        let board = asked.board ?? attempt.scores[0].board
        return model.label(
            BoardKind(scope: .global, window: asked.kind.window),
            on: board,
            chat: nil,
            at: start
        ) == nil
    }

    /// What the model is to accept.
    private func submission(of attempt: Attempt, on instance: Int) -> LeaderboardModel.Submission {
        LeaderboardModel.Submission(
            id: attempt.id,
            player: attempt.player,
            chat: attempt.chat,
            startedAt: attempt.startedAt ?? max(ensemble.now(instance), attempt.launchedAt),
            acceptedAt: ensemble.now(instance),
            scores: attempt.scores,
            isNamed: attempt.isNamed,
            asked: attempt.asked
        )
    }

    // MARK: - At the same time

    /// Submits many scores at the same time, some of them twice.
    ///
    /// The log tells in which order they were accepted; in that order the model must give every answer. One that
    /// changed nothing may also tell of a moment before: others can be accepted between its look and its row.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - isDisturbed: Whether something else happens meanwhile, so that answers cannot be foretold.
    /// - Throws: ``StageError`` at the first difference.
    mutating func wave(of count: Int, disturbed isDisturbed: Bool) async throws {
        var sent: [(attempt: Attempt, instance: Int)] = []
        // Of two chats first seen in one wave nobody knows which is the older one.
        var newcomer: Int?
        for _ in 0..<count {
            var attempt = try await attempt(isSeen: isDisturbed)
            if let chat = attempt.chat, model.chats.chat(chat) == nil {
                if let newcomer, newcomer != chat { continue }
                newcomer = chat
            }
            if isDisturbed { attempt.asked = [] }
            let instance = instance()
            guard refusal(of: attempt, on: instance) == nil else { continue }
            sent.append((attempt, instance))
            if isOne(in: 10) { sent.append((attempt, instance)) }
        }
        let disturbance = isDisturbed ? try await disturbance() : nil
        let last = try await lastInLog()
        let (stage, ensemble) = (stage, ensemble)
        var results: [RunID: [Result<Receipt, Refusal>]] = [:]
        try await withThrowingTaskGroup(of: (Int, Result<Receipt, Refusal>)?.self) { group in
            for (index, (attempt, instance)) in sent.enumerated() {
                group.addTask { (index, await send(attempt, to: instance, stage)) }
            }
            if let disturbance {
                group.addTask {
                    try await disturbance.happen(on: ensemble)
                    return nil
                }
            }
            for try await case (let index, let result)? in group {
                results[sent[index].attempt.id, default: []].append(result)
            }
        }
        let places = Dictionary(sent.map { ($0.attempt.id, $0) }) { first, _ in first }
        let logged = try await runsInLog(after: last)
        try require(Set(logged), is: Set(places.keys), "the new runs in the log")
        try require(logged.count, is: places.count, "the number of new runs in the log")
        var before: [LeaderboardModel] = []
        for run in logged {
            guard let (attempt, instance) = places[run] else { continue }
            before.append(model)
            let submission = submission(of: attempt, on: instance)
            var expected = model.accept(submission)
            let answers = (results[run] ?? []).compactMap { try? $0.get() }
            try require(
                answers.count,
                is: sent.count { $0.attempt.id == run },
                "the number of answers to \(attempt), which were \(results[run] ?? [])"
            )
            try require(answers.count { !$0.isReplay }, is: 1, "the number of first answers to \(attempt)")
            guard !isDisturbed else { continue }
            if let first = answers.first(where: { !$0.isReplay }), first != expected, first.changesNothing {
                expected =
                    before.lazy.map { moment in
                        var moment = moment
                        return moment.accept(submission)
                    }
                    .first { $0 == first } ?? expected
            }
            for answer in answers {
                try require(
                    answer,
                    is: answer.isReplay ? expected.replayed : expected,
                    "the answer to \(attempt), one of \(places.count) at the same time"
                )
            }
            answered.append((attempt, expected))
        }
        if let disturbance { try await settle(disturbance) }
    }

    private func lastInLog() async throws -> Int64 {
        try await stage.value(Int64?.self, "SELECT max(seq) FROM scores")?.flatMap { $0 } ?? 0
    }

    /// The runs in the log in the order of acceptance.
    private func runsInLog(after last: Int64) async throws -> [RunID] {
        let game = stage.game
        return try await stage.pool.withSession { session throws(PostgresError) in
            try session.query(
                "SELECT run_id FROM scores WHERE game_id = \(game) AND seq > \(last) ORDER BY seq"
            ).decode(RunID.self)
        }
    }
}

/// Submits scores.
private func send(
    _ attempt: ModelPlay.Attempt,
    to instance: Int,
    _ stage: Stage
) async -> Result<Receipt, Refusal> {
    do throws(Refusal) {
        let highscores = stage.instances[instance]
        let run = try highscores.run(of: attempt.token) { attempt.key }
        let finished =
            attempt.isNamed
            ? FinishedRun(run, scores: attempt.scores, isNamed: true, asked: attempt.asked)
            : FinishedRun(run, score: attempt.scores[0].score, asked: attempt.asked)
        return .success(try await highscores.submit(finished))
    } catch {
        return .failure(error)
    }
}

extension Receipt {
    fileprivate var changesNothing: Bool { [.notBetter, .held, .refused].contains(outcome) }
}
