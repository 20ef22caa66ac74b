import Curl
import Foundation
import JSON
import Leaderboards
import Postgres
import Storage
import Synchronization
import TestSupport
import Testing
import Tokens

/// Many players who submit to the same leaderboards through several processes at once.
///
/// There are regulars, who meet on every leaderboard and for every score, and passers-by, who make the
/// leaderboards long enough for their ranks to be counted in stretches.
struct Crowd: Sendable {
    /// A game of the crowd with its rules.
    struct Board: Sendable {
        let id: GameID
        /// By what tokens name it.
        let tokenID: GameTokenID
        let rules: GameRules
    }

    /// One play-through, as often as it is submitted.
    struct Attempt: Sendable {
        let game: GameID
        let player: Int64
        let chat: Int64
        let score: Int64
        let token: String
        let key: String?
        /// The run; nil where the service names it.
        let run: RunID?
    }

    /// What a service said of a run.
    struct Told: Sendable, Equatable {
        let run: String
        let score: Int64?
        let best: Int64?
        let previousBest: Int64?
        let places: [Place]
    }

    struct Place: Sendable, Equatable {
        let rank: Int64?
        let entries: Int64?
    }

    /// The leaderboards that answers tell of: the first one always, the others because they are asked for.
    static let told: [(scope: Scope, window: WindowKind)] = [(.chat, .all), (.global, .all), (.chat, .day)]

    static let chats: [Int64] = [7_001, -7_002, 7_003, 7_004, 7_005, 7_006]
    static let regulars: ClosedRange<Int64> = 6_000_000_001...6_000_000_040
    static let passersBy: ClosedRange<Int64> = 6_100_000_001...6_100_000_500
    static let connections = 2
    /// How many come before all others: the leaderboards of the games are then almost so long that ranks are counted.
    static let early = RankBuckets.threshold - regulars.count / 2

    /// A database with a game of each way to keep scores.
    static let template = ScratchServer.template("crowd") { pool in
        _ = try await Schema.migrations().apply(pool)
        try await pool.transaction { session throws(PostgresError) in
            let bot = BotID(rawValue: Arena.bot)
            try session.execute(.botUpsert(bot, username: "arena_bot"))
            for (name, rules) in games {
                _ = try session.run(
                    .gameInsert(
                        GameDraft(
                            bot: bot,
                            shortName: name,
                            title: name.capitalized,
                            url: "https://play.example/\(name)/",
                            rules: rules
                        )
                    )
                )
            }
        }
    }

    private static let seasons = [Instant(milliseconds: 1_577_836_800_000)]
    private static let games = [
        ("best", GameRules(keep: .best, seasons: seasons)),
        ("latest", GameRules(order: .lower, keep: .latest, seasons: seasons, telegramScore: .off)),
        ("sum", GameRules(keep: .sum, seasons: seasons)),
    ]

    let services: [Service]
    let boards: [Board]
    private let keys = TokenKeys(secrets: [Arena.secret])
    private let record = Record()

    /// What happened so far.
    private final class Record: Sendable {
        struct State: Sendable {
            var answers: [(attempt: Attempt, told: Told)] = []
            var served: [Int: Int] = [:]
            var failures: [String] = []
            var unsure: [Attempt] = []
            var rising: Int64 = 100
            var gathered = 0
        }

        let state = Mutex(State())
    }

    /// Prepares a crowd.
    ///
    /// - Parameters:
    ///   - services: The processes.
    ///   - http: Carries the requests, and bounds how many run at once.
    /// - Throws: `PostgresError`.
    init(_ services: [Service], _ http: CurlClient) async throws {
        self.services = services.map { Service(program: $0.program, port: $0.port, http: http) }
        let games = try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            try session.run(.gamesList())
        }
        boards = Self.games.compactMap { name, rules in
            games.first { $0.shortName == name }.map { Board(id: $0.id, tokenID: $0.tokenID, rules: rules) }
        }
    }

    /// One answer for every run that was acknowledged, with what it was about.
    var answers: [(attempt: Attempt, told: Told)] { record.state.withLock { $0.answers } }

    /// How many answers each process gave.
    var served: [Int: Int] { record.state.withLock { $0.served } }

    /// Runs of which nobody was told what became, and that nobody can ask for again: a launch without a key names none.
    var unsure: [Attempt] { record.state.withLock { $0.unsure } }

    /// What no client should ever see.
    var failures: [String] { record.state.withLock { $0.failures } }

    // MARK: - Playing

    /// Lets the first passers-by of each game play once.
    func gather() async throws {
        try await withThrowingTaskGroup { group in
            for service in services.indices {
                for _ in 0..<Self.connections {
                    group.addTask {
                        while let (board, player) = nextOfGathering() {
                            let chat = Self.chats[Int(player % 4)]
                            var isDone = false
                            while !isDone, failures.isEmpty {
                                let attempt = attempt(board, player, chat)
                                guard let first = try await send(attempt, to: service) else { continue }
                                keep(attempt, first.told)
                                isDone = true
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func nextOfGathering() -> (Board, Int64)? {
        let number = record.state.withLock { state in
            state.gathered += 1
            return state.gathered - 1
        }
        guard number < Self.early * boards.count else { return nil }
        return (boards[number % boards.count], Self.passersBy.lowerBound + Int64(number / boards.count))
    }

    /// Plays for some time, from the first moment at all processes.
    func play(for duration: Duration) async throws {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup { group in
            for service in services.indices {
                for _ in 0..<Self.connections {
                    group.addTask {
                        var done: (attempt: Attempt, told: Told)?
                        while failures.count < 20 {
                            let part = (ContinuousClock.now - start) / duration
                            guard part < 1 else { return }
                            done = try await step(at: service, part, after: done)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func step(
        at service: Int,
        _ part: Double,
        after done: (attempt: Attempt, told: Told)?
    ) async throws -> (attempt: Attempt, told: Told)? {
        switch Int.random(in: 0..<20) {
        case 0:
            guard let attempt = attempt(part) else { return done }
            let page = try await services[service].persist(
                .get,
                "/v1/leaderboard?around=me&scope=\(Bool.random() ? "chat" : "global")",
                token: launch(attempt.game, attempt.player, attempt.chat)
            ).answer
            if page.status != 200 { fail("reading", page) }
            return done
        case 1...2:
            guard let done, done.attempt.run != nil else { return done }
            guard let again = try await send(done.attempt, to: other(than: service)) else { return done }
            if !again.isReplay || again.told != done.told {
                fail("a repetition says \(again), after \(done.told)")
            }
            return done
        case 3...5:
            guard let attempt = attempt(part), attempt.run != nil else { return done }
            return try await race(attempt, from: service)
        default:
            guard let attempt = attempt(part), let first = try await send(attempt, to: service) else {
                return done
            }
            if first.isReplay, !first.isRepeated {
                fail("a first answer is said to be a repetition: \(first)")
            }
            keep(attempt, first.told)
            return (attempt, first.told)
        }
    }

    /// Submits the same run through three processes at once: one of them accepts it, the others repeat the answer.
    private func race(
        _ attempt: Attempt,
        from service: Int
    ) async throws -> (attempt: Attempt, told: Told)? {
        async let first = send(attempt, to: service)
        async let second = send(attempt, to: other(than: service))
        async let third = send(attempt, to: other(than: service))
        let answers = try await [first, second, third].compactMap(\.self)
        guard answers.count == 3 else { return nil }
        // One that was repeated may be told its own first answer again.
        let accepted = answers.count { !$0.isReplay }
        if accepted > 1 || accepted == 0 && !answers.contains(where: \.isRepeated)
            || answers.contains(where: { $0.told != answers[0].told })
        {
            fail("a run submitted three times at once is answered \(answers)")
        }
        keep(attempt, answers[0].told)
        return (attempt, answers[0].told)
    }

    private func send(
        _ attempt: Attempt,
        to service: Int
    ) async throws -> (told: Told, isReplay: Bool, isRepeated: Bool)? {
        let asked = Self.told.dropFirst().map { "\($0.scope.rawValue)/\($0.window.rawValue)" }
        let path = "/v1/scores?boards=\(asked.joined(separator: ","))"
        let headers = attempt.key.map { [(name: "Idempotency-Key", value: $0)] } ?? []
        let body = Array(#"{"score":\#(attempt.score)}"#.utf8)
        let (answer, isRepeated): (Service.Answer, Bool)
        if attempt.run != nil {
            (answer, isRepeated) = try await services[service]
                .persist(.post, path, token: attempt.token, headers: headers, body: body)
        } else {
            (answer, isRepeated) = (
                try await services[service].send(.post, path, token: attempt.token, body: body), false
            )
            guard answer.status != 503 else {
                record.state.withLock { $0.unsure.append(attempt) }
                return nil
            }
        }
        guard answer.status == 200, let run = answer.json["run_id"]?.string else {
            fail("submitting", answer)
            return nil
        }
        record.state.withLock { $0.served[service, default: 0] += 1 }
        let places = answer.json["boards"]?.elements.map {
            Place(rank: $0["rank"]?.int64, entries: $0["entries"]?.int64)
        }
        let told = Told(
            run: run,
            score: answer.json["score"]?.int64,
            best: answer.json["best"]?.int64,
            previousBest: answer.json["previous_best"]?.int64,
            places: places ?? []
        )
        return (told, answer.headers["Idempotency-Replayed"] == "true", isRepeated)
    }

    private func keep(_ attempt: Attempt, _ told: Told) {
        if let run = attempt.run, run.description != told.run {
            fail("run \(run) is answered as \(told.run)")
        }
        record.state.withLock { $0.answers.append((attempt, told)) }
    }

    private func fail(_ what: String, _ answer: Service.Answer) { fail("\(what): \(answer)") }

    private func fail(_ what: String) { record.state.withLock { $0.failures.append(what) } }

    private func other(than service: Int) -> Int {
        (service + Int.random(in: 1..<services.count)) % services.count
    }

    // MARK: - Choices

    /// Draws a play-through; the last chats are first seen late, by many at once.
    private func attempt(_ part: Double) -> Attempt? {
        let known = part < 1.0 / 3 ? Self.chats.count - 2 : Self.chats.count - (part < 0.5 ? 1 : 0)
        guard let board = boards.randomElement(), let chat = Self.chats.prefix(known).randomElement() else {
            return nil
        }
        let player = Int64.random(in: Int.random(in: 0..<4) == 0 ? Self.passersBy : Self.regulars)
        return attempt(board, player, chat)
    }

    private func attempt(_ board: Board, _ player: Int64, _ chat: Int64) -> Attempt {
        let launch = makeLaunch(board.id, player, chat)
        let (token, key, run): (String, String?, RunID?)
        switch Int.random(in: board.rules.keep == .sum ? 1..<4 : 0..<4) {
        case 0: (token, key, run) = (keys.token(for: launch, of: board.tokenID), nil, nil)
        case 1:
            let started = Run(
                id: RunID(identifier()),
                launch: launch,
                startedAt: launch.launchedAt + .seconds(1),
                lifetime: .seconds(3600)
            )
            (token, key, run) = (keys.token(for: started, of: board.tokenID), nil, started.id)
        default:
            let name = "\(Int.random(in: 0..<9))"
            (token, key) = (keys.token(for: launch, of: board.tokenID), name)
            run = TokenKeys.run(of: launch.id, idempotencyKey: name)
        }
        return Attempt(
            game: board.id,
            player: player,
            chat: chat,
            score: score(of: player),
            token: token,
            key: key,
            run: run
        )
    }

    /// A third of the players gets better with every run, the others meet at a few scores.
    private func score(of player: Int64) -> Int64 {
        guard player % 3 == 0 else { return Int64.random(in: 0..<12) }
        return record.state.withLock { state in
            state.rising += 1
            return state.rising
        }
    }

    /// The token of a press of a moment ago.
    func launch(_ game: GameID, _ player: Int64, _ chat: Int64) throws -> String {
        let board = try #require(boards.first { $0.id == game })
        return keys.token(for: makeLaunch(game, player, chat), of: board.tokenID)
    }

    private func makeLaunch(_ game: GameID, _ player: Int64, _ chat: Int64) -> Launch {
        Launch(
            id: LaunchID(identifier()),
            bot: BotID(rawValue: Arena.bot),
            game: game,
            player: PlayerID(rawValue: player),
            chatInstance: ChatInstance(rawValue: chat),
            target: .none,
            launchedAt: Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000) - 5_000),
            lifetime: .seconds(3600)
        )
    }

    private func identifier() -> Identifier128 {
        var generator = SystemRandomNumberGenerator()
        return Identifier128(using: &generator)
    }
}
