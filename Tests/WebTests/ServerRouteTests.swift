import HTTPTypes
import JSON
import Leaderboards
import Scoring
import TestSupport
import Testing

@testable import Web

/// What a studio's own servers send, and what they are answered.
@Suite struct ServerRouteTests {
    let edge = TestEdge()
    private static let game = "/v1/games/tetris_bot/tetris"
    private static let chat = "-3788475317572404878"

    private func scores(_ body: String, token: String? = "key") async throws -> Answer {
        try await edge.post("\(Self.game)/scores", token: token, body)
    }

    /// What an item alone is answered.
    private func result(_ item: String) async throws -> JSONValue {
        let answer = try await scores(#"{"scores":[\#(item)]}"#)
        #expect(answer.status == 200)
        return try #require(answer.json?["results"]?.elements.first { _ in true })
    }

    // MARK: - Scores

    @Test func `a list of scores is answered one by one, in its order`() async throws {
        let answer = try await scores(
            """
            {"scores":[{"id":"a","player":{"id":"5","name":"Zoë"},"chat_instance":"\(Self.chat)","score":7,\
            "started_at":"2026-03-01T12:00:00Z","metadata":{"b": 1}},
            {"id":"banned","player":{"id":"6"},"score":1},{"id":"bad","player":{"id":"6"},"score":1.0},
            {"id":"other","player":{"id":"6"},"score":2},{"id":"held","player":{"id":"6"},"score":5},
            {"id":"unknown","player":{"id":"6"},"score":5}]}
            """
        )
        #expect(answer.status == 200)
        let results = answer.json?["results"]?.elements.map { result in
            [
                result["id"]?.string, result["status"]?.numberText, result["outcome"]?.string,
                result["code"]?.string,
            ].map { $0 ?? "-" }.joined(separator: " ")
        }
        #expect(
            results == [
                "a 200 new_best -", "banned 403 - player_banned", "bad 422 - score_invalid",
                "other 409 - run_already_scored", "held 200 held -", "unknown 503 - database_unavailable",
            ]
        )
        let held = answer.json?["results"]?.elements.first { $0["id"]?.string == "held" }
        #expect(held?["reasons"]?.elements.map(\.string) == ["too_fast"])
        let sent = try #require(edge.scores.last)
        #expect(sent.map(\.id) == ["a", "banned", "other", "held", "unknown"])
        let first = try #require(sent.first)
        #expect(first.player.rawValue == 5 && first.playerName == "Zoë" && first.scores[0].score.value == 7)
        #expect(first.chatInstance?.description == Self.chat)
        #expect(first.startedAt?.description == "2026-03-01T12:00:00.000Z")
        #expect(first.metadata.map { String(decoding: $0, as: UTF8.self) } == #"{"b": 1}"#)
    }

    @Test func `the examples of the document are read and answered as they stand there`() async throws {
        var edge = edge
        edge.services.submitForServer = { list, _ throws(Refusal) in
            list.map { $0.metadata == nil ? .success(Sample.receipt()) : .failure(.playerBanned) }
        }
        let answer = try await edge.post("\(Self.game)/scores", token: "key", Example.serverScores)
        #expect(answer.text == Example.serverResults)
        #expect(
            try await edge.post("\(Self.game)/launches", token: "key", Example.serverLaunch).status == 201
        )
        #expect(
            edge.presses.last?.target == .message(chat: TelegramChatID(rawValue: -1_001_000_000_001), id: 7)
        )
        #expect(try await edge.post("/v1/launches", token: nil, Example.miniAppLaunch).status == 201)
    }

    @Test func `one score needs no list`() async throws {
        let answer = try await scores(#"{"id":"a","player":{"id":"5","name":null},"score":0}"#)
        #expect(answer.text == #"{"results":[{"id":"a","status":200,"outcome":"new_best"}]}"#)
        #expect(edge.scores.last?.first?.playerName == nil)
    }

    @Test(arguments: [
        (#"{"id":"","player":{"id":"5"},"score":1}"#, "null unknown_parameter_value"),
        (#"{"id":"a b","player":{"id":"5"},"score":1}"#, "null unknown_parameter_value"),
        (#"{"player":{"id":"5"},"score":1}"#, "null unknown_parameter_value"),
        (#"{"id":7,"player":{"id":"5"},"score":1}"#, "null unknown_parameter_value"),
        (#"7"#, "null malformed_json"),
        (#"{"id":"a","score":1}"#, "a unknown_parameter_value"),
        (#"{"id":"a","player":"5","score":1}"#, "a unknown_parameter_value"),
        (#"{"id":"a","player":{},"score":1}"#, "a unknown_parameter_value"),
        (#"{"id":"a","player":{"id":5},"score":1}"#, "a unknown_parameter_value"),
        (#"{"id":"a","player":{"id":"0"},"score":1}"#, "a unknown_parameter_value"),
        (#"{"id":"a","player":{"id":"05"},"score":1}"#, "a unknown_parameter_value"),
        (#"{"id":"a","player":{"id":"5","name":7},"score":1}"#, "a unknown_parameter_value"),
        (#"{"id":"a","player":{"id":"5"},"score":1,"chat_instance":"0"}"#, "a unknown_parameter_value"),
        (#"{"id":"a","player":{"id":"5"},"score":1,"chat_instance":7}"#, "a unknown_parameter_value"),
        (#"{"id":"a","player":{"id":"5"},"score":1,"started_at":"now"}"#, "a unknown_parameter_value"),
        (#"{"id":"a","player":{"id":"5"},"score":1,"metadata":[]}"#, "a malformed_json"),
        (#"{"id":"a","player":{"id":"5"},"score":1,"score":1}"#, "a malformed_json"),
        (#"{"id":"a","player":{"id":"5"}}"#, "a score_invalid"),
        (#"{"id":"a","player":{"id":"5"},"score":"1"}"#, "a score_invalid"),
        (#"{"id":"a","player":{"id":"5"},"score":2147483648}"#, "a score_invalid"),
    ])
    func `a score that makes no sense keeps no other back`(item: String, expected: String) async throws {
        let result = try await result(item)
        #expect("\(result["id"]?.string ?? "null") \(result["code"]?.string ?? "none")" == expected)
        #expect(result["detail"]?.string?.isEmpty == false && result["outcome"] == nil)
        #expect(edge.scores.last?.isEmpty == true)
    }

    @Test func `metadata of a score have their limit`() async throws {
        let text = String(repeating: "x", count: 4096)
        let result = try await result(
            #"{"id":"a","player":{"id":"5"},"score":1,"metadata":{"a":"\#(text)"}}"#
        )
        #expect(result["code"]?.string == "body_too_large")
    }

    @Test(arguments: [
        (#"{"scores":[]}"#, "unknown_parameter_value"), (#"{"scores":{}}"#, "unknown_parameter_value"),
        (#"{"scores":[],"scores":[]}"#, "malformed_json"), (#"[]"#, "malformed_json"), ("", "malformed_json"),
    ])
    func `a body without scores is refused as a whole`(body: String, code: String) async throws {
        #expect(try await scores(body).problem == code)
    }

    @Test func `a list holds a thousand scores and no more`() async throws {
        func body(_ count: Int) -> String {
            let item = #"{"id":"a","player":{"id":"5"},"score":1}"#
            return #"{"scores":[\#(Array(repeating: item, count: count).joined(separator: ","))]}"#
        }
        #expect(try await scores(body(1000)).json?["results"]?.elements.count == 1000)
        #expect(try await scores(body(1001)).problem == "unknown_parameter_value")
    }

    @Test func `a body may be a mebibyte long`() async throws {
        let frame = #"{"id":"a","player":{"id":"5"},"score":1,"x":""}"#
        let fill = String(repeating: "x", count: 1024 * 1024 - frame.utf8.count)
        let body = #"{"id":"a","player":{"id":"5"},"score":1,"x":"\#(fill)"}"#
        #expect(try await scores(body).status == 200)
        #expect(try await scores(body + " ").problem == "body_too_large")
    }

    // MARK: - Keys

    @Test(arguments: ["scores", "launches"])
    func `only a key of the game lets a server in, before anything else is looked at`(route: String)
        async throws
    {
        let path = "\(Self.game)/\(route)"
        #expect(try await edge.post(path, token: nil, "nonsense").problem == "token_missing")
        for token in ["run", "launch", "Key", ""] {
            let answer = try await edge.post(path, token: token, "nonsense")
            #expect(answer.status == 401)
        }
        let other = try await edge.post("/v1/games/tetris_bot/snake/\(route)", token: "key", "{}")
        #expect(other.problem == "token_invalid")
        #expect(edge.scores.all.isEmpty && edge.presses.all.isEmpty)
    }

    // MARK: - Launches

    @Test func `a server's press becomes a launch`() async throws {
        let answer = try await edge.post(
            "\(Self.game)/launches",
            token: "key",
            """
            {"player":{"id":"5","name":"Zoë","username":"zoe"},"chat_instance":"\(Self.chat)",\
            "target":{"chat_id":"-1001","message_id":7}}
            """
        )
        #expect(answer.status == 201)
        #expect(answer.text == Example.openedLaunch)
        let press = try #require(edge.presses.last)
        #expect(press.player.rawValue == 5 && press.chatInstance?.description == Self.chat)
        #expect(press.profile?.displayName == "Zoë" && press.profile?.username == "zoe")
        #expect(press.target == .message(chat: TelegramChatID(rawValue: -1001), id: 7))
    }

    @Test(arguments: [
        (#"{"player":{"id":"5"}}"#, Target.none), (#"{"player":{"id":"5"},"target":null}"#, Target.none),
        (#"{"player":{"id":"5"},"target":{"inline_message_id":"AbC"}}"#, .inline("AbC")),
    ])
    func `a launch may have any target, and nobody's name`(body: String, target: Target) async throws {
        #expect(try await edge.post("\(Self.game)/launches", token: "key", body).status == 201)
        let press = try #require(edge.presses.last)
        #expect(press.target == target && press.profile == nil && press.chatInstance == nil)
    }

    @Test(arguments: [
        "{}", #"{"player":{}}"#, #"{"player":{"id":5}}"#, #"{"player":{"id":"5"},"chat_instance":"x"}"#,
        #"{"player":{"id":"5"},"target":{}}"#, #"{"player":{"id":"5"},"target":{"chat_id":"5"}}"#,
        #"{"player":{"id":"5"},"target":{"chat_id":5,"message_id":7}}"#,
        #"{"player":{"id":"5"},"target":{"chat_id":"5","message_id":0}}"#,
        #"{"player":{"id":"5"},"target":{"inline_message_id":""}}"#,
        #"{"player":{"id":"5"},"target":{"inline_message_id":"a","chat_id":"5"}}"#,
        #"{"player":{"id":"5"},"target":"inline:a"}"#,
        #"{"player":{"id":"5"},"target":{"inline_message_id":"a\u0000b"}}"#,
        #"{"player":{"id":"5"},"target":{"inline_message_id":"Zoë"}}"#,
        #"{"player":{"id":"5"},"target":{"chat_id":"5","message_id":2147483648}}"#,
        #"{"player":{"id":"5"},"target":{"chat_id":"-1000000000000","message_id":7}}"#,
        #"{"player":{"id":"5"},"target":{"chat_id":"-9223372036854775808","message_id":7}}"#,
    ])
    func `a press that makes no sense opens nothing`(body: String) async throws {
        let answer = try await edge.post("\(Self.game)/launches", token: "key", body)
        #expect(answer.problem == "unknown_parameter_value")
        #expect(edge.presses.all.isEmpty)
    }

    @Test(arguments: [
        (#"{"inline_message_id":"a\u0000b"}"#, "target.inline_message_id"),
        (#"{"chat_id":"5","message_id":0}"#, "target.message_id"),
        (#"{"chat_id":"0","message_id":7}"#, "target.chat_id"),
    ])
    func `what is wrong with a target is named`(target: String, member: String) async throws {
        let body = #"{"player":{"id":"5"},"target":\#(target)}"#
        let answer = try await edge.post("\(Self.game)/launches", token: "key", body)
        #expect(answer.status == 400 && answer.text.contains("'\(member)'"))
    }

    // MARK: - Mini Apps

    @Test func `a Mini App's data become a launch`() async throws {
        let body = #"{"init_data":"user=%7B%7D&hash=1","game":"tetris"}"#
        let answer = try await edge.post("/v1/launches", token: nil, body)
        #expect(answer.status == 201)
        #expect(answer.text == Example.openedMiniApp)
        #expect(edge.apps.last == ["user=%7B%7D&hash=1", "tetris"])
        #expect(answer.isReadableByAnyOrigin)
    }

    @Test(arguments: [
        ("{}", "unknown_parameter_value"), (#"{"init_data":"a=b"}"#, "unknown_parameter_value"),
        (#"{"game":"tetris"}"#, "unknown_parameter_value"),
        (#"{"init_data":7,"game":"tetris"}"#, "unknown_parameter_value"), ("", "malformed_json"),
    ])
    func `a Mini App must say what it was given and which game it is`(body: String, code: String) async throws
    {
        #expect(try await edge.post("/v1/launches", token: nil, body).problem == code)
    }

    @Test(arguments: [
        (Refusal.tokenInvalid, 401), (.tokenExpired, 401), (.notFound("x"), 404), (.gameDisabled, 403),
    ])
    func `refusals of a Mini App have their statuses`(refusal: Refusal, status: Int) async throws {
        var edge = edge
        edge.services.openMiniApp = { _, _ throws(Refusal) in throw refusal }
        let answer = try await edge.post("/v1/launches", token: nil, #"{"init_data":"a=b","game":"g"}"#)
        #expect(answer.status == status)
    }
}
