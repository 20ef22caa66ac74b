import HTTPTypes
import JSON
import Testing

@testable import Web

@Suite struct GameTests {
    private let edge = TestEdge()

    @Test(
        arguments: [("/v1/game", "run"), ("/v1/game", "launch"), ("/v1/games/b/g", nil)]
            as [(String, String?)]
    )
    func `a game is described with its boards`(path: String, token: String?) async throws {
        let answer = try await edge.get(path, token: token)
        #expect(answer.status == 200)
        #expect(
            answer.text
                == #"{"game":"tetris_bot/tetris","title":"Tetris","scopes":["chat","global"],"boards":["#
                + #"{"board":"main","order":"higher","keep":"best","windows":["all","day","week","month"],"#
                + #""score_format":"number","score_unit":null},"#
                + #"{"board":"hard","order":"lower","keep":"best","windows":["all","week"],"#
                + #""score_format":"milliseconds","score_unit":"m"}]}"#
        )
        let tag = try #require(answer.headers[.eTag])
        var headers: HTTPFields = [.ifNoneMatch: tag]
        if let token { headers[.authorization] = "Bearer \(token)" }
        #expect(try await edge.send(.get, path, headers: headers).status == 304)
    }

    @Test(
        arguments: [
            ("/v1/game", nil, "token_missing"), ("/v1/game", "other", "token_invalid"),
            ("/v1/game", "expired", "token_expired"), ("/v1/games/b/secret", nil, "token_missing"),
            ("/v1/games/b/g", "key", "token_invalid"),
        ] as [(String, String?, String)]
    )
    func `nobody else is told of a game`(path: String, token: String?, problem: String) async throws {
        #expect(try await edge.get(path, token: token).problem == problem)
    }

    @Test func `a key describes its own game`() async throws {
        #expect(try await edge.get("/v1/games/tetris_bot/tetris", token: "key").status == 200)
    }
}
