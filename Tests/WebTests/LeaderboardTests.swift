import HTTPTypes
import JSON
import Leaderboards
@testable import Scoring
import Testing

@testable import Web

@Suite struct LeaderboardTests {
    let edge = TestEdge()

    @Test func `without a query the defaults are meant`() async throws {
        #expect(try await edge.get("/v1/leaderboard", token: "run").status == 200)
        let request = try #require(edge.requests.last)
        #expect(request.scope == nil)
        #expect(request.window == .all)
        #expect(request.at == nil)
        #expect(request.limit == 10)
        #expect(request.start == .top)
        guard case .player("run") = request.viewer else {
            Issue.record("asked as somebody else")
            return
        }
    }

    @Test func `every parameter is read`() async throws {
        let query = "scope=global&window=week&at=2026-03-01T13:30:00%2B01:00&limit=100&cursor=c%31&other=1"
        #expect(try await edge.get("/v1/leaderboard?\(query)", token: "launch").status == 200)
        let request = try #require(edge.requests.last)
        #expect(request.scope == .global)
        #expect(request.window == .week)
        #expect(request.at == Sample.instant("2026-03-01T12:30:00.000Z"))
        #expect(request.limit == 100)
        #expect(request.start == .cursor("c1"))
    }

    @Test(arguments: [("me", LeaderboardRequest.Start.aroundMe), ("5000000001", .around("5000000001"))])
    func `a page may lie around somebody`(around: String, start: LeaderboardRequest.Start) async throws {
        #expect(try await edge.get("/v1/leaderboard?around=\(around)", token: "run").status == 200)
        #expect(edge.requests.last?.start == start)
    }

    @Test(arguments: [
        ("scope=all", "scope"), ("scope=", "scope"), ("scope=Chat", "scope"), ("window=year", "window"),
        ("window=ALL", "window"), ("at=yesterday", "at"), ("at=2026-02-30T00:00:00Z", "at"), ("at=", "at"),
        ("at=2026-03-01", "at"), ("limit=0", "limit"), ("limit=101", "limit"), ("limit=-1", "limit"),
        ("limit=ten", "limit"), ("limit=1.0", "limit"), ("limit=%2B5", "limit"), ("limit=05", "limit"),
        ("limit=", "limit"), ("limit=99999999999999999999", "limit"), ("around=me&cursor=x", "around"),
        ("around=", "around"), ("cursor=", "cursor"), ("scope=chat&scope=global", "scope"),
        ("window=%00", "window"),
        ("window=%FF", "window"),
    ])
    func `a wrong value is refused by its parameter's name`(query: String, name: String) async throws {
        let answer = try await edge.get("/v1/leaderboard?\(query)", token: "run")
        #expect(answer.status == 400)
        #expect(answer.problem == "unknown_parameter_value")
        #expect(answer.json?["detail"]?.string?.contains("'\(name)'") == true)
        #expect(answer.isReadableByAnyOrigin)
        #expect(edge.requests.isEmpty)
    }

    @Test func `the document has the contract's fields in the contract's order`() async throws {
        let answer = try await edge.get("/v1/leaderboard", token: "run")
        #expect(answer.text == Example.leaderboard)
    }

    @Test(arguments: [("/v1/leaderboard", "Bearer run"), ("/v1/games/tetris_bot/tetris/leaderboard", nil)])
    func `a page is asked for again by its tag`(path: String, credential: String?) async throws {
        func answer(ifNoneMatch tag: String?) async throws -> Answer {
            var headers: HTTPFields = [:]
            headers[.authorization] = credential
            headers[.ifNoneMatch] = tag
            return try await edge.send(.get, path, headers: headers)
        }
        let first = try await answer(ifNoneMatch: nil)
        #expect(first.headers[.cacheControl] == "private, no-cache")
        #expect(first.headers[.vary] == "Authorization")
        let tag = try #require(first.headers[.eTag])
        let again = try await answer(ifNoneMatch: tag)
        #expect(again.status == 304)
        #expect(again.bytes.isEmpty)
        #expect(again.headers[.eTag] == tag)
        #expect(again.isReadableByAnyOrigin)
        #expect(try await answer(ifNoneMatch: "\"0\"").text == first.text)
    }

    @Test(
        arguments: [
            (LeaderboardPage.Me.nobody, nil), (.withoutEntry, "null"),
            (
                .entry(LeaderboardPage.Viewer(rank: 17, score: 5, percentile: 100.0 / 17)),
                #"{"rank":17,"score":5,"percentile":5.9}"#
            ),
        ] as [(LeaderboardPage.Me, String?)]
    )
    func `the viewer is absent, null or shown`(me: LeaderboardPage.Me, text: String?) throws {
        let document = try JSON.parse(Sample.page(me: me).document())
        #expect(document["me"].map { String(decoding: $0.raw, as: UTF8.self) } == text)
    }

    @Test(
        arguments: [
            (Scope.chat, false, "zoe", #""zoe""#), (.chat, false, nil, "null"), (.global, false, "zoe", nil),
            (.global, false, nil, nil), (.global, true, "zoe", #""zoe""#), (.global, true, nil, "null"),
        ] as [(Scope, Bool, String?, String?)]
    )
    func `strangers see usernames only where identities are shown`(
        scope: Scope,
        showsIdentity: Bool,
        username: String?,
        text: String?
    ) throws {
        let page = Sample.page(
            board: BoardKind(scope: scope, window: .all),
            username: username,
            showsIdentity: showsIdentity
        )
        let entry = try #require(JSON.parse(page.document())["entries"]?.elements.first { _ in true })
        #expect(entry["player"]?["username"].map { String(decoding: $0.raw, as: UTF8.self) } == text)
    }

    @Test func `operators see which chat it is`() throws {
        let document = Sample.page().document(includingChat: true)
        #expect(try JSON.parse(document)["chat"]?.string == "-3788475317572404878")
        #expect(try JSON.parse(Sample.page().document())["chat"] == nil)
    }

    // MARK: - Public games

    @Test func `a public game is read by name`() async throws {
        #expect(try await edge.get("/v1/games/Tetris_Bot/tetris/leaderboard?limit=5").status == 200)
        let request = try #require(edge.requests.last)
        #expect(request.limit == 5)
        guard case .anybody("Tetris_Bot", "tetris") = request.viewer else {
            Issue.record("asked as somebody else")
            return
        }
    }

    @Test(arguments: ["scope=chat", "around=me", "limit=0"])
    func `what needs a player is refused without one`(query: String) async throws {
        let answer = try await edge.get("/v1/games/b/g/leaderboard?\(query)")
        #expect(answer.problem == "unknown_parameter_value")
    }

    @Test func `a key opens any leaderboard of its game`() async throws {
        let path = "/v1/games/tetris_bot/tetris/leaderboard"
        let chat = "-3788475317572404878"
        let expected: [(query: String, chat: String?, scope: Scope?)] = [
            ("", nil, nil), ("?chat=\(chat)", chat, nil), ("?chat=\(chat)&scope=chat", chat, .chat),
            ("?chat=\(chat)&scope=global", nil, .global),
        ]
        for (query, chat, scope) in expected {
            #expect(try await edge.get(path + query, token: "key").status == 200)
            let request = try #require(edge.requests.last)
            guard case .server(let game, let asked) = request.viewer else {
                Issue.record("asked as somebody else")
                continue
            }
            #expect(game == Sample.game && asked?.description == chat && request.scope == scope)
        }
    }

    @Test(arguments: ["scope=chat", "chat=0", "chat=+5", "chat=x", "around=me"])
    func `a key does not make sense of everything`(query: String) async throws {
        let answer = try await edge.get("/v1/games/tetris_bot/tetris/leaderboard?\(query)", token: "key")
        #expect(answer.problem == "unknown_parameter_value")
    }

    @Test(arguments: ["scope=chat", "chat=-5", "chat=-5&scope=global"])
    func `a chat's leaderboard needs a key`(query: String) async throws {
        let answer = try await edge.get("/v1/games/tetris_bot/tetris/leaderboard?\(query)")
        #expect(answer.problem == "unknown_parameter_value")
    }

    @Test(arguments: [("b", "key"), ("tetris_bot", "run"), ("tetris_bot", "expired")])
    func `a credential that is no key of the game is not passed over`(bot: String, token: String) async throws
    {
        let path = "/v1/games/\(bot)/tetris/leaderboard?limit=0"
        #expect(try await edge.get(path, token: token).problem == "token_invalid")
    }

    @Test func `a game that is not there is not found`() async throws {
        var edge = edge
        edge.services.leaderboard = { _ throws(Refusal) in throw .notFound("no such game") }
        #expect(try await edge.get("/v1/games/b/g/leaderboard").problem == "not_found")
    }
}
