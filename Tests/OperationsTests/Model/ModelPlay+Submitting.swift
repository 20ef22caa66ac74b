import Leaderboards
import Postgres
import Operations
import Scoring
import ScoringSupport
import Storage
import Tokens

extension ModelPlay {
    /// A score that is to be submitted.
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
        let score: Int32
        var asked: [BoardKind]
    }

    /// Begins a run, or gets what a launch needs to be submitted alone.
    mutating func attempt(isSeen: Bool = false) throws -> Attempt {
        let player = player()
        var chat: Int? = Int.random(in: 0..<Self.chatCount, using: &generator)
        if isOne(in: 20) { chat = nil }
        if isSeen, let number = chat, model.chats.chat(number) == nil { chat = nil }
        let target: Target = isOne(in: 4) ? .inline("I\(chat ?? 0)") : .none
        let token = stage.launchToken(player, in: chat.map(self.chat), target: target)
        return try attempt(token, player: player, chat: chat)
    }

    mutating func attempt(_ token: String, player: Int64, chat: Int?) throws -> Attempt {
        var asked: [BoardKind] = []
        for scope in Scope.allCases where scope == .global || chat != nil {
            for window in WindowKind.allCases where isOne(in: 3) {
                asked.append(BoardKind(scope: scope, window: window))
            }
        }
        asked.shuffle(using: &generator)
        if let one = asked.first, isOne(in: 10) { asked.append(one) }
        var score = Int32.random(in: 0..<setup.scores, using: &generator) * (isOne(in: 30) ? 1000 : 10)
        if isOne(in: 30) { score += Self.maximumScore }
        let launch = try stage.launch(of: token)
        var (id, text, key, startedAt) = (RunID?.none, token, String?.none, Instant?.none)
        if isOne(in: 3) {
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
        return Attempt(
            token: text,
            key: key,
            id: id,
            player: player,
            chat: chat,
            launchedAt: launch.launchedAt,
            startedAt: startedAt,
            score: score,
            asked: asked
        )
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
        let run = run(of: attempt, on: instance)
        let expected = model.accept(run, asked: attempt.asked)
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
        if isOther { again = again.scoring(attempt.score + 1) }
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

    /// Why a submission must be refused, whatever the leaderboards are; nil when it must not.
    private func refusal(of attempt: Attempt, on instance: Int) -> ((Refusal) -> Bool)? {
        let now = ensemble.now(instance)
        let start = attempt.startedAt ?? max(now, attempt.launchedAt)
        let expiry =
            attempt.key == nil ? start + .seconds(6 * 3600) : attempt.launchedAt + .seconds(24 * 3600)
        if now >= expiry { return { $0 == .tokenExpired } }
        let isLogged = model.runs.contains { $0.id == attempt.id }
        if model.banned.contains(attempt.player), !isLogged, !isSeasonMissing(attempt, start) {
            return { $0 == .playerBanned }
        }
        guard isSeasonMissing(attempt, start) else { return nil }
        return {
            guard case .noSuchWindow = $0 else { return false }
            return true
        }
    }

    private func isSeasonMissing(_ attempt: Attempt, _ start: Instant) -> Bool {
        attempt.asked.contains { $0.window == .season }
            && model.label(BoardKind(scope: .global, window: .season), chat: nil, at: start) == nil
    }

    /// The run that the model is to accept.
    private func run(of attempt: Attempt, on instance: Int) -> LeaderboardModel.Run {
        LeaderboardModel.Run(
            id: attempt.id,
            player: attempt.player,
            chat: attempt.chat,
            score: Int64(attempt.score),
            startedAt: attempt.startedAt ?? max(ensemble.now(instance), attempt.launchedAt),
            acceptedAt: ensemble.now(instance),
            reasons: attempt.score > Self.maximumScore
                ? ["above_max_score"] : attempt.score < Self.minimumScore ? ["below_min_score"] : [],
            isHeld: attempt.score < Self.minimumScore
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
            var attempt = try attempt(isSeen: isDisturbed)
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
            var expected = model.accept(self.run(of: attempt, on: instance), asked: attempt.asked)
            let answers = (results[run] ?? []).compactMap { try? $0.get() }
            try require(
                answers.count,
                is: sent.count { $0.attempt.id == run },
                "the number of answers to \(attempt), which were \(results[run] ?? [])"
            )
            try require(answers.count { !$0.isReplay }, is: 1, "the number of first answers to \(attempt)")
            guard !isDisturbed else { continue }
            if let first = answers.first(where: { !$0.isReplay }), first != expected, first.changesNothing {
                let run = self.run(of: attempt, on: instance)
                expected =
                    before.lazy.map { moment in
                        var moment = moment
                        return moment.accept(run, asked: attempt.asked)
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

/// Submits a score.
private func send(
    _ attempt: ModelPlay.Attempt,
    to instance: Int,
    _ stage: Stage
) async -> Result<Receipt, Refusal> {
    do throws(Refusal) {
        guard let score = Score(attempt.score) else { throw .internal("\(attempt.score) is no score") }
        let highscores = stage.instances[instance]
        let run = try highscores.run(of: attempt.token) { attempt.key }
        return .success(
            try await highscores.submit(
                FinishedRun(run, score: score, asked: attempt.asked.map { AskedBoard($0) })
            )
        )
    } catch {
        return .failure(error)
    }
}

extension ModelPlay.Attempt {
    fileprivate func scoring(_ score: Int32) -> ModelPlay.Attempt {
        ModelPlay.Attempt(
            token: token,
            key: key,
            id: id,
            player: player,
            chat: chat,
            launchedAt: launchedAt,
            startedAt: startedAt,
            score: score,
            asked: asked
        )
    }
}

extension Receipt {
    fileprivate var changesNothing: Bool { [.notBetter, .held, .refused].contains(outcome) }
}
