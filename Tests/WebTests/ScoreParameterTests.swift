import HTTPTypes
import JSON
import Leaderboards
import Scoring
import Testing

@testable import Web

@Suite struct ScoreParameterTests {
    let edge = TestEdge()

    @Test(arguments: ["a", String(repeating: "k", count: 128), "~!{}\"", "0"])
    func `a key of visible characters names the run`(key: String) async throws {
        let answer = try await edge.post(
            "/v1/scores",
            token: "launch",
            #"{"score":1}"#,
            headers: [.idempotencyKey: key]
        )
        #expect(answer.status == 200)
        #expect(edge.keys.last == key)
    }

    @Test(arguments: ["", String(repeating: "k", count: 129), "a b", "ä", "a\tb"])
    func `any other key is refused beside a launch token`(key: String) async throws {
        let answer = try await edge.post(
            "/v1/scores",
            token: "launch",
            #"{"score":1}"#,
            headers: [.idempotencyKey: key]
        )
        #expect(answer.status == 400)
        #expect(answer.problem == "unknown_parameter_value")
        #expect(answer.json?["detail"]?.string?.contains("Idempotency-Key") == true)
        #expect(edge.submissions.isEmpty)
    }

    @Test func `a run token makes the key meaningless, whatever it is`() async throws {
        let answer = try await edge.post("/v1/scores", #"{"score":1}"#, headers: [.idempotencyKey: "a b"])
        #expect(answer.status == 200)
        #expect(edge.keys.isEmpty)
    }

    @Test(arguments: [
        ("", []), ("?boards=", []), ("?boards=chat/week", ["chat/week"]),
        ("?boards=chat%2Fweek%2Cglobal%2Fall", ["chat/week", "global/all"]),
        ("?x=y&boards=global/season,chat/day&z", ["global/season", "chat/day"]),
    ])
    func `further leaderboards are asked for by name`(query: String, boards: [String]) async throws {
        let answer = try await edge.post("/v1/scores\(query)", #"{"score":1}"#)
        #expect(answer.status == 200)
        #expect(edge.submissions.last?.asked.map(\.description) == boards)
    }

    @Test(arguments: [
        "chat", "chat/year", "Chat/all", "chat/all,", ",chat/all", "chat/all/", "/", "chat/all;global/all",
        "%FF",
        Array(repeating: "chat/day", count: 17).joined(separator: ","), "chat/day&boards=chat/week",
    ])
    func `unknown leaderboards are refused by name`(boards: String) async throws {
        let answer = try await edge.post("/v1/scores?boards=\(boards)", #"{"score":1}"#)
        #expect(answer.status == 400)
        #expect(answer.problem == "unknown_parameter_value")
        #expect(answer.json?["detail"]?.string?.contains("boards") == true)
    }

    @Test func `sixteen further leaderboards are not too many`() async throws {
        let boards = Array(repeating: "chat/day", count: 16).joined(separator: ",")
        #expect(try await edge.post("/v1/scores?boards=\(boards)", #"{"score":1}"#).status == 200)
    }

    @Test(arguments: [
        "application/json", "application/json; charset=utf-8", "Application/JSON",
        "application/json;charset=UTF-8",
        "application/json ;x=y", "application/json ",
    ])
    func `JSON may be announced in any usual way`(type: String) async throws {
        #expect(
            try await edge.post("/v1/scores", #"{"score":1}"#, headers: [.contentType: type]).status == 200
        )
    }

    @Test(arguments: [
        "", "text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded",
        "application/jsonp",
        "application/json+x", "application/problem+json", "json", "text/json",
        "multipart/form-data; boundary=x",
        "application/json, text/plain",
    ])
    func `any other media type is refused`(type: String) async throws {
        let answer = try await edge.post("/v1/scores", #"{"score":1}"#, headers: [.contentType: type])
        #expect(answer.status == 415)
        #expect(answer.problem == "media_type_unsupported")
        #expect(answer.isReadableByAnyOrigin)
        #expect(edge.submissions.isEmpty)
    }

    @Test func `a body without a media type is refused`() async throws {
        let answer = try await edge.send(
            .post,
            "/v1/scores",
            headers: [.authorization: "Bearer run"],
            body: Array(#"{"score":1}"#.utf8)
        )
        #expect(answer.problem == "media_type_unsupported")
    }

    @Test(
        arguments: [
            (.form, "initData"), (.hash, "hash"), (.otherBot, "another bot"),
            (.unservedBot, "token of the game's bot"),
            (.age, "older than an hour"), (.future, "auth_date"), (.player, "user"),
        ] as [(InitDataFault, String)]
    )
    func `wrong data of a Mini App are told as such`(fault: InitDataFault, says: String) {
        let detail = Problem(.initDataRefused(fault)).detail
        #expect(detail.hasPrefix("'init_data' ") && detail.contains(says))
    }

    @Test(
        arguments: [
            (Refusal.tokenInvalid, 401, "token_invalid", nil), (.tokenExpired, 401, "token_expired", nil),
            (.keyRequired, 401, "token_missing", nil), (.launchErased, 401, "token_invalid", nil),
            (.initDataRefused(.hash), 401, "token_invalid", nil),
            (.initDataRefused(.age), 401, "token_expired", nil),
            (.playerBanned, 403, "player_banned", nil), (.gameDisabled, 403, "game_disabled", nil),
            (.notFound("x"), 404, "not_found", nil), (.noSuchWindow("x"), 404, "no_such_window", nil),
            (.unknownParameterValue("x"), 400, "unknown_parameter_value", nil),
            (.runAlreadyScored, 409, "run_already_scored", nil), (.runRequired, 400, "run_required", nil),
            (.idempotencyKeyRequired, 400, "idempotency_key_required", nil),
            (.rateLimited(retryAfter: .milliseconds(1)), 429, "rate_limited", "1"),
            (.rateLimited(retryAfter: .milliseconds(2001)), 429, "rate_limited", "3"),
            (.rateLimited(retryAfter: .seconds(4)), 429, "rate_limited", "4"),
            (.rateLimited(retryAfter: .zero), 429, "rate_limited", "1"),
            (.quotaExceeded(retryAfter: .seconds(3600)), 429, "quota_exceeded", "3600"),
            (.overloaded, 503, "overloaded", "1"), (.databaseUnavailable, 503, "database_unavailable", "2"),
            (.internal("secret of ours"), 500, "internal_error", nil),
        ] as [(Refusal, Int, String, String?)]
    )
    func `each refusal has its status, its code and its wait`(
        refusal: Refusal,
        status: Int,
        code: String,
        wait: String?
    ) async throws {
        var edge = edge
        edge.services.submit = { _ throws(Refusal) in throw refusal }
        let answer = try await edge.post("/v1/scores", #"{"score":1}"#)
        #expect(answer.status == status)
        #expect(answer.problem == code)
        #expect(answer.headers[.retryAfter] == wait)
        #expect(answer.headers[.wwwAuthenticate] == (status == 401 ? "Bearer" : nil))
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.isReadableByAnyOrigin)
        #expect(!answer.text.contains("secret of ours"))
    }
}
