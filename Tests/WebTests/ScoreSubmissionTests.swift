import HTTPTypes
import JSON
import Leaderboards
import Scoring
import Testing

@testable import Web

@Suite struct ScoreSubmissionTests {
    let edge = TestEdge()

    @Test(arguments: ["0", "1", "9", "10", "1234", "2147483646", "2147483647"])
    func `a score written as digits is taken`(digits: String) async throws {
        let answer = try await edge.post("/v1/scores", #"{"score":\#(digits)}"#)
        #expect(answer.status == 200)
        #expect(answer.json?["score"]?.numberText == digits)
        #expect(edge.submissions.last.map { String($0.scores[0].score.value) } == digits)
    }

    @Test(arguments: [
        #"{}"#, #"{"score":-1}"#, #"{"score":-0}"#, #"{"score":1.0}"#, #"{"score":1e3}"#, #"{"score":1E3}"#,
        #"{"score":1e0}"#, #"{"score":0.5}"#, #"{"score":"5"}"#, #"{"score":true}"#, #"{"score":null}"#,
        #"{"score":[]}"#, #"{"score":{}}"#, #"{"score":2147483648}"#, #"{"score":4294967296}"#,
        #"{"score":9223372036854775808}"#, #"{"Score":5}"#, #"{"metadata":{"score":5}}"#,
        #"{"score":"# + String(repeating: "9", count: 5000) + "}",
        #"{"score":0.000000000000000000000000000000000000000000000000000000001}"#,
    ])
    func `any other score is refused as invalid`(body: String) async throws {
        let answer = try await edge.post("/v1/scores", body)
        #expect(answer.status == 422)
        #expect(answer.problem == "score_invalid")
        #expect(edge.submissions.isEmpty)
    }

    @Test(arguments: [
        "", " ", "{", "}", "[]", "[{\"score\":1}]", "1", "null", "\"score\"", #"{"score":1}{"score":1}"#,
        #"{"score":1}x"#, #"{"score":01}"#, #"{"score":+1}"#, #"{"score":.5}"#, #"{"score":NaN}"#,
        #"{'score':1}"#, #"{"score":1,}"#, "\u{FEFF}{\"score\":1}", #"{"score":1,"score":1}"#,
        #"{"score":1,"score":2}"#, #"{"score":1,"\u0073core":2}"#, #"{"score":1,"metadata":[]}"#,
        #"{"score":1,"metadata":"x"}"#, #"{"score":1,"metadata":null}"#,
        #"{"score":1,"metadata":"# + String(repeating: #"{"a":"#, count: 32) + "1"
            + String(repeating: "}", count: 33),
        #"{"score":1,"x":"# + String(repeating: "[", count: 32) + String(repeating: "]", count: 32) + "}",
    ])
    func `a body that is not one good object is malformed`(body: String) async throws {
        let answer = try await edge.post("/v1/scores", body)
        #expect(answer.status == 400)
        #expect(answer.problem == "malformed_json")
        #expect(edge.submissions.isEmpty)
    }

    @Test(
        arguments: [[0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF5, 0x80, 0x80, 0x80]]
            as [[UInt8]]
    )
    func `a body that is not UTF-8 is malformed`(bytes: [UInt8]) async throws {
        let body = Array(#"{"score":1,"x":""#.utf8) + bytes + Array(#""}"#.utf8)
        let answer = try await edge.send(
            .post,
            "/v1/scores",
            headers: [.authorization: "Bearer run", .contentType: "application/json"],
            body: body
        )
        #expect(answer.status == 400)
        #expect(answer.problem == "malformed_json")
    }

    @Test func `thirty-two levels are not too deep`() async throws {
        let nested = String(repeating: "[", count: 31) + String(repeating: "]", count: 31)
        let answer = try await edge.post("/v1/scores", #"{"score":1,"x":\#(nested)}"#)
        #expect(answer.status == 200)
    }

    @Test func `unknown members are ignored and metadata is kept as sent`() async throws {
        let answer = try await edge.post(
            "/v1/scores",
            #"{"a":[1],"metadata":{ "b" : 1e3, "c":"\u0000" },"score":7}"#
        )
        #expect(answer.status == 200)
        let metadata = try #require(edge.submissions.last?.metadata)
        #expect(String(decoding: metadata, as: UTF8.self) == #"{ "b" : 1e3, "c":"\u0000" }"#)
    }

    @Test(arguments: [(4096, 200), (4097, 413)])
    func `metadata may be four kibibytes long`(length: Int, status: Int) async throws {
        let metadata = #"{"a":""# + String(repeating: "x", count: length - 8) + #""}"#
        #expect(metadata.utf8.count == length)
        let answer = try await edge.post("/v1/scores", #"{"score":1,"metadata":\#(metadata)}"#)
        #expect(answer.status == status)
        #expect(answer.problem == (status == 413 ? "body_too_large" : nil))
    }

    @Test(arguments: [(16_384, 200), (16_385, 413)])
    func `a body may be sixteen kibibytes long`(length: Int, status: Int) async throws {
        let frame = #"{"score":1,"x":""}"#
        let body = #"{"score":1,"x":""# + String(repeating: "x", count: length - frame.utf8.count) + #""}"#
        #expect(body.utf8.count == length)
        let answer = try await edge.post("/v1/scores", body)
        #expect(answer.status == status)
        #expect(answer.problem == (status == 413 ? "body_too_large" : nil))
    }

    @Test func `a body without a declared length is limited as well`() async throws {
        let answer = try await edge.post(
            "/v1/scores",
            String(repeating: " ", count: 16_385),
            headers: [.transferEncoding: "chunked"]
        )
        #expect(answer.problem == "body_too_large")
    }

    @Test func `the answer has the contract's fields in the contract's order`() async throws {
        let answer = try await edge.post("/v1/scores", #"{"score":1234}"#)
        #expect(answer.text == Example.receipt)
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.headers[.idempotencyReplayed] == nil)
        #expect(answer.isReadableByAnyOrigin)
    }

    @Test func `a repetition is marked as one`() async throws {
        var edge = edge
        edge.services.submit = { _ throws(Refusal) in Sample.receipt(isReplay: true) }
        let answer = try await edge.post("/v1/scores", #"{"score":1234}"#)
        #expect(answer.status == 200)
        #expect(answer.headers[.idempotencyReplayed] == "true")
    }
}
