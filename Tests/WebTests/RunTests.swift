import HTTPTypes
import JSON
import Scoring
import Testing

@testable import Web

@Suite struct RunTests {
    let edge = TestEdge()

    @Test func `a run is created with the contract's fields in the contract's order`() async throws {
        let answer = try await edge.send(.post, "/v1/runs", headers: [.authorization: "Bearer launch"])
        #expect(answer.status == 201)
        #expect(answer.text == Example.run)
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.headers[.cacheControl] == "no-store")
    }

    @Test func `a name that nobody told and a chat that is none are null`() async throws {
        var edge = edge
        edge.services.startRun = { _ throws(Refusal) in Sample.run(chat: nil, name: nil) }
        let answer = try await edge.post("/v1/runs", token: "launch", "")
        #expect(answer.json?["player"]?["name"]?.isNull == true)
        #expect(answer.json?["chat_instance"]?.isNull == true)
    }

    @Test(arguments: [
        ("", "text/plain", 201), ("{}", "application/json", 201), (#"{"x":1}"#, "application/json", 201),
        ("{}", "text/plain", 415), ("[]", "application/json", 400), ("{", "application/json", 400),
    ])
    func `a body is optional, but not any body`(body: String, type: String, status: Int) async throws {
        let answer = try await edge.post("/v1/runs", token: "launch", body, headers: [.contentType: type])
        #expect(answer.status == status)
    }
}
