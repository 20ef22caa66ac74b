import Curl
import Foundation
import JSON
import TestSupport
import Testing

/// Whoever holds a key or a token may send what they like: it is taken or refused, and breaks nothing.
@Suite(.scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct CredentialFuzzTests {
    /// Values that are nowhere right, as JSON; `§` in a template is one of these or what stands behind it.
    private static let odd = [
        "null", "true", "-0", "1e3", "1e400", "0.1", "9223372036854775808", "-9223372036854775809", "[]",
        "{}", "[[[[]]]]",
        #""""#, #""\u0000""#, #""a\u0000b""#, #""\ud800""#, #""\udfff\ud800""#, #""\u202e\u200b""#,
        #""\r\n""#, #""-1""#,
        #""0""#, #""00""#, #""9223372036854775807""#, #""9223372036854775808""#, #""-9223372036854775808""#,
        #""4503599627370496""#, #""-1001234567890""#, #""'; DROP TABLE games; --""#, #""%s%n%00""#, #""{}""#,
        #""9999-12-31T23:59:59.999Z""#, #""0000-01-01T00:00:00Z""#, #""2026-01-01T00:00:00+99:99""#,
        #""1970-01-01T00:00:00Z""#,
        "\"\(String(repeating: "x", count: 3000))\"", "\"\(String(repeating: "👩‍👩‍👧‍👦", count: 60))\"",
    ]

    /// A request with holes.
    private struct Template {
        let method: CurlRequest.Method
        let path: String
        let token: String
        var body: String?
    }

    private static func templates(_ arena: Arena, _ service: Service) async throws -> [Template] {
        let launch = try await arena.launch(Arena.ada, try arena.post(Arena.tetris, in: Arena.friday))
        let started = try await service.send(.post, "/v1/runs", token: launch).json
        let run = try #require(started["run"]?.string)
        let board = try #require(started["board_token"]?.string)
        let created = try await arena.run(
            ["key", "create", "arena_bot/tetris", "--label", "fuzz", "--fields", "key"],
            with: ["DATABASE_URL": ScratchDatabase.current.url]
        )
        let key = created.output.trimmingCharacters(in: .newlines)
        let game = "/v1/games/arena_bot/tetris"
        let player = #"{"id":§"5000000077",§"x":1,"name":§"Pia","username":§"pia"}"#
        let score =
            #"{"id":§"a","player":\#(player),"score":§5,"chat_instance":§"77","started_at":§null,"metadata":§{"a":1}}"#
        let query =
            "scope=§global&window=§week&at=§2026-01-01T00:00:00Z&limit=§10&around=§me&cursor=§x&board=§main"
        return [
            Template(method: .post, path: "/v1/runs", token: launch, body: #"{"board":§"main","x":§1}"#),
            Template(
                method: .post,
                path: "/v1/scores?boards=§chat/week",
                token: run,
                body: #"{"score":§5,"metadata":§{}}"#
            ),
            Template(
                method: .post,
                path: "/v1/scores",
                token: launch,
                body: #"{"score":§5,"metadata":§{"a":§1}}"#
            ),
            Template(method: .get, path: "/v1/leaderboard?\(query)", token: run),
            Template(method: .get, path: "/v1/leaderboard?scope=§chat&window=§all&limit=§3", token: launch),
            // HEAD tells whether a stream would begin.
            Template(
                method: .head,
                path: "/v1/leaderboard/events?scope=§chat&window=§all&limit=§3",
                token: run
            ),
            Template(
                method: .head,
                path: "/v1/leaderboard/events?access_token=\(board)&window=§day",
                token: ""
            ),
            Template(method: .get, path: "\(game)/leaderboard?chat=§77&\(query)", token: key),
            Template(
                method: .post,
                path: "\(game)/launches",
                token: key,
                body: #"{"player":\#(player),"chat_instance":§"77","target":§{"inline_message_id":§"abc"}}"#
            ),
            Template(
                method: .post,
                path: "\(game)/launches",
                token: key,
                body:
                    #"{"player":\#(player),"chat_instance":§"-5","target":{"chat_id":§"-100123","message_id":§7}}"#
            ),
            Template(method: .post, path: "\(game)/scores", token: key, body: score),
            Template(
                method: .post,
                path: "\(game)/scores",
                token: key,
                body: #"{"scores":[\#(score),§\#(score),\#(score)]}"#
            ),
        ]
    }

    @Test func `odd values in what keys and tokens may send never blame the service`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let templates = try await Self.templates(arena, service)
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = SeededGenerator(seed: seed)
            for number in 0..<1_200 {
                let template = templates[number % templates.count]
                let path = Self.filled(template.path, inQuery: true, &random)
                let body = template.body.map { Array(Self.filled($0, inQuery: false, &random).utf8) }
                let keys = ["", "k", "k\(number)", "k k", ",", String(repeating: "k", count: 200)]
                let answer = try await service.send(
                    template.method,
                    path,
                    token: template.token.isEmpty ? nil : template.token,
                    headers: [
                        (name: "Idempotency-Key", value: keys[Int.random(in: 0..<keys.count, using: &random)])
                    ],
                    body: body
                )
                let sent = String(decoding: body ?? [], as: UTF8.self).prefix(2000)
                #expect(
                    answer.status < 500,
                    "\(seed): \(template.method) \(path.prefix(1000)) \(sent): \(answer)"
                )
                #expect(answer.status != 401, "\(template.method) \(template.path): \(answer)")
            }
            // What was sent keeps nothing back of what others do.
            try await arena.play(Arena.zoe, try arena.post(Arena.snake, in: Arena.friday), at: service, 7)
            #expect(try await service.readiness().status == 200)
            try await service.stop()
        }
    }

    /// Fills the holes of a template: one in five with something odd, the others with what stands there.
    private static func filled(_ template: String, inQuery: Bool, _ random: inout some RandomNumberGenerator)
        -> String
    {
        var text = ""
        for (index, part) in template.split(separator: "§", omittingEmptySubsequences: false).enumerated() {
            guard index > 0, Int.random(in: 0..<5, using: &random) == 0 else {
                text += part
                continue
            }
            let odd = odd[Int.random(in: 0..<odd.count, using: &random)]
            guard inQuery else {
                // The odd value takes the place of the one that follows, up to its end.
                text += odd + part.drop { !",}]".contains($0) }
                continue
            }
            text += odd.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            text += part.drop { $0 != "&" }
        }
        return text
    }
}
