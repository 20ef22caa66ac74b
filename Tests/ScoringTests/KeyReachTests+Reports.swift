import Leaderboards
import Postgres
import ScoringSupport
import Storage
import TestSupport
import Testing

@testable import Scoring

/// Which messages a key is believed of.
extension KeyReachTests {
    /// What is to be written where for a game.
    private func targets(_ game: Game, _ stage: Stage) async throws -> [String] {
        try await stage.pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT i.chat_instance || ' ' || coalesce(d.target, 'none') FROM deliveries d
                JOIN chat_instances i USING (chat_id)
                WHERE d.game_id = \(game.id) ORDER BY 1
                """
            ).decode(String.self)
        }
    }

    private func report(_ game: Game, _ chat: StageChat, _ target: Target, at time: Instant) -> PressReport {
        PressReport(
            game: game.id,
            bot: game.bot,
            player: PlayerID(rawValue: 11),
            profile: nil,
            chatInstance: ChatInstance(chat.instance),
            target: target.stored,
            reportedAt: time
        )
    }

    @Test func `the key of one game keeps no message from another`() async throws {
        try await Stage.with { stage in
            let (snake, pong) = (try await addSnake(stage), try await addSnake(stage, "pong"))
            // A key that guesses what comes.
            let guesses = (1...40).map { report(snake, group, group.message($0), at: stage.clock.now) }
            for answer in await stage.highscores.reports.submit(all: guesses, for: snake.id) {
                try answer.get()
            }
            let launch = try await open(stage, pong, 12, group.instance, group.message(7))
            _ = try await stage.submit(9, with: try stage.highscores.startRun(launchToken: launch).runToken)
            #expect(try await targets(pong, stage) == ["\(group.instance) message:\(group.id):7"])
            // Nor in another chat, whose messages it claims to be in its own.
            _ = try await open(stage, snake, 11, "55", .inline("THEIRS"))
            let inline = try await open(stage, pong, 12, other.instance, .inline("THEIRS"))
            _ = try await stage.submit(9, with: try stage.highscores.startRun(launchToken: inline).runToken)
            #expect(try await targets(pong, stage).contains("\(other.instance) inline:THEIRS"))
        }
    }

    @Test func `of what a game's own key says the last word counts`() async throws {
        try await Stage.with { stage in
            let snake = try await addSnake(stage)
            let wrong = try await open(stage, snake, 11, group.instance, .inline("MINE"))
            _ = try await stage.submit(5, with: try stage.highscores.startRun(launchToken: wrong).runToken)
            stage.clock.advance(by: .seconds(1))
            let right = try await open(stage, snake, 11, other.instance, .inline("MINE"))
            _ = try await stage.submit(6, with: try stage.highscores.startRun(launchToken: right).runToken)
            // A run from before does not take it back.
            _ = try await stage.submit(7, with: try stage.highscores.startRun(launchToken: wrong).runToken)
            #expect(
                try await targets(snake, stage).sorted()
                    == ["\(group.instance) none", "\(other.instance) inline:MINE"].sorted()
            )
        }
    }

    @Test func `a key is believed of so many messages in a chat, the latest`() async throws {
        try await Stage.with { stage in
            let snake = try await addSnake(stage)
            let first = try await open(stage, snake, 11, group.instance, group.message(1))
            _ = try await stage.submit(5, with: try stage.highscores.startRun(launchToken: first).runToken)
            let start = stage.clock.now
            let more = (1...150).map { number in
                report(snake, group, group.message(Int64(number) + 1), at: start + .seconds(number))
            }
            let bot = Stage.bot
            _ = try await stage.pool.transaction { session throws(PostgresError) in
                try session.reportsRecord(more, game: snake.id, bot: bot)
            }
            let kept = try await stage.value(
                String.self,
                """
                SELECT count(*) || ' ' || bool_or(target = \("message:\(group.id):151"))
                       || ' ' || bool_or(target = \("message:\(group.id):51")) FROM targets
                """
            )
            #expect(kept == "100 true false")
            #expect(try await targets(snake, stage) == ["\(group.instance) message:\(group.id):151"])
        }
    }

    @Test func `what a key says in vain takes no lock and writes nothing`() async throws {
        try await Stage.with { stage in
            let snake = try await addSnake(stage)
            _ = try await stage.play(11, in: group, score: 10)
            _ = try await stage.play(12, in: other, score: 20)
            try await stage.sql(
                """
                INSERT INTO chat_conflicts (game_id, chat_instance, telegram_chat_id, reported_at)
                SELECT \(snake.id), n, n, now() FROM generate_series(1, 1000) AS n
                """
            )
            let now = stage.clock.now
            let reports = [
                report(snake, group, group.message(), at: now),
                report(snake, group, other.message(50), at: now),
                report(snake, group, group.message(99), at: now),
            ]
            let bot = Stage.bot
            let (findings, locks) = try await stage.pool.transaction { session throws(PostgresError) in
                let findings = try session.run(.reportsFind(reports, game: snake.id, bot: bot))
                guard let chat = try session.run(.chatFind(at: group.id, bot: bot)),
                    let target = reports[0].target
                else {
                    throw PostgresError(.decoding, "no chat")
                }
                let sighting = TargetSighting(game: snake.id, chat: chat, target: target, pressedAt: now)
                let current = try session.reportsAccept([sighting], game: snake.id, bot: bot)
                let locks = try session.first(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
                )?.decode(Int.self)
                return (findings, current.count + (locks ?? 1))
            }
            // Another game's message, a pair beyond the number that is kept, and a message that nobody knows.
            #expect(findings.map(\.isConflict) == [false, true, false])
            #expect(findings.map(\.isNews) == [false, false, true])
            #expect(locks == 0)
        }
    }
}
