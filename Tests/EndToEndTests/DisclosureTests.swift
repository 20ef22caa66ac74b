import Curl
import Encodings
import Foundation
import JSON
import Leaderboards
import Simulator
import TestSupport
import Testing

/// Nothing that pages are handed tells who plays where.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct DisclosureTests {
    /// Large enough to be known again.
    private static let message: Int64 = 1_234_567_890

    @Test func `no id of a player, a chat or a message can be read from what a page is given`() async throws {
        try await Arena.with { arena in
            let changed = try await arena.command("game set tetris --public --yes")
            #expect(changed.code == 0, "\(changed.errors)")
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let players = [Arena.ada, Arena.zoe, Arena.omar]
            for (score, player) in players.enumerated() {
                try await arena.play(player, message, at: service, 100 + score)
            }
            let launch = try await arena.launch(Arena.ada, message)
            let run = try await service.send(.post, "/v1/runs", token: launch)
            let opened = try await openByKey(arena, service, run.json["chat_instance"]?.string ?? "")
            var texts: Set<String> = [launch]
            for name in ["run", "board_token"] { texts.insert(try #require(run.json[name]?.string)) }
            texts.insert(try #require(opened["launch"]?.string))
            texts.formUnion(try await walk("/v1/leaderboard?scope=global", launch, service))
            texts.formUnion(try await walk("/v1/leaderboard?scope=chat", launch, service))
            texts.formUnion(
                try await walk("/v1/games/arena_bot/tetris/leaderboard?scope=global", nil, service)
            )
            for scope in ["chat", "global"] {
                texts.formUnion(try await watched(scope, launch, service))
            }
            try await service.stop()

            #expect(texts.count >= 15)
            let chat = try #require(run.json["chat_instance"]?.string.flatMap { Int64($0) })
            let known = Set(players + [Arena.bot, Self.message, -1_001_000_000_001, chat])
            for text in texts {
                var readings = [Array(text.utf8)]
                // Whatever is cut off its end, some part of it is base64.
                for length in max(0, text.count - 3)...text.count {
                    if let bytes = Base64URL.decode(text.prefix(length)) { readings.append(bytes) }
                }
                for bytes in readings {
                    let read = Disclosure.numbers(in: bytes).intersection(known)
                    #expect(read.isEmpty, "\(read) can be read from \(text)")
                }
            }
        }
    }

    /// Opens a launch with a large message id, as a studio's own bot does.
    private func openByKey(_ arena: Arena, _ service: Service, _ chat: String) async throws -> JSONValue {
        let made = try await arena.command("key create tetris --label test --fields key")
        let key = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let body =
            #"{"player":{"id":"\#(Arena.ada)"},"chat_instance":"\#(chat)","#
            + #""target":{"chat_id":"-1001000000001","message_id":\#(Self.message)}}"#
        return try await Program.wait(for: "the key to be known") {
            let answer = try await service.send(
                .post,
                "/v1/games/arena_bot/tetris/launches",
                token: key,
                body: Array(body.utf8)
            )
            return answer.status == 201 ? answer.json : nil
        }
    }

    /// Goes through a leaderboard one entry at a time, to its end and back, and collects all cursors and pseudonyms.
    private func walk(_ path: String, _ token: String?, _ service: Service) async throws -> Set<String> {
        var texts: Set<String> = []
        var cursor = ""
        for direction in ["next", "previous"] {
            var pages = 0
            while true {
                let query = cursor.isEmpty ? "" : "&cursor=\(cursor)"
                let answer = try await service.send(.get, "\(path)&limit=1\(query)", token: token)
                #expect(answer.status == 200, "\(answer)")
                pages += 1
                texts.formUnion(["next", "previous"].compactMap { answer.json[$0]?.string })
                if !path.contains("scope=chat") {
                    let ids =
                        answer.json["entries"]?.elements.compactMap { $0["player"]?["id"]?.string } ?? []
                    texts.formUnion(ids)
                }
                guard let following = answer.json[direction]?.string, pages < 10 else {
                    cursor = answer.json["previous"]?.string ?? ""
                    break
                }
                cursor = following
            }
            #expect(pages == (direction == "next" ? 3 : 2))
        }
        return texts
    }

    /// The opaque texts of the first event of a stream.
    private func watched(_ scope: String, _ token: String, _ service: Service) async throws -> Set<String> {
        let path = "/v1/leaderboard/events?limit=1&scope=\(scope)"
        let reader = try EventReader(path, at: service.port, headers: ["Authorization: Bearer \(token)"])
        let event = try #require(await reader.next())
        reader.leave()
        return [try #require(event.id), try #require(event.board?["next"]?.string)]
    }
}
