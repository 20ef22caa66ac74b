import Leaderboards
import Postgres
import Operations
@testable import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing
import Tokens

/// What studios' own servers may do with the keys of their games.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct ServerTests {
    private static let chat = StageChat(1)

    private func score(
        _ id: String,
        _ player: Int64 = 11,
        _ score: Int32,
        name: String? = nil,
        in chat: StageChat? = ServerTests.chat,
        startedAt: Instant? = nil
    ) throws -> ServerScore {
        ServerScore(
            id: id,
            player: PlayerID(rawValue: player),
            playerName: name,
            chatInstance: chat.flatMap { ChatInstance($0.instance) },
            score: try #require(Score(score)),
            startedAt: startedAt
        )
    }

    private func submit(_ stage: Stage, _ scores: [ServerScore], on instance: Int = 0) async throws
        -> [String]
    {
        let game = try #require(stage.instances[instance].game(bot: "arcade_bot", shortName: "tetris"))
        return try await stage.instances[instance].submit(scores, of: game).map { result in
            switch result {
            case .success(let receipt):
                "\(receipt.outcome.rawValue) \(receipt.score)\(receipt.isReplay ? " again" : "")"
            case .failure(let refusal): "\(refusal)"
            }
        }
    }

    // MARK: - Keys

    @Test func `a key opens its own game on every instance until it is revoked`() async throws {
        try await Stage.with {
            $0.instances = 2
        } _: { stage in
            let administration = stage.administration
            let (key, record) = try await administration.createKey(for: stage.currentGame(), label: "ci")
            #expect(record.hint == key.hint && record.lastUsedAt == nil && record.revokedAt == nil)
            let opens = { @Sendable (instance: Int, bot: String, name: String) in
                (try? stage.instances[instance].authorize(key: key.text, bot: bot, shortName: name)) != nil
            }
            try await until { opens(0, "arcade_bot", "tetris") && opens(1, "Arcade_Bot", "tetris") }
            #expect(opens(0, "\(Stage.bot)", "tetris"))
            #expect(!opens(0, "arcade_bot", "snake") && !opens(0, "other_bot", "tetris"))
            #expect(throws: Refusal.tokenInvalid) {
                try stage.highscores.authorize(key: key.text + "A", bot: "arcade_bot", shortName: "tetris")
            }
            #expect(throws: Refusal.tokenInvalid) {
                try stage.highscores.authorize(key: "", bot: "arcade_bot", shortName: "tetris")
            }
            let (after, isNews) = try await administration.revokeKey(record.id, reason: "leaked")
            #expect(isNews && after.revokedAt != nil)
            try await until { !opens(0, "arcade_bot", "tetris") && !opens(1, "arcade_bot", "tetris") }
            #expect(try await administration.revokeKey(record.id).isNews == false)
            #expect(try await administration.keys().map(\.id) == [record.id])
            let actions = try await stage.pool.withSession { session throws(PostgresError) in
                try session.query("SELECT action FROM audit ORDER BY audit_id").decode(String.self)
            }
            #expect(actions == ["key.create", "key.revoke"])
        }
    }

    @Test func `of a key only its hash is stored`() async throws {
        try await Stage.with { stage in
            let (key, _) = try await stage.administration.createKey(for: stage.currentGame(), label: "ci")
            let secret = String(key.text.dropFirst(key.hint.count))
            let rows = try await stage.value(
                Int.self,
                """
                SELECT (SELECT count(*) FROM api_keys k WHERE k::text LIKE '%' || \(secret) || '%')
                     + (SELECT count(*) FROM audit a WHERE a::text LIKE '%' || \(secret) || '%')
                """
            )
            #expect(rows == 0)
            let trial = try await stage.administration.createKey(
                for: stage.currentGame(),
                label: "trial",
                isDryRun: true
            )
            #expect(try await stage.administration.keys().map(\.label) == ["ci"])
            await #expect(throws: OperationError.self) {
                try await stage.administration.key(trial.record.id)
            }
        }
    }

    @Test func `the last use of a key is noted at most once a minute`() async throws {
        try await Stage.with { stage in
            let (key, record) = try await stage.administration.createKey(
                for: stage.currentGame(),
                label: "ci"
            )
            try await stage.sql("CREATE TABLE noted (at timestamptz)")
            try await stage.sql(
                "CREATE RULE noting AS ON UPDATE TO api_keys DO ALSO INSERT INTO noted VALUES (new.last_used_at)"
            )
            let use = { @Sendable in
                (try? stage.highscores.authorize(key: key.text, bot: "arcade_bot", shortName: "tetris"))
                    != nil
            }
            try await until { use() }
            let first = stage.clock.now
            let noted = { @Sendable in
                try await stage.pool.withSession { session throws(PostgresError) in
                    try session.query("SELECT at FROM noted ORDER BY at").decode(Instant.self)
                }
            }
            try await until { try await noted() == [first] }
            stage.clock.advance(by: .milliseconds(59_999))
            #expect(use())
            stage.clock.advance(by: .milliseconds(1))
            #expect(use())
            // They are written one after another, so the use before would be there by now.
            try await until { try await noted().last == first + .seconds(60) }
            #expect(try await noted() == [first, first + .seconds(60)])
            #expect(try await stage.administration.key(record.id).lastUsedAt == first + .seconds(60))
        }
    }

    // MARK: - Scores

    @Test(arguments: GameRules.Keep.allCases)
    func `scores of a server count like those of a page, in the order given`(keep: GameRules.Keep)
        async throws
    {
        try await Stage.with {
            $0.rules.keep = keep
        } _: { stage in
            _ = try await stage.play(12, in: Self.chat, score: 50)
            var scores: [ServerScore] = []
            for number in 0..<300 {
                scores.append(try score("run \(number)".filter { $0 != " " }, 11, Int32(number)))
            }
            scores.append(try score("last", 11, 7))
            let outcomes = try await submit(stage, scores)
            #expect(outcomes.first == "new_best 0")
            #expect(
                outcomes.last
                    == (keep == .best ? "not_better 7" : keep == .latest ? "updated 7" : "new_best 7")
            )
            let page = try await stage.leaderboard(stage.launchToken(12, in: Self.chat))
            let expected: [Int64] =
                switch keep {
                case .best: [299, 50]
                case .latest: [50, 7]
                case .sum: [(0..<300).reduce(7, +), 50]
                }
            #expect(page.lines.map(\.score) == expected)
            let waiting = try await stage.value(
                Int.self,
                "SELECT count(*) FROM deliveries WHERE state = 'pending'"
            )
            #expect(waiting == 2)
            #expect(
                try await LogModel.lines(stage).count == stage.value(Int.self, "SELECT count(*) FROM entries")
            )
        }
    }

    @Test func `an id names one run in its game, whenever and wherever it comes again`() async throws {
        try await Stage.with {
            $0.instances = 2
        } _: { stage in
            #expect(try await submit(stage, [score("a", 11, 70)]) == ["new_best 70"])
            stage.clock.advance(by: .seconds(40 * 24 * 3600))
            let again = try [score("a", 11, 70), score("a", 11, 71), score("b", 11, 80), score("b", 11, 80)]
            #expect(
                try await submit(stage, again, on: 1)
                    == ["new_best 70 again", "runAlreadyScored", "new_best 80", "new_best 80 again"]
            )
            // A name given to another player's run is no repetition: that score would be lost in silence.
            let other = try [score("a", 12, 70), score("c", 12, 5), score("c", 11, 5)]
            #expect(try await submit(stage, other) == ["runAlreadyScored", "new_best 5", "runAlreadyScored"])
            let early = try score("a", 11, 70, startedAt: stage.clock.now + .seconds(-100_000))
            #expect(try await submit(stage, [early]) == ["new_best 70 again"])
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM scores") == 3)
        }
    }

    @Test func `the same ids at the same time are one run each`() async throws {
        try await Stage.with {
            $0.instances = 2
        } _: { stage in
            var scores: [ServerScore] = []
            for number in 0..<50 { scores.append(try score("\(number)", Int64(100 + number), Int32(number))) }
            let (sent, outcomes) = (
                scores,
                try await withThrowingTaskGroup(of: [String].self) { [scores] group in
                    for instance in [0, 1, 0, 1] {
                        group.addTask { try await submit(stage, scores.shuffled(), on: instance) }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
            )
            #expect(outcomes.count { !$0.hasSuffix("again") } == sent.count)
            #expect(outcomes.allSatisfy { $0.hasPrefix("new_best") })
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM scores") == sent.count)
        }
    }

    @Test func `a run counts in the window of its start, which is no longer ago than a run lasts`()
        async throws
    {
        try await Stage.with { stage in
            let lifetime: Duration = .seconds(6 * 3600)
            // To a quarter past midnight, UTC.
            let day: Int64 = 86_400_000
            let midnight = (stage.clock.now.milliseconds / day + 1) * day
            stage.clock.advance(by: .milliseconds(midnight - stage.clock.now.milliseconds + 900_000))
            let now = stage.clock.now
            let scores = try [
                score("yesterday", 11, 10, startedAt: now + .seconds(-1800)),
                score("now", 12, 20), score("ahead", 13, 30, startedAt: now + .seconds(60)),
                score("future", 14, 40, startedAt: now + .milliseconds(60_001)),
                score("oldest", 15, 50, startedAt: now + (.zero - lifetime)),
                score("older", 16, 60, startedAt: now + (.zero - lifetime) + .milliseconds(-1)),
            ]
            let outcomes = try await submit(stage, scores)
            #expect(outcomes.count { $0.hasPrefix("new_best") } == 4)
            #expect(
                outcomes[3].hasPrefix("unknownParameterValue")
                    && outcomes[5].hasPrefix("unknownParameterValue")
            )
            let reader = stage.launchToken(11, in: Self.chat)
            let today = try await stage.leaderboard(reader, window: .day)
            #expect(today.lines.map(\.score) == [30, 20])
            let yesterday = try await stage.leaderboard(reader, window: .day, at: now + .seconds(-1800))
            #expect(yesterday.lines.map(\.score) == [50, 10])
        }
    }

    @Test func `rules and bans hold for servers, each score for itself`() async throws {
        try await Stage.with {
            $0.rules.bounds = ScoreBounds(
                maximum: 100,
                minimumSeconds: 5,
                outcomes: [.maximumScore: .hold]
            )
            $0.scoring.playerRate = RateLimit(perSecond: 1, burst: 1)
        } _: { stage in
            let ban = Ban(bot: Stage.bot, player: PlayerID(rawValue: 66), game: nil)
            _ = try await stage.administration.ban(ban.player, from: .everywhere)
            let then = stage.clock.now
            stage.clock.advance(by: .seconds(5))
            let outcomes = try await submit(
                stage,
                [
                    score("a", 11, 10), score("b", 11, 10, startedAt: then),
                    score("c", 66, 10, startedAt: then),
                    score("d", 11, 101, startedAt: then),
                    score("e", 11, 12, startedAt: then + .milliseconds(1)),
                ]
            )
            #expect(outcomes == ["runRequired", "new_best 10", "playerBanned", "held 101", "refused 12"])
        }
    }

    @Test func `names are taken where none is known`() async throws {
        try await Stage.with { stage in
            _ = try await stage.press(11, in: Self.chat)
            _ = try await submit(
                stage,
                [
                    score("a", 11, 10, name: "Player 11"), score("b", 12, 20, name: " Zoë\u{202E} "),
                    score("c", 13, 30), score("d", 14, 5, name: "\u{0}"),
                ]
            )
            let lines = try await stage.leaderboard(stage.launchToken(11, in: Self.chat)).lines
            #expect(lines.map(\.name) == [nil, "Zoë", "Player 11", nil])
            #expect(lines.map(\.username) == [nil, nil, "player11", nil])
            // Not the same names in other parts.
            let last = try await stage.value(
                String?.self,
                "SELECT last_name FROM players WHERE player_id = 11"
            )
            #expect(last == .some("11"))
            _ = try await submit(
                stage,
                [
                    score("e", 11, 11, name: "Ada"), score("f", 13, 30, name: "Eve"),
                    score("g", 12, 21, name: "Zo"),
                ]
            )
            let later = try await stage.leaderboard(stage.launchToken(11, in: Self.chat)).lines
            #expect(later.map(\.name) == ["Eve", "Zoë", "Player 11", nil])
        }
    }

    @Test func `a server's list leaves room in the queue`() async throws {
        try await Stage.with {
            $0.scoring.queueCapacity = 8
        } _: { stage in
            let six = try (0..<6).map { try score("\($0)", 11, 1) }
            #expect(try await submit(stage, six).count == 6)
            let seven = try (0..<7).map { try score("\($0)", 11, 1) }
            await #expect(throws: Refusal.overloaded) { try await submit(stage, seven) }
        }
    }

    // MARK: - Launches

    @Test func `a server's press opens the game as Telegram's would`() async throws {
        try await Stage.with { stage in
            let game = try #require(stage.highscores.game(bot: "arcade_bot", shortName: "tetris"))
            let press = ServerPress(
                player: PlayerID(rawValue: 11),
                profile: PlayerProfile.sample(11, "Zoë", username: "zoe"),
                chatInstance: ChatInstance(Self.chat.instance),
                target: Self.chat.message()
            )
            let opened = try await stage.highscores.open(press, of: game)
            #expect(opened.url == "\(Stage.gameURL)#hs=\(opened.launch)")
            #expect(opened.expiresAt == stage.clock.now + .seconds(24 * 3600))
            #expect(
                try stage.highscores.boardAccess(ofBoard: opened.boardToken).chatInstance
                    == press.chatInstance
            )
            let run = try stage.highscores.startRun(launchToken: opened.launch)
            #expect(run.playerName == "Zoë")
            #expect(try await stage.submit(5, with: run.runToken).outcome == .newBest)
            let line = try await stage.leaderboard(opened.launch).lines.first
            #expect(line?.name == "Zoë" && line?.username == "zoe")
            #expect(
                try await stage.value(String?.self, "SELECT target FROM deliveries")
                    == Self.chat.message().stored?.stored
            )
        }
    }

    @Test func `nobody who is banned is let in, nor into a game that is off`() async throws {
        try await Stage.with { stage in
            let press = ServerPress(
                player: PlayerID(rawValue: 11),
                profile: nil,
                chatInstance: nil,
                target: .none
            )
            let ban = Ban(bot: Stage.bot, player: press.player, game: stage.game)
            _ = try await stage.administration.ban(ban.player, from: .everywhere)
            let game = try await stage.currentGame()
            try await until { stage.highscores.registry.isBanned(press.player, from: game) }
            await #expect(throws: Refusal.playerBanned) { try await stage.highscores.open(press, of: game) }
            var changes = GameChanges()
            changes.set(\.isEnabled, to: false)
            let change = try await stage.administration.setGame(game, changes)
            let closed = try #require(change.games?.now)
            await #expect(throws: Refusal.gameDisabled) { try await stage.highscores.open(press, of: closed) }
        }
    }
}
