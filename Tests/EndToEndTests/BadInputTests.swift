import Curl
import Foundation
import JSON
import Leaderboards
import Postgres
import Simulator
import Storage
import TestSupport
import Testing
import Tokens

/// Whatever comes over the wire gets the contract's answer, never a 500, and leaves nothing behind.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct BadInputTests {
    /// A request and what it is answered with.
    private struct Case: Sendable {
        let name: String
        var method = CurlRequest.Method.post
        var path = "/v1/scores"
        var token: String?
        var headers: [(name: String, value: String)] = []
        var body: [UInt8]?
        let status: Int
        var code: String?
    }

    @Test func `requests that are wrong are refused one by one`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let launch = try await arena.recordedLaunch(Arena.ada, message)
            let run = try await service.startRun(launch)
            let before = try await Database.counts()
            let games = try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
                try session.run(.gamesList())
            }
            let tetris = try #require(games.first { $0.shortName == "tetris" })
            let cases =
                Self.bodies(run) + Self.tokens(run: run, launch: launch, of: tetris) + Self.routes(launch)
            for wrong in cases {
                let answer = try await service.send(
                    wrong.method,
                    wrong.path,
                    token: wrong.token,
                    headers: wrong.headers,
                    body: wrong.body
                )
                #expect(answer.status == wrong.status, "\(wrong.name): \(answer)")
                #expect(answer.code == wrong.code, "\(wrong.name): \(answer)")
                #expect(answer.headers["Content-Type"] == "application/problem+json", "\(wrong.name)")
                #expect(answer.headers["Access-Control-Allow-Origin"] == "*", "\(wrong.name)")
            }
            #expect(try await Database.counts() == before)
            // None of them has used up the run.
            #expect(try await service.submit(1, run).status == 200)
            try await service.stop()
        }
    }

    private static func bodies(_ run: String) -> [Case] {
        let malformed = [
            "", "{", "[]", "null", "7", "{\"score\":1}{}", "{\"score\":1,}", "{'score':1}",
            "{\"score\":1,\"score\":2}",
            "{\"score\":01}", "{\"score\":+1}", "{\"score\":.5}", "{\"score\":1", "\u{FEFF}{\"score\":1}",
            "{\"score\":1,\"metadata\":[]}", "{\"score\":1,\"metadata\":\"x\"}", "{\"score\":NaN}",
            "{\"score\":1,\"deep\":\(String(repeating: "[", count: 40))\(String(repeating: "]", count: 40))}",
        ]
        let invalid = [
            "-1", "-0", "1.0", "1.5", "1e3", "1E0", "\"5\"", "true", "false", "null", "[]", "{}",
            "2147483648",
            "4294967296", "9223372036854775808", String(repeating: "9", count: 400),
        ]
        var cases = malformed.map { text in
            Case(
                name: "body \(text.prefix(40))",
                token: run,
                body: Array(text.utf8),
                status: 400,
                code: "malformed_json"
            )
        }
        cases += invalid.map { text in
            Case(
                name: "score \(text.prefix(40))",
                token: run,
                body: Array("{\"score\":\(text)}".utf8),
                status: 422,
                code: "score_invalid"
            )
        }
        let long = Array("{\"score\":1,\"pad\":\"\(String(repeating: "x", count: 16_384))\"}".utf8)
        let metadata = Array(
            "{\"score\":1,\"metadata\":{\"pad\":\"\(String(repeating: "x", count: 4096))\"}}".utf8
        )
        let plain = [(name: "Content-Type", value: "text/plain")]
        let good = Array(#"{"score":1}"#.utf8)
        cases += [
            Case(
                name: "absent score",
                token: run,
                body: Array("{}".utf8),
                status: 422,
                code: "score_invalid"
            ),
            Case(
                name: "no UTF-8",
                token: run,
                body: Array(#"{"score":1,"x":""#.utf8) + [0xFF, 0x22, 0x7D],
                status: 400,
                code: "malformed_json"
            ),
            Case(name: "long body", token: run, body: long, status: 413, code: "body_too_large"),
            Case(name: "long metadata", token: run, body: metadata, status: 413, code: "body_too_large"),
            Case(
                name: "text/plain",
                token: run,
                headers: plain,
                body: good,
                status: 415,
                code: "media_type_unsupported"
            ),
        ]
        return cases
    }

    private static func tokens(run: String, launch: String, of game: Game) -> [Case] {
        let good = Array(#"{"score":1}"#.utf8)
        let own = TokenKeys(secrets: [Arena.secret])
        let others = TokenKeys(secrets: [String(Arena.secret.reversed())])
        let yesterday = now + .seconds(-90_000)
        let old = made(at: yesterday, game)
        var cases = [
            Case(name: "no token", body: good, status: 401, code: "token_missing"),
            Case(
                name: "basic credentials",
                headers: [(name: "Authorization", value: "Basic dTpw")],
                body: good,
                status: 401,
                code: "token_missing"
            ),
            Case(name: "run for launch", path: "/v1/runs", token: run, status: 401, code: "token_invalid"),
            Case(
                name: "expired launch",
                path: "/v1/runs",
                token: own.token(for: old, of: game.tokenID),
                status: 401,
                code: "token_expired"
            ),
            Case(
                name: "expired run",
                token: own.token(
                    for: Run(id: runID(), launch: old, startedAt: yesterday, lifetime: .seconds(60)),
                    of: game.tokenID
                ),
                body: good,
                status: 401,
                code: "token_expired"
            ),
            Case(
                name: "another deployment",
                token: others.token(for: made(at: now, game), of: game.tokenID),
                body: good,
                status: 401,
                code: "token_invalid"
            ),
            Case(
                name: "another deployment with the same secret",
                token: own.token(for: made(at: now, game), of: GameTokenID(rawValue: ~game.tokenID.rawValue)),
                body: good,
                status: 401,
                code: "token_invalid"
            ),
        ]
        let forged = [
            "x", "a.b.c", String(run.dropLast()), String(run.dropFirst()), run + "A", String(run.reversed()),
            String(run.prefix(20)), String(repeating: "A", count: 5000), String(launch.dropLast(8)),
        ]
        cases += forged.map { token in
            Case(
                name: "token \(token.prefix(24))",
                token: token,
                body: good,
                status: 401,
                code: "token_invalid"
            )
        }
        return cases
    }

    private static func routes(_ launch: String) -> [Case] {
        let queries = [
            "scope=everywhere", "window=year", "limit=0", "limit=101", "limit=x", "at=yesterday", "cursor=!",
            "around=she",
        ]
        var cases = queries.map { query in
            Case(
                name: query,
                method: .get,
                path: "/v1/leaderboard?\(query)",
                token: launch,
                status: 400,
                code: "unknown_parameter_value"
            )
        }
        cases += [
            Case(name: "no route", method: .get, path: "/v1/nothing", status: 404, code: "not_found"),
            Case(name: "dots", method: .get, path: "/v1/%2e%2e/healthz", status: 404, code: "not_found"),
            Case(name: "method", method: .delete, status: 405, code: "method_not_allowed"),
            Case(
                name: "method of runs",
                method: .get,
                path: "/v1/runs",
                status: 405,
                code: "method_not_allowed"
            ),
            Case(
                name: "no secret",
                path: "/telegram/\(Arena.bot)",
                body: [0x7B],
                status: 401,
                code: "token_missing"
            ),
        ]
        return cases
    }

    private static var now: Instant { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    private static func made(at instant: Instant, _ game: Game) -> Launch {
        var random = SystemRandomNumberGenerator()
        return Launch(
            id: LaunchID(Identifier128(using: &random)),
            bot: BotID(rawValue: Arena.bot),
            game: game.id,
            player: PlayerID(rawValue: Arena.ada),
            chatInstance: ChatInstance("77"),
            target: .inline("abc"),
            launchedAt: instant,
            lifetime: .seconds(3600)
        )
    }

    private static func runID() -> RunID {
        var random = SystemRandomNumberGenerator()
        return RunID(Identifier128(using: &random))
    }

    @Test func `bodies that are cut off or too slow leave nothing behind`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let run = try await service.startRun(try await arena.recordedLaunch(Arena.ada, message))
            let before = try await Database.counts()
            let head = Array(
                ("POST /v1/scores HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(run)\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 30\r\n\r\n{\"score\":9}").utf8
            )
            async let slow = RawExchange.send(head, to: service.port, thenFinishes: false)
            let cut = try await RawExchange.send(head, to: service.port, thenFinishes: true)
            #expect(cut.isEmpty || cut.hasPrefix("HTTP/1.1 400"), "\(cut)")
            let late = try await slow
            #expect(late.hasPrefix("HTTP/1.1 408"), "\(late)")
            #expect(late.contains("request_timeout"))
            #expect(try await Database.counts() == before)
            #expect(try await service.submit(9, run).json["outcome"]?.string == "new_best")
            try await service.stop()
        }
    }
}
