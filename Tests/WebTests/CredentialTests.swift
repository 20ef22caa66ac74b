import HTTPTypes
import Testing

@testable import Web

@Suite struct CredentialTests {
    let edge = TestEdge()

    @Test(arguments: ["Bearer run", "bearer run", "BEARER run", "Bearer  run"])
    func `the scheme is taken in any case`(header: String) async throws {
        let answer = try await edge.send(.get, "/v1/leaderboard", headers: [.authorization: header])
        #expect(answer.status == 200)
    }

    @Test(arguments: [nil, "", "Bearer", "Bearer ", "Basic cnVuOng=", "run", "Bearerrun", "Token run"])
    func `without a bearer token the token is missing`(header: String?) async throws {
        for (method, path) in [
            (HTTPRequest.Method.post, "/v1/runs"), (.post, "/v1/scores"), (.get, "/v1/leaderboard"),
        ] {
            let answer = try await edge.send(
                method,
                path,
                headers: header.map { [.authorization: $0] } ?? [:]
            )
            #expect(answer.status == 401)
            #expect(answer.problem == "token_missing")
            #expect(answer.headers[.wwwAuthenticate] == "Bearer")
            #expect(answer.isReadableByAnyOrigin)
        }
    }

    @Test(arguments: [
        ("forged", "token_invalid"), ("expired", "token_expired"), ("run run", "token_invalid"),
    ])
    func `a token that is not good is told so`(token: String, code: String) async throws {
        #expect(try await edge.post("/v1/runs", token: token, "{}").problem == code)
        #expect(try await edge.post("/v1/scores", token: token, #"{"score":1}"#).problem == code)
        #expect(try await edge.get("/v1/leaderboard", token: token).problem == code)
    }

    @Test(arguments: [#"{"score":-1}"#, "{", "", #"{"score":1,"metadata":7}"#])
    func `whoever holds no good token learns nothing about the body`(body: String) async throws {
        #expect(try await edge.post("/v1/scores", token: nil, body).problem == "token_missing")
        #expect(try await edge.post("/v1/scores", token: "forged", body).problem == "token_invalid")
        #expect(try await edge.post("/v1/scores?boards=x", token: "expired", body).problem == "token_expired")
        #expect(
            try await edge.post("/v1/scores", token: "forged", body, headers: [.contentType: "text/plain"])
                .problem
                == "token_invalid"
        )
        #expect(try await edge.get("/v1/leaderboard?limit=0", token: "forged").problem == "token_invalid")
    }

    @Test func `the limit of a body goes before everything`() async throws {
        for path in ["/v1/scores", "/v1/runs"] {
            let answer = try await edge.send(.post, path, headers: [.contentLength: "16385"])
            #expect(answer.status == 413)
            #expect(answer.problem == "body_too_large")
        }
    }

    @Test func `a run token starts no run`() async throws {
        #expect(try await edge.post("/v1/runs", token: "run", "").problem == "token_invalid")
    }
}
