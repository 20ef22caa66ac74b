import HTTPTypes
import Pages
import Testing

@testable import Web

@Suite struct EdgeTests {
    static let paths = [
        ("/v1/runs", "POST, OPTIONS"), ("/v1/scores", "POST, OPTIONS"), ("/telegram/7", "POST, OPTIONS"),
        ("/v1/launches", "POST, OPTIONS"), ("/v1/games/b/g/scores", "POST, OPTIONS"),
        ("/v1/games/b/g/launches", "POST, OPTIONS"),
        ("/v1/leaderboard", "GET, HEAD, OPTIONS"), ("/v1/games/b/g/leaderboard", "GET, HEAD, OPTIONS"),
        ("/v1/game", "GET, HEAD, OPTIONS"), ("/v1/games/b/g", "GET, HEAD, OPTIONS"),
        ("/healthz", "GET, HEAD, OPTIONS"), ("/readyz", "GET, HEAD, OPTIONS"),
        ("/metrics", "GET, HEAD, OPTIONS"),
        ("/openapi.json", "GET, HEAD, OPTIONS"), ("/sdk/highscores.js", "GET, HEAD, OPTIONS"),
        ("/sdk/highscores.mjs", "GET, HEAD, OPTIONS"), ("/sdk/highscores.d.ts", "GET, HEAD, OPTIONS"),
        ("/sdk/\(Script.version)/highscores.js", "GET, HEAD, OPTIONS"),
        ("/leaderboard", "GET, HEAD, OPTIONS"), ("/icon.svg", "GET, HEAD, OPTIONS"),
        ("/problems/not_found", "GET, HEAD, OPTIONS"),
    ]

    let edge = TestEdge()

    @Test(arguments: paths)
    func `a known address names the methods it takes`(path: String, allow: String) async throws {
        let wrong: [HTTPRequest.Method] =
            [.put, .delete, .patch, .trace, .init("BREW") ?? .connect]
            + (allow.hasPrefix("POST") ? [.get] : [.post])
        for method in wrong {
            let answer = try await edge.send(method, path)
            #expect(answer.status == 405)
            #expect(answer.problem == "method_not_allowed")
            #expect(answer.headers[.allow] == allow)
            #expect(
                Self.operators.contains(path) ? answer.isClosedToOtherOrigins : answer.isReadableByAnyOrigin
            )
        }
    }

    /// What only operators ask for.
    private static let operators = ["/healthz", "/readyz", "/metrics"]

    @Test(arguments: operators) func `pages of other origins have no business with what is for operators`(
        path: String
    )
        async throws
    {
        for method in [HTTPRequest.Method.get, .head, .options, .post] {
            let answer = try await edge.send(method, path, headers: [.origin: "https://games.example"])
            #expect(answer.isClosedToOtherOrigins)
            #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        }
    }

    @Test(arguments: paths.map(\.0)) func `every route has one spelling`(path: String) async throws {
        let (first, rest) = (path.dropFirst().prefix(1), path.dropFirst(2))
        let code = String(first.utf8.first ?? 0, radix: 16)
        let others = [
            path + "/", path + "//", "/" + path, "//" + path, "/." + path, "/./" + path, "/.." + path,
            "/x/.." + path, path + "/.", path + "/..", path + "/x/..", path + ";x", path + ";x=1",
            path + "%00",
            path + "%2f", path + "%20", path + "%3f", path + "#x", path + "\\", "/%\(code)\(rest)",
            "/%25\(code)\(rest)", path.uppercased(), path.replacing("/", with: "//"),
            path.replacing("/", with: "/./"), path.replacing("/", with: "\\"),
            path.replacing("/", with: "%2F"),
            path + "/" + path, "x" + path, "", "*",
        ]
        for other in others {
            for method in [HTTPRequest.Method.get, .post] {
                let answer = try await edge.send(method, other)
                #expect(answer.status == 404, "\(method) \(other)")
                #expect(answer.problem == "not_found")
            }
        }
        for same in [path + "?", path + "?/../x//%00;", path + "??"] {
            #expect(try await edge.get(same).status != 404, "\(same)")
        }
    }

    @Test(arguments: [
        "/v1", "/v1/run", "/v1/runs/1", "/v2/scores", "/v1/leaderboard/event", "/v1/launches/1",
        "/v1/games/b/g/score", "/v1/games/b", "/telegram",
        "/telegram/7/x",
        "/problems/unheard_of", "/sdk/0.0.0/highscores.js", "/sdk/\(Script.version)/other.js",
        "/sdk/other.js", "/favicon.ico", "/%00", "/v1/%2e%2e/runs",
    ])
    func `an unknown address is not found by any method`(path: String) async throws {
        for method in [HTTPRequest.Method.get, .post, .put] {
            let answer = try await edge.send(method, path)
            if path.hasPrefix("/problems/") || path.hasSuffix(".js") && path != "/sdk/other.js",
                method != .get
            {
                #expect(answer.status == 405)
            } else {
                #expect(answer.status == 404)
                #expect(answer.problem == "not_found")
            }
            #expect(answer.isReadableByAnyOrigin)
        }
    }

    @Test(
        arguments: paths.map(\.0).filter { !operators.contains($0) } + ["/nowhere"],
        ["https://games.example", "null", "http://localhost:3000"]
    )
    func `a preflight is answered without credentials`(path: String, origin: String) async throws {
        let answer = try await edge.send(
            .options,
            path,
            headers: [
                .origin: origin, .accessControlRequestMethod: "POST",
                .accessControlRequestHeaders: "authorization,content-type,idempotency-key",
            ]
        )
        #expect(answer.status == 204)
        #expect(answer.bytes.isEmpty)
        #expect(answer.headers[.contentLength] == nil)
        #expect(answer.headers[.accessControlAllowOrigin] == "*")
        #expect(answer.headers[.accessControlAllowMethods] == "GET, HEAD, POST")
        #expect(
            answer.headers[.accessControlAllowHeaders]
                == "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, X-Request-Id, traceparent"
        )
        #expect(answer.headers[.accessControlMaxAge] == "86400")
        #expect(answer.headers[.accessControlAllowCredentials] == nil)
    }

    @Test(arguments: [
        "/healthz", "/readyz", "/leaderboard", "/sdk/highscores.js", "/openapi.json", "/v1/leaderboard",
    ])
    func `HEAD answers like GET without the body`(path: String) async throws {
        let headers: HTTPFields = [.authorization: "Bearer run"]
        let get = try await edge.send(.get, path, headers: headers)
        let head = try await edge.send(.head, path, headers: headers)
        #expect(head.status == get.status)
        #expect(head.headers[.contentLength] == String(get.bytes.count))
        #expect(head.bytes.isEmpty)
    }

    @Test func `a refusal of HEAD has no body either`() async throws {
        let answer = try await edge.send(.head, "/nowhere")
        #expect(answer.status == 404)
        #expect(answer.bytes.isEmpty)
    }

    @Test func `an unexpected error becomes a document that tells nothing`() async throws {
        struct Leak: Error, CustomStringConvertible {
            var description: String { "postgres://user:password@host" }
        }
        let table = RouteTable([Route(.get, "/healthz") { _, _ in throw Leak() }])
        let answer = try await edge.send(.get, "/healthz", table: { _ in table })
        #expect(answer.status == 500)
        #expect(answer.problem == "internal_error")
        #expect(!answer.text.contains("password"))
    }

    @Test func `what happened is told without queries, tokens or ids`() async throws {
        _ = try await edge.post("/v1/scores?boards=chat/week", token: "forged", #"{"score":1}"#)
        _ = try await edge.get("/v1/games/some_bot/some_game/leaderboard?limit=3")
        _ = try await edge.get("/some/secret/place")
        _ = try await edge.send(.init("BREW") ?? .connect, "/healthz")
        let told = edge.events.all.map { event -> String in
            guard case .answered(let answer) = event else { return "?" }
            return
                "\(answer.method) \(answer.route ?? "-") \(answer.status) \(answer.problem?.rawValue ?? "-")"
        }
        #expect(
            told == [
                "POST /v1/scores 401 token_invalid", "GET /v1/games/{bot}/{short_name}/leaderboard 200 -",
                "GET - 404 not_found", "OTHER - 405 method_not_allowed",
            ]
        )
    }
}
