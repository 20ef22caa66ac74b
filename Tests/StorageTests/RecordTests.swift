import Leaderboards
import Postgres
import Storage
import TestSupport
import Testing

/// What is written is read again as it was, and writing it twice changes nothing.
@Suite(.scratchDatabase(.withGame), .timeLimit(.minutes(10)))
struct RecordTests {
    private let pool = ScratchDatabase.current.pool
    private let bot = BotID(rawValue: 7)
    private let game = GameID(rawValue: 1)

    @Test(arguments: [
        GameRules(),
        GameRules(
            order: .lower,
            keep: .latest,
            zone: "Europe/Berlin",
            telegramScore: .inverted(ceiling: 100_000),
            bounds: ScoreBounds(minimum: 0, maximum: .max, maximumPerSecond: 12.5, minimumSeconds: 0.25)
        ),
        GameRules(keep: .sum, telegramScore: .off, bounds: ScoreBounds(maximum: 5)),
        GameRules(scoreFormat: .milliseconds, scoreUnit: "м"),
        GameRules(
            bounds: ScoreBounds(
                maximumPerHour: 7,
                outcomes: [.maximumPerHour: .hold, .minimumScore: .accept, .maximumScore: .hold],
                isShadow: true
            )
        ),
    ])
    func `a game comes back with its rules`(rules: GameRules) async throws {
        var draft = GameDraft(
            bot: bot,
            shortName: "chess",
            title: "Schach ♟",
            url: "https://c.example/#a",
            rules: rules
        )
        draft.isEnabled = false
        draft.isPublic = true
        draft.showsIdentity = true
        let (bot, draft2) = (bot, draft)
        let read = try await pool.transaction { session throws(PostgresError) in
            try session.run(.gameGet(session.run(.gameInsert(draft2))))
        }
        let game = try #require(read)
        #expect(game.bot == bot)
        #expect(game.name == "arcade_bot/chess")
        #expect(game.title == "Schach ♟")
        #expect(game.url == "https://c.example/#a")
        #expect(game.rules == rules)
        #expect(!game.isEnabled)
        #expect(game.isPublic)
        #expect(game.showsIdentity)
    }

    @Test func `a changed game keeps its bot and short name`() async throws {
        let game = game
        let draft = GameDraft(
            bot: bot,
            shortName: "ignored",
            title: "New",
            url: "https://n.example",
            rules: GameRules(keep: .sum)
        )
        let read = try await pool.transaction { session throws(PostgresError) in
            try session.execute(.gameUpdate(game, to: draft))
            return try session.run(.gameGet(game))
        }
        #expect(read?.shortName == "tetris")
        #expect(read?.title == "New")
        #expect(read?.rules.keep == .sum)
    }

    @Test func `a bot's name is kept until it is known to be another`() async throws {
        let bot = bot
        let names = try await pool.transaction { session throws(PostgresError) in
            try session.execute(.botUpsert(bot, username: nil))
            let kept = try session.run(.botsList()).first { $0.id == bot }?.username
            try session.execute(.botUpsert(bot, username: "other_bot"))
            return [kept, try session.run(.botsList()).first { $0.id == bot }?.username]
        }
        #expect(names == ["arcade_bot", "other_bot"])
    }

    @Test func `names are written where they differ`() async throws {
        let bot = bot
        @Sendable func profile(_ id: Int64, _ first: String, _ last: String?, _ username: String?)
            -> PlayerProfile
        {
            PlayerProfile(id: PlayerID(rawValue: id), firstName: first, lastName: last, username: username)
        }
        let rewritten = try await pool.transaction { session throws(PostgresError) in
            try session.execute(
                .playersInsertMissing([PlayerID(rawValue: 2), PlayerID(rawValue: 1)], bot: bot)
            )
            _ = try session.execute(
                .playersUpsert([profile(2, "Zoë", nil, "zoe"), profile(1, "A", "B", nil)], bot: bot)
            )
            try session.execute(.playersInsertMissing([PlayerID(rawValue: 2)], bot: bot))
            return try session.query(
                "SELECT player_id, first_name, last_name, username FROM players ORDER BY 1"
            )
            .decode(Int64.self, String?.self, String?.self, String?.self)
            .map { "\($0.0) \($0.1 ?? "-") \($0.2 ?? "-") \($0.3 ?? "-")" }
        }
        #expect(rewritten == ["1 A B -", "2 Zoë - zoe"])
        let again = try await pool.transaction { session throws(PostgresError) in
            let before = try session.query("SELECT xmin::text FROM players ORDER BY player_id").decode(
                String.self
            )
            _ = try session.execute(
                .playersUpsert([profile(1, "A", "B", nil), profile(2, "Zoë", "X", "zoe")], bot: bot)
            )
            let after = try session.query("SELECT xmin::text FROM players ORDER BY player_id").decode(
                String.self
            )
            return zip(before, after).map { $0 == $1 }
        }
        #expect(again == [true, false])
    }

    @Test func `the wrong that a ban names is limited to its game or holds for the bot`() async throws {
        let (game, bot) = (game, bot)
        let banned = try await pool.transaction { session throws(PostgresError) in
            try session.execute("INSERT INTO bots (bot_id) VALUES (8)")
            try session.execute("INSERT INTO bans VALUES (7, 1, 1), (7, 2, NULL), (7, 2, 1), (8, 3, NULL)")
            guard let game = try session.run(.gameGet(game)) else {
                throw PostgresError(.decoding, "no game")
            }
            let other = try session.run(
                .gameInsert(GameDraft(bot: bot, shortName: "chess", title: "C", url: "u"))
            )
            guard let otherGame = try session.run(.gameGet(other)) else {
                throw PostgresError(.decoding, "no game")
            }
            let players = (1...4).map { PlayerID(rawValue: $0) }
            return [
                try session.run(.playersBarred(among: players, from: game.id, of: game.bot)).banned.map(
                    \.rawValue
                )
                .sorted(),
                try session.run(.playersBarred(among: players, from: otherGame.id, of: otherGame.bot)).banned
                    .map(\.rawValue).sorted(),
            ]
        }
        #expect(banned == [[1, 2], [2]])
    }

    @Test func `updates that were answered are forgotten after a day`() async throws {
        let bot = bot
        let answers = try await pool.transaction { session throws(PostgresError) in
            var answers = [
                try session.run(.answeredUpdateInsert(1, bot: bot)),
                try session.run(.answeredUpdateInsert(2, bot: bot)),
            ]
            try session.execute(
                "UPDATE answered_updates SET answered_at = now() - interval '25 hours' WHERE update_id = 1"
            )
            try session.execute(.answeredUpdatesForget())
            answers += [
                try session.run(.answeredUpdateInsert(1, bot: bot)),
                try session.run(.answeredUpdateInsert(2, bot: bot)),
            ]
            return answers
        }
        #expect(answers == [true, true, true, false])
    }

    @Test func `boards that several make at once are made once`() async throws {
        let (pool, game) = (pool, game)
        let names =
            [BoardName(chat: nil)]
            + (0..<5).map { BoardName(chat: nil, window: .week, label: "2026-W0\($0)") }
        let found = try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    try await pool.transaction { session throws(PostgresError) in
                        try session.run(.gameLock(game))
                        return try session.boardsResolve(names.shuffled(), game: game)
                    }
                }
            }
            return try await group.reduce(into: Set<[BoardName: BoardID]>()) { $0.insert($1) }
        }
        #expect(found.count == 1)
        #expect(found.first?.count == names.count)
    }

    @Test func `chats that several make at once are made once`() async throws {
        let (pool, bot) = (pool, bot)
        let aliases = (1...6).map { number in
            ChatAlias(
                instance: ChatInstance(rawValue: Int64(number)),
                address: number.isMultiple(of: 2) ? TelegramChatID(rawValue: Int64(-number)) : nil
            )
        }
        let found = try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    try await pool.transaction { session throws(PostgresError) in
                        try session.chatsResolve(aliases, bot: bot).map(\.chat)
                    }
                }
            }
            return try await group.reduce(into: Set<[ChatID]>()) { $0.insert($1) }
        }
        #expect(found.count == 1)
        #expect(Set(found.first ?? []).count == 6)
    }

    @Test(arguments: [
        Target.message(chat: TelegramChatID(rawValue: -1_001_000_000_001), id: 7),
        .message(chat: TelegramChatID(rawValue: 5_000_000_001), id: 1), .inline("AQAAAF-x_y"),
        .inline("a:b:c"),
    ])
    func `a target comes back from its spelling`(target: Target) throws {
        let stored = try #require(target.stored)
        #expect(StoredTarget(stored: stored.stored)?.target == target)
    }

    @Test(arguments: [
        "", "inline", "inline:", "message:1", "message:1:2:3", "message:a:b", "message:1:", "message:a:1:2",
        "other:1", "inline:a b", "inline:ä", "message:0:1", "message:5:0", "message:5:2147483648",
        "message:-1000000000000:1",
    ])
    func `any other spelling is no target`(text: String) {
        #expect(StoredTarget(stored: text) == nil)
    }

    @Test func `no target is not stored`() {
        #expect(Target.none.stored == nil)
    }
}
