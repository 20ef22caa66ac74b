import Curl
import Foundation
import JSON
import Leaderboards
import Postgres
import Storage
import TestSupport
import Testing

/// Eight processes write to the same leaderboards for a minute.
@Suite(.serialized, .scratchDatabase(Crowd.template), .timeLimit(.minutes(30))) struct CrowdTests {
    private static let processes = 8
    /// Changes that may be accepted while one run is looked at.
    private static let recentMoments = 200

    /// How long they play; a variable shortens it for whoever works on the test.
    private static var duration: Duration {
        let text = ProcessInfo.processInfo.environment["HIGHSCORES_TEST_CROWD_SECONDS"] ?? ""
        return .seconds(Int(text) ?? 60)
    }

    @Test func `submissions through eight processes at once are all kept, and all ranks are exact`()
        async throws
    {
        try await Arena.with { arena in
            let services = try await withThrowingTaskGroup { group in
                for _ in 0..<Self.processes {
                    group.addTask { try await Self.serve(arena) }
                }
                return try await group.reduce(into: [Service]()) { $0.append($1) }
            }
            let http = try CurlClient(
                configuration: CurlClient.Configuration(
                    maximumConnectionsPerHost: Crowd.connections,
                    usesProxiesOfEnvironment: false
                )
            )
            let deadlocks = try await Self.deadlocks()
            let crowd = try await Crowd(services, http)
            try await crowd.gather()
            try await crowd.play(for: Self.duration)
            #expect(crowd.failures == [])
            #expect(crowd.served.count == Self.processes, "\(crowd.served)")
            for board in crowd.boards {
                let log = try await CrowdLog(board)
                let tables = Self.checkAnswers(crowd, log)
                try await Self.checkTables(log, tables)
                try await Self.checkPages(crowd, log, tables)
            }
            try await withThrowingTaskGroup { group in
                for service in services { group.addTask { try await service.stop() } }
                try await group.waitForAll()
            }
            await http.shutdown()
            #expect(try await Self.deadlocks() == deadlocks)
            for service in services {
                #expect(service.program.logged("batch.refused").map { "\($0)" } == [])
            }
        }
    }

    /// Starts a process; a port that was free may be taken by anybody's connection before the process listens.
    private static func serve(_ arena: Arena) async throws -> Service {
        let variables = ["HIGHSCORES_UPDATES": "off", "HIGHSCORES_LOG_LEVEL": "info"]
        for _ in 0..<4 {
            do {
                return try await arena.serve([], variables, isWebhook: false)
            } catch let error as ProgramError where error.description.contains("Address already in use") {
                continue
            }
        }
        return try await arena.serve([], variables, isWebhook: false)
    }

    private static func deadlocks() async throws -> Int64 {
        try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            try session.query("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
                .decode(Int64.self)[0]
        }
    }

    // MARK: - Comparing

    /// Every run that was acknowledged is in the log once, nothing else is, and what was said of it was true then.
    ///
    /// - Returns: The leaderboards at the end.
    private static func checkAnswers(_ crowd: Crowd, _ log: CrowdLog) -> [CrowdLog.Name: CrowdLog.Table] {
        let answers = crowd.answers.filter { $0.attempt.game == log.game }
        let told = Dictionary(answers.map { ($0.told.run, $0) }, uniquingKeysWith: { first, _ in first })
        #expect(told.count == answers.count, "a run was acknowledged twice")
        #expect(Set(told.keys).subtracting(log.runs.map(\.id)) == [], "what is only acknowledged")
        var unsure = crowd.unsure.filter { $0.game == log.game }
        for run in log.runs where told[run.id] == nil {
            let place = unsure.firstIndex {
                $0.player == run.player && $0.chat == run.instance && $0.score == run.score
            }
            if let place { unsure.remove(at: place) } else { Issue.record("only logged: \(run)") }
        }
        #expect(log.runs.count { !$0.counts } == 0)
        #expect(Set(log.runs.map(\.instance)) == Set(Crowd.chats))
        var wrong: [String] = []
        var moments: [[CrowdLog.Name: CrowdLog.Table]] = []
        let tables = log.replay { run, tables, before in
            let own = tables[run.name(.chat, .all)]?.entries[run.player]
            if let (attempt, told) = told[run.id] {
                let isLogged =
                    attempt.player == run.player && attempt.chat == run.instance && attempt.score == run.score
                let expected = Self.answer(to: run, by: tables, from: before, log)
                // What changes nothing may tell of a moment before: others are accepted between its look and its row.
                let isPast =
                    log.rules.keep == .best && before == own && told != expected
                    && moments.contains { moment in
                        let own = moment[run.name(.chat, .all)]?.entries[run.player]
                        return told == Self.answer(to: run, by: moment, from: own, log)
                    }
                if !isLogged || told != expected && !isPast {
                    wrong.append(
                        "\(attempt) was answered \(told), logged as \(run), and should say \(expected)"
                    )
                }
            }
            guard before != own else { return }
            if moments.count == Self.recentMoments { moments.removeFirst() }
            moments.append(tables)
        }
        #expect(wrong.isEmpty, "\(wrong.count) of \(answers.count): \(wrong.prefix(3))")
        return tables
    }

    /// What was to be said of a run when the leaderboards were like that.
    private static func answer(
        to run: CrowdLog.Run,
        by tables: [CrowdLog.Name: CrowdLog.Table],
        from before: Entry?,
        _ log: CrowdLog
    ) -> Crowd.Told {
        Crowd.Told(
            run: run.id,
            score: run.score,
            best: tables[run.name(.chat, .all)]?.entries[run.player].map(log.score),
            previousBest: before.map(log.score),
            places: Crowd.told.map { scope, window in
                let table = tables[run.name(scope, window)]
                return Crowd.Place(
                    rank: table?.rank(run.player).map(Int64.init),
                    entries: (table?.order.count).map(Int64.init)
                )
            }
        )
    }

    /// What the database keeps is what the log makes.
    private static func checkTables(
        _ log: CrowdLog,
        _ tables: [CrowdLog.Name: CrowdLog.Table]
    ) async throws {
        let (entries, totals) = try await log.kept()
        #expect(Set(entries.keys) == Set(tables.keys))
        for (name, table) in tables {
            #expect(entries[name] == table.entries, "\(log.rules.keep) \(name)")
            #expect(totals[name] == Int64(table.order.count), "\(log.rules.keep) \(name)")
        }
        let game = log.game
        let (miscounted, counted) = try await ScratchDatabase.current.pool.withSession {
            session throws(PostgresError) in
            let query: Query = "SELECT count(*) FROM boards WHERE game_id = \(game) AND has_rank_buckets"
            return (
                try session.run(.boardsFindMiscounted(of: game)),
                try session.query(query).decode(Int64.self)[0]
            )
        }
        #expect(miscounted == [])
        #expect(counted >= WindowKind.allCases.count, "the leaderboards of the game were to become long")
    }

    /// All pages of the windows of the last run, from two processes in turn, are what the log makes.
    private static func checkPages(
        _ crowd: Crowd,
        _ log: CrowdLog,
        _ tables: [CrowdLog.Name: CrowdLog.Table]
    ) async throws {
        let last = try #require(log.runs.last)
        for instance in Crowd.chats {
            let run = try #require(log.runs.last { $0.instance == instance })
            for scope in instance == last.instance ? Scope.allCases : [.chat] {
                for window in WindowKind.allCases {
                    let table = try #require(tables[run.name(scope, window)])
                    let place = "scope=\(scope.rawValue)&window=\(window.rawValue)&at=\(run.startedAt)"
                    let token = try crowd.launch(log.game, run.player, instance)
                    let expected = table.order.enumerated().map { index, key in
                        let player = key.player.rawValue
                        let score = log.rules.order == .higher ? -key.scoreKey : key.scoreKey
                        return
                            "\(index + 1) \(scope == .chat ? "\(player)" : "-") \(score) \(key.achievedAt)"
                    }
                    let pair = crowd.services.shuffled().prefix(2)
                    for services in [Array(pair), pair.reversed()] {
                        let lines = try await walk(services, place, token, scope)
                        #expect(lines == expected, "\(log.rules.keep) \(place)")
                        let page = try await services[0].persist(
                            .get,
                            "/v1/leaderboard?limit=3&around=me&\(place)",
                            token: token
                        ).answer
                        #expect(page.json["me"]?["rank"]?.int64 == table.rank(run.player).map(Int64.init))
                        #expect(page.json["total"]?.int64 == Int64(table.order.count))
                    }
                }
            }
        }
    }

    /// Reads a leaderboard to its end, each page from the other process.
    private static func walk(
        _ services: [Service],
        _ place: String,
        _ token: String,
        _ scope: Scope
    ) async throws -> [String] {
        var lines: [String] = []
        var cursor: String?
        var pages = 0
        repeat {
            let page = try await services[pages % services.count].persist(
                .get,
                "/v1/leaderboard?limit=100&\(place)" + (cursor.map { "&cursor=\($0)" } ?? ""),
                token: token
            ).answer
            try #require(page.status == 200, "\(page)")
            for line in page.json["entries"]?.elements.map(\.self) ?? [] {
                let player = scope == .chat ? line["player"]?["id"]?.string ?? "?" : "-"
                let time = line["achieved_at"]?.string ?? "?"
                lines.append(
                    "\(line["rank"]?.int64 ?? 0) \(player) \(line["score"]?.int64 ?? -1) \(time)"
                )
            }
            cursor = page.json["next"]?.string
            pages += 1
        } while cursor != nil && pages < 100
        return lines
    }
}
