import Crypto
import Curl
import Foundation
import JSON
import Simulator
import TestSupport
import Testing

/// A studio's own server, and a Mini App, at the doors of the running service.
@Suite(.scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct ServerKeyTests {
    private static let route = "/v1/games/arena_bot/tetris"
    private static var database: [String: String] { ["DATABASE_URL": ScratchDatabase.current.url] }

    /// Makes a key and waits until the service has heard of it.
    private func key(_ arena: Arena, _ service: Service) async throws -> String {
        let made = try await arena.run(
            "key",
            "create",
            "arena_bot/tetris",
            "--label",
            "match server",
            "--fields",
            "key",
            with: Self.database
        )
        #expect(made.code == 0 && made.errors == "highscores: keep the key now, it cannot be shown again\n")
        let key = made.output.trimmingCharacters(in: .newlines)
        try await Program.wait(for: "the key to be accepted") { () -> Void? in
            try await service.send(.get, "\(Self.route)/leaderboard", token: key).status == 200 ? () : nil
        }
        return key
    }

    private func chatInstance(_ arena: Arena, _ service: Service, _ launch: String) async throws -> String {
        let run = try await service.send(.post, "/v1/runs", token: launch)
        return try #require(run.json["chat_instance"]?.string)
    }

    @Test func `a studio's server plays, submits and reads with its key until it is revoked`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let key = try await key(arena, service)
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            try await arena.play(Arena.zoe, message, at: service, 50)
            let chat = try await chatInstance(arena, service, try await arena.launch(Arena.zoe, message))

            // A press that the studio's own bot was told of.
            let opened = try await service.send(
                .post,
                "\(Self.route)/launches",
                token: key,
                body: Array(
                    """
                    {"player":{"id":"\(Arena.ada)","name":"Ada"},"chat_instance":"\(chat)",\
                    "target":{"chat_id":"\(message.chat.text)","message_id":\(message.message)}}
                    """.utf8
                )
            )
            #expect(opened.status == 201, "\(opened)")
            let launch = try #require(opened.json["launch"]?.string)
            #expect(opened.json["url"]?.string == "https://play.example/tetris/#hs=\(launch)")
            #expect(
                try await service.submit(70, service.startRun(launch)).json["outcome"]?.string == "new_best"
            )

            // A list with one score that is none, and the same list again.
            let list = """
                {"scores":[{"id":"m1","player":{"id":"\(Arena.omar)","name":"Omar"},"chat_instance":"\(chat)",\
                "score":90},{"id":"m2","player":{"id":"\(Arena.zoe)"},"chat_instance":"\(chat)","score":-1}]}
                """
            for _ in 0..<2 {
                let answer = try await service.send(
                    .post,
                    "\(Self.route)/scores",
                    token: key,
                    body: Array(list.utf8)
                )
                #expect(answer.status == 200, "\(answer)")
                let results = answer.json["results"]?.elements.map { result in
                    "\(result["id"]?.string ?? "-") \(result["status"]?.int64 ?? 0) "
                        + (result["outcome"]?.string ?? result["code"]?.string ?? "-")
                }
                #expect(results == ["m1 200 new_best", "m2 422 score_invalid"])
            }
            await arena.expectTable([Arena.omar: 90, Arena.ada: 70, Arena.zoe: 50])

            let board = try await service.send(.get, "\(Self.route)/leaderboard?chat=\(chat)", token: key)
            #expect(board.json["scope"]?.string == "chat")
            let names = board.json["entries"]?.elements.map { $0["player"]?["name"]?.string ?? "-" }
            #expect(names == ["Omar", "Ada", "Zoë"])
            let global = try await service.send(.get, "\(Self.route)/leaderboard", token: key)
            #expect(global.json["scope"]?.string == "global" && global.json["total"]?.int64 == 3)
            // The game is not public, and the key is that of one game.
            #expect(try await service.send(.get, "\(Self.route)/leaderboard").code == "token_missing")
            let other = try await service.send(.get, "/v1/games/arena_bot/snake/leaderboard", token: key)
            #expect(other.code == "token_invalid")

            let listed = try await arena.run("key", "list", "--json", with: Self.database)
            let entry = try JSON.parse(Array(listed.output.utf8))["items"]?.firstElement
            #expect(entry?["last_used_at"]?.string != nil && entry?["hint"]?.string == String(key.prefix(8)))
            let id = try #require(entry?["id"]?.string)
            let revoked = try await arena.run("key", "revoke", id, "--yes", with: Self.database)
            #expect(revoked.code == 0)
            try await Program.wait(for: "the key to be refused") { () -> Void? in
                let answer = try await service.send(.get, "\(Self.route)/leaderboard", token: key)
                return answer.code == "token_invalid" ? () : nil
            }
            try await service.stop()
        }
    }

    @Test func `a Mini App opens with what Telegram gave it`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            try await arena.play(Arena.zoe, message, at: service, 50)
            let chat = try await chatInstance(arena, service, try await arena.launch(Arena.zoe, message))
            let data = MiniAppSample.data(for: Arena.ada, named: "Ada", chat: chat)
            let answer = try await open(service, data)
            #expect(answer.status == 201, "\(answer)")
            let launch = try #require(answer.json["launch"]?.string)
            #expect(try await service.submit(70, service.startRun(launch)).status == 200)
            #expect(try await service.board(launch) == ["\(Arena.ada)": 70, "\(Arena.zoe)": 50])
            // The launch has no message, but the chat has.
            await arena.expectTable([Arena.ada: 70, Arena.zoe: 50])
            let forged = data.replacingOccurrences(of: "\(Arena.ada)", with: "\(Arena.omar)")
            #expect(try await open(service, forged).code == "token_invalid")
            let old = MiniAppSample.data(for: Arena.ada, named: "Ada", chat: chat, age: 3700)
            #expect(try await open(service, old).code == "token_expired")

            // A person alone with the bot shares no chat, and a name of which nothing can be seen is none.
            let unseen = "\u{3164}\u{200B}"
            let alone = MiniAppSample.data(for: Arena.omar, named: unseen, chat: chat, type: "sender")
            let lonely = try #require(try await open(service, alone).json["launch"]?.string)
            let run = try await service.send(.post, "/v1/runs", token: lonely)
            #expect(run.json["chat_instance"]?.string == nil && run.json["player"]?["name"]?.string == nil)
            #expect(try await service.submit(90, try #require(run.json["run"]?.string)).status == 200)
            #expect(try await service.board(launch) == ["\(Arena.ada)": 70, "\(Arena.zoe)": 50])
            let top = try await service.send(.get, "/v1/leaderboard?scope=global", token: launch)
            #expect(top.json["entries"]?.firstElement?["player"]?["name"]?.string == nil)
            for command in ["board show tetris --json", "player list --json", "export players"] {
                let shown = try await arena.command(command)
                #expect(shown.code == 0 && shown.output.contains("\(Arena.omar)"), "\(shown)")
                #expect(!shown.output.contains("\u{3164}") && !shown.output.contains("\u{200B}"))
            }
            try await service.stop()
        }
    }

    private func open(_ service: Service, _ data: String) async throws -> Service.Answer {
        var writer = JSONWriter()
        writer.object {
            $0.member("init_data", data)
            $0.member("game", "tetris")
        }
        return try await service.send(.post, "/v1/launches", body: writer.bytes)
    }
}

/// What Telegram gives Mini Apps of the arena's bot.
enum MiniAppSample {
    /// Signed data of somebody who has just opened the app.
    static func data(for user: Int64, named name: String, chat: String?, type: String? = nil, age: Int = 0)
        -> String
    {
        var fields = [
            "auth_date": "\(Int(Date().timeIntervalSince1970) - age)", "signature": "AAAA",
            "user": #"{"id":\#(user),"first_name":"\#(name)"}"#,
        ]
        fields["chat_instance"] = chat
        fields["chat_type"] = type
        let text = fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
        let secret = HMAC<SHA256>.authenticationCode(
            for: Array(Arena.token.utf8),
            using: SymmetricKey(data: Array("WebAppData".utf8))
        )
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(text.utf8),
            using: SymmetricKey(data: Array(secret))
        )
        fields["hash"] = code.map { String(format: "%02x", $0) }.joined()
        return fields.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
        }.joined(separator: "&")
    }
}
