import Curl
import Foundation
import JSON
import Postgres
import Simulator
import TestSupport
import Testing

/// From the press to the score on our board and in Telegram's table, with the built program.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct LoopTests {
    @Test(arguments: [true, false])
    func `a press becomes a score on the board, in Telegram's table and in the message`(isWebhook: Bool)
        async throws
    {
        try await Arena.with { arena in
            let service = try await arena.serve(isWebhook: isWebhook)
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let launch = try await arena.launch(Arena.ada, message)
            #expect(launch.utf8.count <= 200)
            let run = try await service.startRun(launch)
            let answer = try await service.submit(1234, run)
            #expect(answer.status == 200, "\(answer)")
            #expect(answer.json["outcome"]?.string == "new_best")
            #expect(answer.json["best"]?.int64 == 1234)
            #expect(answer.json["previous_best"]?.isNull == true)
            #expect(answer.json["boards"]?.firstElement?["rank"]?.int64 == 1)
            #expect(try await service.board(launch) == ["\(Arena.ada)": 1234])
            await arena.expectTable([Arena.ada: 1234])
            #expect(arena.telegram.text(of: message)?.contains("1234") == true)
            #expect(arena.telegram.text(of: message)?.contains("Ada") == true)
            // A worse score changes nothing and is not sent.
            let worse = try await arena.play(Arena.ada, message, at: service, 1000)
            #expect(worse["outcome"]?.string == "not_better")
            try await arena.play(Arena.zoe, message, at: service, 2000)
            await arena.expectTable([Arena.ada: 1234, Arena.zoe: 2000])
            #expect(arena.calls("setGameScore").map(\.status) == [200, 200])
            #expect(arena.calls("answerCallbackQuery").allSatisfy { $0.isWebhookReply == isWebhook })
            try await service.stop()
        }
    }

    @Test func `in Telegram's test environment games may be http, and all goes on as elsewhere`() async throws
    {
        try await Arena.with { arena in
            let url = "http://play.example.com/"
            let variables = ["DATABASE_URL": ScratchDatabase.current.url]
            let refused = try await arena.run(
                "game",
                "set",
                "arena_bot/tetris",
                "--url",
                url,
                with: variables
            )
            #expect(refused.code == 2 && refused.errors.contains("TELEGRAM_API_TEST=on"), "\(refused.errors)")
            let testing = ["TELEGRAM_API_TEST": "on"]
            let taken = try await arena.run(
                "game",
                "set",
                "arena_bot/tetris",
                "--url",
                url,
                with: variables.merging(testing) { first, _ in first }
            )
            #expect(taken.code == 0, "\(taken.errors)")
            let service = try await arena.serve([], testing)
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let opened = try #require(try await arena.telegram.press(user: Arena.ada, message).url)
            #expect(opened.hasPrefix("\(url)#hs="))
            let run = try await service.startRun(String(try #require(opened.split(separator: "#hs=").last)))
            #expect(try await service.submit(1234, run).status == 200)
            await arena.expectTable([Arena.ada: 1234])
            try await service.stop()
        }
    }

    @Test func `commands in chats are answered with games that can be played`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            try arena.telegram.say(user: Arena.ada, in: Arena.friday, "/play@arena_bot snake")
            let sent = await arena.telegram.waitForCalls { $0.first { $0.method.lowercased() == "sendgame" } }
            #expect(sent?.parameters["game_short_name"] == "snake")
            let message = MessageAddress(chat: Arena.friday, message: 2)
            try await arena.play(Arena.zoe, message, at: service, 7)
            await arena.expectTable([Arena.zoe: 7], of: Arena.snake)
            try await service.stop()
        }
    }

    @Test(arguments: [true, false])
    func `a shared, a forwarded and an original message of a chat have one board`(isWebhook: Bool)
        async throws
    {
        try await Arena.with { arena in
            let service = try await arena.serve(isWebhook: isWebhook)
            let original = try arena.post(Arena.tetris, in: Arena.friday)
            let forwarded = try arena.telegram.change { telegram, now throws(SimulationError) in
                try telegram.forward(user: Arena.zoe, original, to: Arena.friday, now: now)
            }
            let offers = try await arena.telegram.ask(
                user: Arena.omar,
                bot: Arena.bot,
                in: Arena.friday,
                text: "tet"
            )
            let offer = try #require(offers.results.first { $0.game == "tetris" })
            let shared = try arena.telegram.change { telegram, now throws(SimulationError) in
                try telegram.share(
                    user: Arena.omar,
                    in: Arena.friday,
                    bot: Arena.bot,
                    offer,
                    query: "tet",
                    now: now
                )
            }
            try await arena.play(Arena.ada, original, at: service, 100)
            try await arena.play(Arena.zoe, forwarded, at: service, 300)
            let last = try await arena.play(Arena.omar, shared, at: service, 200)
            #expect(last["boards"]?.firstElement?["rank"]?.int64 == 2)
            let token = try await arena.launch(Arena.ada, original)
            let expected = ["\(Arena.ada)": Int64(100), "\(Arena.zoe)": 300, "\(Arena.omar)": 200]
            #expect(try await service.board(token) == expected)
            await arena.expectTable([Arena.ada: 100, Arena.zoe: 300, Arena.omar: 200])
            let inline = arena.calls("setGameScore").filter { !$0.parameters["inline_message_id"].isEmpty }
            #expect(inline.count == 2)
            try await service.stop()
        }
    }

    @Test func `one person in two chats has two boards, and a private chat has its own`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let chats = [Arena.friday, Arena.lunch, Arena.privately]
            var tokens: [String] = []
            for (index, chat) in chats.enumerated() {
                let message = try arena.post(Arena.tetris, in: chat)
                let answer = try await arena.play(Arena.ada, message, at: service, 100 * (index + 1))
                #expect(answer["boards"]?.firstElement?["entries"]?.int64 == 1)
                tokens.append(try await arena.launch(Arena.ada, message))
            }
            for (index, chat) in chats.enumerated() {
                #expect(try await service.board(tokens[index]) == ["\(Arena.ada)": Int64(100 * (index + 1))])
                await arena.expectTable([Arena.ada: Int64(100 * (index + 1))], in: chat)
            }
            let everywhere = try await service.board(tokens[0], "&scope=global")
            #expect(Array(everywhere.values) == [300])
            #expect(everywhere.keys.first != "\(Arena.ada)")
            try await service.stop()
        }
    }

    @Test func `two games in one chat keep to their own messages and tables`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let tetris = try arena.post(Arena.tetris, in: Arena.friday)
            let snake = try arena.post(Arena.snake, in: Arena.friday)
            try await arena.play(Arena.ada, snake, at: service, 11)
            try await arena.play(Arena.ada, tetris, at: service, 2222)
            try await arena.play(Arena.zoe, snake, at: service, 33)
            await arena.expectTable([Arena.ada: 2222], of: Arena.tetris)
            await arena.expectTable([Arena.ada: 11, Arena.zoe: 33], of: Arena.snake)
            #expect(try await service.board(arena.launch(Arena.ada, snake)).values.sorted() == [11, 33])
            #expect(try await service.board(arena.launch(Arena.ada, tetris)).values.sorted() == [2222])
            let snakeText = try #require(arena.telegram.text(of: snake))
            #expect(snakeText.contains("33"))
            #expect(!snakeText.contains("2222"))
            try await service.stop()
        }
    }

    @Test func `a page that starts no runs submits with its launch and a key of its own`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let launch = try await arena.launch(Arena.ada, try arena.post(Arena.tetris, in: Arena.friday))
            func submit(_ score: Int, _ key: String?) async throws -> Service.Answer {
                try await service.send(
                    .post,
                    "/v1/scores",
                    token: launch,
                    headers: key.map { [(name: "Idempotency-Key", value: $0)] } ?? [],
                    body: Array(#"{"score":\#(score)}"#.utf8)
                )
            }
            let first = try await submit(10, "round1")
            let repeated = try await submit(10, "round1")
            #expect(repeated.body == first.body)
            #expect(first.headers["Idempotency-Replayed"] == nil)
            #expect(repeated.headers["Idempotency-Replayed"] == "true")
            #expect(try await submit(11, "round1").code == "run_already_scored")
            #expect(try await submit(12, "round2").json["outcome"]?.string == "new_best")
            #expect(try await submit(12, nil).json["outcome"]?.string == "not_better")
            #expect(try await submit(13, "with space").code == "unknown_parameter_value")
            #expect(try await Database.count("scores") == 3)
            await arena.expectTable([Arena.ada: 12])
            try await service.stop()
        }
    }

    @Test func `presses that cannot become a game are answered with a text`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            try arena.telegram.change { telegram, _ throws(SimulationError) in
                try telegram.addGame(SimulatedGame(shortName: "unheard", title: "Unheard"), to: Arena.bot)
            }
            let unknown = try arena.post(GameName(bot: Arena.bot, shortName: "unheard"), in: Arena.friday)
            let answer = try await arena.telegram.press(user: Arena.ada, unknown)
            #expect(answer.url == nil)
            #expect(answer.showsAlert)
            #expect(!answer.text.isEmpty)
            let known = try arena.post(Arena.tetris, in: Arena.friday)
            let data = try await arena.telegram.press(user: Arena.ada, known, data: "something")
            #expect(data.url == nil)
            try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
                _ = try session.execute("UPDATE games SET is_enabled = false WHERE short_name = 'tetris'")
            }
            // The running server hears of the change by itself.
            try await Program.wait(for: "the game to be closed") {
                let answer = try await arena.telegram.press(user: Arena.zoe, known)
                return answer.url == nil && answer.showsAlert ? () : nil
            }
            try await service.stop()
        }
    }
}
