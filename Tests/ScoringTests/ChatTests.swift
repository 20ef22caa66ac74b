import Leaderboards
import Outbox
import Postgres
import Operations
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// A chat keeps its board, whatever names Telegram gives it and in whatever order we hear of them.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct ChatTests {
    private let lead = Lead()
    private let group = StageChat(instance: "-111", id: -500)
    private let supergroup = StageChat(instance: "222", id: -1_001_000_000_500)

    private func migrate(_ stage: Stage) async throws {
        try await stage.highscores.record(.migrated(from: group.id, to: supergroup.id), bot: Stage.bot)
    }

    private func board(_ stage: Stage, _ chat: StageChat) async throws -> [String] {
        try await stage.leaderboard(stage.launchToken(1, in: chat)).lines.map { "\($0.playerID):\($0.score)" }
    }

    private func chats(_ stage: Stage) async throws -> Int? {
        try await stage.value(Int.self, "SELECT count(*) FROM chats WHERE merged_into IS NULL")
    }

    /// What may happen around an upgrade, in any order.
    enum Step: CaseIterable, Sendable {
        case migrated, playedBefore, playedAfter
    }

    private static let orders: [[Step]] = [
        [.playedBefore, .migrated, .playedAfter],
        [.playedBefore, .playedAfter, .migrated],
        [.migrated, .playedBefore, .playedAfter],
        [.migrated, .playedAfter, .playedBefore],
        [.playedAfter, .migrated, .playedBefore],
        [.playedAfter, .playedBefore, .migrated],
        [.migrated, .playedBefore, .migrated, .playedAfter, .migrated],
    ]

    @Test(arguments: orders)
    func `a group that becomes a supergroup keeps its board`(order: [Step]) async throws {
        try await Stage.with { stage in
            for step in order {
                stage.clock.advance(by: .seconds(1))
                switch step {
                case .migrated: try await migrate(stage)
                case .playedBefore: _ = try await stage.play(11, in: group, score: 50)
                case .playedAfter: _ = try await stage.play(12, in: supergroup, score: 60)
                }
            }
            for chat in [group, supergroup] { #expect(try await board(stage, chat) == ["12:60", "11:50"]) }
            let left = try await chats(stage)
            #expect(left == 1)
        }
    }

    @Test func `only the upgrade is heard of, in either order and twice`() async throws {
        try await Stage.with { stage in
            try await migrate(stage)
            try await migrate(stage)
            _ = try await stage.play(12, in: supergroup, score: 60)
            #expect(try await chats(stage) == 1)
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM chat_addresses WHERE is_gone") == 1)
        }
    }

    @Test func `the old group's messages are gone, inline ones stay`() async throws {
        try await Stage.with { stage in
            _ = try await stage.press(13, in: group, target: .inline("AAAA"))
            stage.clock.advance(by: .seconds(1))
            _ = try await stage.play(11, in: group, score: 50)
            try await migrate(stage)
            let first = try await lead.claim(stage).claims
            #expect(first.map(\.target.target) == [.inline("AAAA")])
            // A token of the old group still leads to the board, but not to its message.
            stage.clock.advance(by: .seconds(2))
            let late = stage.launchToken(12, in: group, target: group.message())
            _ = try await stage.submit(70, with: late)
            let second = try await lead.claim(stage).claims
            #expect(second.map(\.target.target) == [.inline("AAAA")])
        }
    }

    @Test func `what the group's table held is brought to the supergroup's`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: group, score: 50)
            let first = try await lead.claim(stage).claims
            _ = try await stage.deliveries.settle(#require(first.first), .delivered)
            try await migrate(stage)
            #expect(try await stage.deliveryCounts() == ["no_target": 1])
            stage.clock.advance(by: .seconds(2))
            _ = try await stage.press(12, in: supergroup)
            let second = try await lead.claim(stage).claims
            #expect(second.map(\.call.value) == [50])
            #expect(second.map(\.target.target) == [supergroup.message()])
            _ = try await stage.deliveries.settle(#require(second.first), .delivered)
            // Heard of again, the upgrade changes nothing.
            try await migrate(stage)
            #expect(try await stage.deliveryCounts() == ["done": 1])
        }
    }

    @Test func `0 takes a player off the supergroup's table too, which may have the group's scores`()
        async throws
    {
        try await Stage.with {
            $0.rules = GameRules(keep: .latest)
        } _: { stage in
            _ = try await stage.play(11, in: group, score: 108)
            let first = try await lead.claim(stage).claims
            _ = try await stage.deliveries.settle(#require(first.first), .delivered)
            try await migrate(stage)
            stage.clock.advance(by: .seconds(2))
            _ = try await stage.play(11, in: supergroup, score: 0)
            let second = try await lead.claim(stage).claims
            #expect(second.map(\.call.step) == [.force])
            #expect(second.map(\.call.value) == [0])
        }
    }

    @Test
    func `a call that is under way while its group is upgraded tells nothing of the supergroup's table`()
        async throws
    {
        try await Stage.with {
            $0.rules = GameRules(keep: .latest)
        } _: { stage in
            _ = try await stage.play(11, in: group, score: 108)
            let first = try #require(try await lead.claim(stage).claims.first)
            try await migrate(stage)
            #expect(try await stage.deliveries.settle(first, .delivered) == nil)
            _ = try await stage.press(11, in: supergroup)
            stage.clock.advance(by: first.call.claimedAt + .milliseconds(59_999) - stage.clock.now)
            #expect(try await lead.claim(stage).claims.isEmpty)
            stage.clock.advance(by: .milliseconds(1))
            #expect(try await lead.claim(stage).claims.map(\.call.value) == [108])
        }
    }

    @Test func `a call for a chat that turned out to be another one may still take effect there`()
        async throws
    {
        try await Stage.with {
            $0.rules = GameRules(keep: .latest)
        } _: { stage in
            // The older of two chats is the one that stays.
            _ = try await stage.press(11, in: group)
            _ = try await stage.play(11, in: supergroup, score: 108)
            let lost = try #require(try await lead.claim(stage).claims.first)
            stage.clock.advance(by: .seconds(2))
            // The latest run of both, which was not sent: nothing had been, of what was known of that chat.
            _ = try await stage.play(11, in: group, score: 0)
            #expect(try await stage.deliveryCounts() == ["done": 1, "sending": 1])
            try await migrate(stage)
            #expect(try await board(stage, group) == ["11:0"])
            #expect(try await stage.deliveries.settle(lost, .delivered) == nil)
            stage.clock.advance(by: lost.call.claimedAt + .milliseconds(59_999) - stage.clock.now)
            #expect(try await lead.claim(stage).claims.isEmpty)
            stage.clock.advance(by: .milliseconds(1))
            let next = try #require(try await lead.claim(stage).claims.first)
            #expect(next.call.step == .force && next.call.value == 0)
            #expect(next.target.target == supergroup.message())
            #expect(try await stage.deliveries.settle(next, .delivered)?.next == .done)
        }
    }

    @Test func `a correction that waits in a chat is not lost with it`() async throws {
        try await Stage.with { stage in
            var cheat: RunID?
            for (chat, score) in [(group, 500), (supergroup, 900)] as [(StageChat, Int32)] {
                cheat = try await stage.play(11, in: chat, score: score).run
                let call = try #require(try await lead.claim(stage).claims.first)
                _ = try await stage.deliveries.settle(call, .delivered)
                stage.clock.advance(by: .seconds(2))
            }
            let game = try await stage.currentGame()
            _ = try await stage.administration.correct(.runs([#require(cheat)]), of: game, .remove)
            try await migrate(stage)
            // What an operator does is dated by the database's clock.
            let now = stage.clock.now
            try await stage.sql("UPDATE deliveries SET due_at = \(now)")
            try await stage.sql("UPDATE delivery_chats SET ready_at = \(now)")
            let next = try #require(try await lead.claim(stage).claims.first)
            #expect(next.call.step == .force && next.call.value == 500)
        }
    }

    @Test func `what was given up in a chat does not keep it from being merged`() async throws {
        try await Stage.with { stage in
            _ = try await stage.press(11, in: group)
            _ = try await stage.play(11, in: supergroup, score: 108)
            let call = try #require(try await lead.claim(stage).claims.first)
            _ = try await stage.deliveries.settle(call, .rejected("Bad Request: no"))
            #expect(try await stage.deliveryCounts() == ["dead": 1])
            try await migrate(stage)
            #expect(try await board(stage, group) == ["11:108"])
            #expect(try await stage.deliveryCounts() == ["pending": 1])
        }
    }

    @Test func `an inline message and a chat message join as soon as one press shows both`() async throws {
        try await Stage.with { stage in
            let chat = StageChat(1)
            _ = try await stage.play(11, in: chat, target: .inline("AAAA"), score: 50)
            _ = try await stage.play(12, in: chat, target: chat.message(), score: 60)
            #expect(try await board(stage, chat) == ["12:60", "11:50"])
            #expect(try await chats(stage) == 1)
        }
    }

    @Test(arguments: [
        (GameRules.Order.higher, GameRules.Keep.best, ["3:90", "1:60", "2:50", "4:10"]),
        (.higher, .latest, ["3:90", "2:40", "1:30", "4:10"]),
        (.higher, .sum, ["1:140", "2:90", "3:90", "4:10"]),
        (.lower, .best, ["4:10", "1:30", "2:40", "3:90"]),
    ])
    func `two boards become one as if all had been played there`(
        order: GameRules.Order,
        keep: GameRules.Keep,
        lines: [String]
    ) async throws {
        try await Stage.with {
            $0.rules = GameRules(order: order, keep: keep, telegramScore: order == .lower ? .off : .same)
        } _: { stage in
            let plays: [(Int64, StageChat, Int32)] = [
                (1, group, 50), (2, supergroup, 50), (1, supergroup, 60), (2, group, 40), (3, supergroup, 90),
                (4, group, 10), (1, group, 30),
            ]
            var model = PlainBoard(rules: GameRules(order: order, keep: keep, telegramScore: .off))
            for (player, chat, score) in plays {
                stage.clock.advance(by: .seconds(1))
                let token = stage.launchToken(player, in: chat, target: .inline("I\(chat.instance)"))
                _ = try await stage.submit(score, with: token, key: "a")
                model.runs.append(.init(player: player, score: Int64(score), acceptedAt: stage.clock.now))
            }
            try await migrate(stage)
            // Which `chat_instance` goes with which id is known once a press shows both: three chats become one.
            _ = try await stage.press(9, in: group)
            _ = try await stage.press(9, in: supergroup)
            #expect(model.lines.map { "\($0.player):\($0.score)" } == lines)
            for chat in [group, supergroup] {
                let page = try await stage.leaderboard(stage.launchToken(1, in: chat))
                #expect(page.lines.map { "\($0.playerID):\($0.score)" } == lines)
                #expect(page.lines.map(\.achievedAt) == model.lines.map(\.achievedAt))
            }
            #expect(try await chats(stage) == 1)
            #expect(
                try await stage.value(
                    Int.self,
                    "SELECT count(*) FROM boards WHERE chat_id IS NOT NULL AND window_kind = 'all'"
                ) == 1
            )
            #expect(
                try await stage.value(Int.self, "SELECT count(*) FROM audit WHERE action = 'chat.merge'") == 2
            )
            let orphans = try await stage.value(
                Int.self,
                """
                SELECT (SELECT count(*) FROM deliveries d JOIN chats c USING (chat_id) WHERE c.merged_into IS NOT NULL)
                     + (SELECT count(*) FROM targets t JOIN chats c USING (chat_id) WHERE c.merged_into IS NOT NULL)
                """
            )
            #expect(orphans == 0)
            guard order == .higher else { return }
            let wanted = try await stage.value(
                [Int32].self,
                "SELECT array_agg(desired_score ORDER BY desired_score DESC) FROM deliveries"
            )
            #expect(wanted == model.lines.map { Int32($0.score) })
        }
    }

    @Test func `a merged chat's old runs are still answered`() async throws {
        try await Stage.with { stage in
            _ = try await stage.press(9, in: group)
            let run = try stage.highscores.startRun(launchToken: stage.launchToken(1, in: supergroup))
                .runToken
            let first = try await stage.submit(50, with: run)
            _ = try await stage.press(9, in: supergroup)
            try await migrate(stage)
            let again = try await stage.submit(50, with: run)
            #expect(again.isReplay)
            #expect(again.places == first.places)
            #expect(try await board(stage, group) == ["1:50"])
        }
    }

    @Test func `submissions during a merge land on the board that remains`() async throws {
        try await Stage.with {
            $0.instances = 2
        } _: { stage in
            _ = try await stage.press(9, in: group)
            _ = try await stage.press(9, in: supergroup)
            try await withThrowingTaskGroup { tasks in
                for player in Int64(1)...40 {
                    let chat = player.isMultiple(of: 2) ? group : supergroup
                    tasks.addTask {
                        _ = try await stage.submit(
                            Int32(player),
                            with: stage.launchToken(player, in: chat),
                            on: Int(player / 2 % 2)
                        )
                    }
                    if player == 20 { tasks.addTask { try await migrate(stage) } }
                }
                try await tasks.waitForAll()
            }
            let lines = try await stage.leaderboard(stage.launchToken(1, in: group), limit: 100).lines
            #expect(lines.map(\.playerID) == (1...40).reversed().map { "\($0)" })
            #expect(try await chats(stage) == 1)
        }
    }

    @Test func `a merge waits for the submissions that are being written`() async throws {
        try await Stage.with { stage in
            let (gate, game) = (Int64(42), stage.game)
            let merged = Recorder<Bool>()
            let (batch, merge) = try await stage.pool.withConnection { connection in
                let isLocked = try await connection.withSession { session throws(PostgresError) in
                    try session.tryAdvisoryLock(gate)
                }
                try #require(isLocked)
                func waiting() async throws -> Int? {
                    try await stage.value(
                        Int.self,
                        """
                        SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
                        WHERE NOT granted AND locktype = 'advisory' AND datname = current_database()
                        """
                    )
                }
                // Stands for a batch: it has the game's lock and is not done yet.
                let batch = Task {
                    try await stage.pool.transaction { session throws(PostgresError) in
                        try session.run(.gameLock(game))
                        try session.advisoryXactLock(gate)
                    }
                }
                try await until { try await waiting() == 1 }
                let merge = Task {
                    try await migrate(stage)
                    merged.record(true)
                }
                try await until { try await waiting() == 2 || !merged.all.isEmpty }
                #expect(merged.all.isEmpty)
                return (batch, merge)
            }
            try await batch.value
            try await merge.value
            #expect(merged.all == [true])
        }
    }

    @Test func `titles and the right to write are kept as last heard`() async throws {
        try await Stage.with { stage in
            let bot = Stage.bot
            try await stage.highscores.record(
                .writable(ChatSighting(id: group.id, title: "A\0\u{202E}B"), false),
                bot: bot
            )
            #expect(
                try await stage.value(
                    String.self,
                    "SELECT title || (closed_at IS NULL) FROM chats JOIN delivery_chats USING (chat_id)"
                ) == "ABfalse"
            )
            try await stage.highscores.record(
                .writable(ChatSighting(id: group.id, title: nil), true),
                bot: bot
            )
            #expect(
                try await stage.value(
                    String.self,
                    "SELECT title || (closed_at IS NULL) FROM chats JOIN delivery_chats USING (chat_id)"
                ) == "ABtrue"
            )
        }
    }

    @Test func `a repeated update that makes us send is known by its id`() async throws {
        try await Stage.with { stage in
            var answers: [Bool] = []
            let updates: [(Int64, BotID)] = [
                (5, Stage.bot), (5, Stage.bot), (5, BotID(rawValue: 8)), (6, Stage.bot),
            ]
            for (number, (update, bot)) in updates.enumerated() {
                let chat = TelegramChatID(rawValue: -100 - Int64(number))
                answers.append(try await stage.highscores.admitMessage(after: update, to: chat, bot: bot))
            }
            #expect(answers == [true, false, true, true])
        }
    }
}
