import Leaderboards
import Outbox
import Postgres
import Operations
@testable import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// What a key of one game says of chats, messages and names changes nothing that a press or another game knows.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct KeyReachTests {
    private let lead = Lead()
    let group = StageChat(1)
    let other = StageChat(4)

    /// The game of the key, beside the stage's own, which has nothing to do with it.
    func addSnake(_ stage: Stage, _ name: String = "snake") async throws -> Game {
        let draft = GameDraft(bot: Stage.bot, shortName: name, title: "Snake", url: Stage.gameURL)
        _ = try await stage.pool.transaction { session throws(PostgresError) in
            try session.run(.gameInsert(draft))
        }
        try await until { stage.highscores.game(bot: "arcade_bot", shortName: name) != nil }
        return try #require(stage.highscores.game(bot: "arcade_bot", shortName: name))
    }

    func open(
        _ stage: Stage,
        _ game: Game,
        _ player: Int64,
        _ chat: String?,
        _ target: Target,
        name: String? = nil
    ) async throws -> String {
        let profile = name.map {
            PlayerProfile(id: PlayerID(rawValue: player), firstName: $0, lastName: nil, username: "impostor")
        }
        let press = ServerPress(
            player: PlayerID(rawValue: player),
            profile: profile,
            chatInstance: chat.flatMap { ChatInstance($0) },
            target: target
        )
        return try await stage.highscores.open(press, of: game).launch
    }

    /// Every row of a game, wherever it stands.
    private func rows(of game: GameID, _ stage: Stage) async throws -> [String] {
        try await stage.pool.withSession { session throws(PostgresError) in
            let tables = try session.query(
                """
                SELECT t.relname::text FROM pg_class t
                JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'game_id' AND NOT a.attisdropped
                WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p') AND NOT t.relispartition
                ORDER BY 1
                """
            ).decode(String.self)
            var rows: [String] = []
            for table in tables {
                rows += try session.query(
                    """
                    SELECT \(table) || ' ' || t::text FROM \(unescaped: table) t WHERE t.game_id = \(game) ORDER BY 1
                    """
                ).decode(String.self)
            }
            return rows
        }
    }

    /// What belongs to the bot: people, chats and their names.
    private func shared(_ stage: Stage) async throws -> [String] {
        try await stage.pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT 'player ' || p::text FROM players p UNION ALL SELECT 'chat ' || c::text FROM chats c
                UNION ALL SELECT 'instance ' || i::text FROM chat_instances i
                UNION ALL SELECT 'address ' || a::text FROM chat_addresses a
                UNION ALL SELECT 'ban ' || b::text FROM bans b ORDER BY 1
                """
            ).decode(String.self)
        }
    }

    @Test func `odd calls with a key of one game leave every row of another as it was`() async throws {
        try await Stage.with { stage in
            let snake = try await addSnake(stage)
            for player in 11...13 {
                _ = try await stage.play(Int64(player), in: group, score: Int32(player))
            }
            _ = try await stage.play(11, in: StageChat(2), target: .inline("THEIRS"), score: 20)
            _ = try await stage.play(12, in: other, score: 30)
            let private11 = StageChat(instance: "1111", id: 11)
            _ = try await stage.play(11, in: private11, score: 40)
            let lonely = TelegramChatID(rawValue: -1_001_000_777_777)
            try await stage.highscores.record(
                .writable(ChatSighting(id: lonely, title: "Quiet"), true),
                bot: Stage.bot
            )
            // The key's own game was pressed, too.
            _ = try await stage.press(11, in: group, target: group.message(90), game: "snake")
            // A player of whom only the other game's submission told.
            _ = try await stage.submit(5, with: stage.launchToken(14, in: group), key: "x")
            let before = (try await rows(of: stage.game, stage), try await shared(stage))
            #expect(before.0.count > 50)

            let instances: [String?] = [
                group.instance, StageChat(2).instance, other.instance, private11.instance, "999", nil,
            ]
            let targets: [Target] = [
                .none, group.message(), group.message(91), other.message(), .inline("THEIRS"), .inline("NEW"),
                .message(chat: lonely, id: 7), .message(chat: TelegramChatID(rawValue: -555), id: 7),
                private11.message(), group.message(90),
            ]
            var calls = 0
            for (round, instance) in instances.enumerated() {
                for (index, target) in targets.enumerated() {
                    for player in [Int64(11), 900] {
                        calls += 1
                        guard
                            let launch = try? await open(
                                stage,
                                snake,
                                player,
                                instance,
                                target,
                                name: "Impostor"
                            )
                        else { continue }
                        calls += 1
                        let score = Int32(2_000_000_000 + round * 100 + index)
                        let run = try stage.highscores.startRun(launchToken: launch)
                        _ = try await stage.submit(score, with: run.runToken)
                    }
                }
            }
            for (index, instance) in instances.enumerated() {
                for player in [Int64(11), 12, 14, 901] {
                    calls += 1
                    let score = ServerScore(
                        id: "odd-\(index)-\(player)",
                        player: PlayerID(rawValue: player),
                        playerName: player == 14 ? nil : "Impostor",
                        chatInstance: instance.flatMap { ChatInstance($0) },
                        score: try #require(Score(2_100_000_000)),
                        startedAt: player == 12 ? stage.clock.now + .seconds(3600) : nil
                    )
                    _ = try await stage.highscores.submit([score], of: snake)
                }
            }
            #expect(calls > 200)

            #expect(try await rows(of: stage.game, stage) == before.0)
            let after = Set(try await shared(stage))
            #expect(before.1.filter { !after.contains($0) } == [])
            // Chats were neither joined nor given names by which others know them.
            let news = after.subtracting(before.1)
            #expect(news.filter { $0.hasPrefix("address") || $0.hasPrefix("ban") } == [])
            #expect(news.filter { $0.hasPrefix("instance") }.count == 1)
            // No message of the other game is to be written, nor one that stands in another chat than was said.
            let written = try await stage.pool.withSession { session throws(PostgresError) in
                try session.query(
                    """
                    SELECT DISTINCT i.chat_instance || ' ' || d.target FROM deliveries d
                    JOIN chat_instances i USING (chat_id)
                    WHERE d.game_id = \(snake.id) AND d.target IS NOT NULL ORDER BY 1
                    """
                ).decode(String.self)
            }
            #expect(!written.contains { $0.contains("THEIRS") || $0.hasSuffix(":10") })
            #expect(written.contains { $0.contains(":91") || $0.contains(":90") })
        }
    }

    @Test func `a pairing of two chats that presses know is refused, and an operator decides`() async throws {
        try await Stage.with { stage in
            let snake = try await addSnake(stage)
            _ = try await stage.play(11, in: group, score: 10)
            _ = try await stage.play(12, in: other, score: 20)
            await #expect(throws: Refusal.chatConflict) {
                try await open(stage, snake, 11, group.instance, other.message(50))
            }
            await #expect(throws: Refusal.chatConflict) {
                try await open(stage, snake, 12, group.instance, other.message(51))
            }
            let administration = stage.administration
            let conflicts = try await administration.chatConflicts()
            #expect(conflicts.map(\.instance?.description) == [group.instance])
            #expect(conflicts.map(\.address) == [other.id] && conflicts.map(\.game) == ["arcade_bot/snake"])
            let chats = (
                try await administration.chat(named: try #require(ChatInstance(group.instance))),
                try await administration.chat(named: ChatInstance(rawValue: other.id.rawValue))
            )
            _ = try await administration.merge(chats)
            #expect(try await administration.chatConflicts().isEmpty)
            _ = try await open(stage, snake, 11, group.instance, other.message(50))
        }
    }

    @Test func `what a press shows later takes a reported message away`() async throws {
        try await Stage.with { stage in
            let snake = try await addSnake(stage)
            let tetris = try await stage.currentGame()
            _ = try await stage.play(11, in: group, score: 10)
            let launch = try await open(stage, snake, 12, group.instance, group.message(77))
            _ = try await stage.submit(99, with: try stage.highscores.startRun(launchToken: launch).runToken)
            let targets = { @Sendable (game: GameID) in
                try await stage.pool.withSession { session throws(PostgresError) in
                    try session.query(
                        """
                        SELECT coalesce(d.target, 'none') || ' ' || d.state FROM deliveries d
                        WHERE d.game_id = \(game) ORDER BY d.player_id
                        """
                    ).decode(String.self)
                }
            }
            #expect(try await targets(snake.id) == ["message:\(group.id):77 pending"])
            // It was the other game's all along.
            _ = try await stage.press(13, in: group, target: group.message(77))
            #expect(try await targets(snake.id) == ["none no_target"])
            #expect(try await targets(tetris.id) == ["message:\(group.id):10 pending"])
            // Neither the launch from before nor the key's word brings it back.
            _ = try await stage.submit(100, with: try stage.highscores.startRun(launchToken: launch).runToken)
            _ = try await open(stage, snake, 12, group.instance, group.message(77))
            #expect(try await targets(snake.id) == ["none no_target"])
            _ = try await stage.press(12, in: group, target: group.message(78), game: "snake")
            #expect(try await targets(snake.id) == ["message:\(group.id):78 pending"])
        }
    }

    @Test func `a studio that has nothing but a key gets its scores to Telegram`() async throws {
        try await Stage.with { stage in
            let snake = try await addSnake(stage)
            for (target, score) in [(group.message(5), Int32(10)), (.inline("MINE"), 20)] {
                let launch = try await open(stage, snake, 11, group.instance, target, name: "Ann")
                _ = try await stage.submit(
                    score,
                    with: try stage.highscores.startRun(launchToken: launch).runToken
                )
            }
            let claimed = try await lead.claim(stage).claims
            #expect(claimed.map(\.target.target) == [.inline("MINE")] && claimed.map(\.call.value) == [20])
            let name = try await stage.value(
                String.self,
                "SELECT first_name FROM players WHERE player_id = 11"
            )
            #expect(name == "Ann")
        }
    }

    @Test func `a name fills a blank, of scores that are taken`() async throws {
        try await Stage.with { stage in
            let snake = try await addSnake(stage)
            _ = try await stage.press(11, in: group)
            func submit(_ id: String, _ player: Int64, _ name: String, startedIn seconds: Int? = nil)
                async throws
            {
                let score = ServerScore(
                    id: id,
                    player: PlayerID(rawValue: player),
                    playerName: name,
                    score: try #require(Score(1)),
                    startedAt: seconds.map { stage.clock.now + .seconds($0) }
                )
                _ = try await stage.highscores.submit([score], of: snake)
            }
            try await submit("1", 11, "Impostor")
            try await submit("2", 21, "Early", startedIn: 3600)
            try await submit("3", 22, "First")
            try await submit("4", 22, "Second")
            let names = try await stage.value(
                String.self,
                """
                SELECT string_agg(concat_ws(' ', player_id, first_name, last_name), ', ' ORDER BY player_id) FROM players
                """
            )
            #expect(names == "11 Player 11, 22 First")
            // What Telegram says takes its place.
            _ = try await stage.press(22, in: group)
            let name = try await stage.value(
                String.self,
                "SELECT last_name FROM players WHERE player_id = 22"
            )
            #expect(name == "22")
        }
    }
}
