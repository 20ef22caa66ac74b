import BotAPI
import HTTPTypes
import Testing

@testable import Web

@Suite struct TelegramRouteTests {
    let edge = TestEdge()

    private func update(
        to path: String = "/telegram/7",
        secret: String? = TestEdge.secret,
        _ body: [UInt8] = Array("{}".utf8),
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        if let secret { headers[.webhookSecret] = secret }
        return try await edge.send(.post, path, headers: headers, body: body)
    }

    @Test(
        arguments: [
            (nil, "/telegram/7", "token_missing"), ("", "/telegram/7", "token_invalid"),
            ("wrong", "/telegram/7", "token_invalid"), ("s3cre", "/telegram/7", "token_invalid"),
            ("s3cret", "/telegram/8", "token_invalid"), ("s3cret", "/telegram/x", "token_invalid"),
            ("s3cret", "/telegram/99999999999999999999", "token_invalid"),
            ("s3cret", "/telegram/07", "token_invalid"),
        ] as [(String?, String, String)]
    )
    func `a sender without the bot's secret is refused`(secret: String?, path: String, code: String)
        async throws
    {
        let answer = try await update(to: path, secret: secret)
        #expect(answer.status == 401)
        #expect(answer.problem == code)
        #expect(edge.updates.isEmpty)
    }

    @Test func `an update without a call is answered with nothing`() async throws {
        let answer = try await update()
        #expect(answer.status == 200)
        #expect(answer.bytes.isEmpty)
        #expect(edge.updates.all == [Array("{}".utf8)])
    }

    @Test func `a call goes out in the answer`() async throws {
        var edge = edge
        edge.services.handleUpdate = { _, _ in
            .accepted(
                reply: AnswerCallbackQuery(
                    callbackQueryID: "4382bfdwdsb323b2d9",
                    answer: .open(url: "https://games.example/tetris/#hs=l1.MnOp…")
                )
            )
        }
        let answer = try await edge.send(
            .post,
            "/telegram/7",
            headers: [.webhookSecret: TestEdge.secret],
            body: Array("{}".utf8)
        )
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.text == Example.methodCall)
    }

    @Test func `an update that could not be recorded must come again`() async throws {
        var edge = edge
        edge.services.handleUpdate = { _, _ in .postponed(.milliseconds(1500)) }
        let answer = try await edge.send(
            .post,
            "/telegram/7",
            headers: [.webhookSecret: TestEdge.secret],
            body: Array("{}".utf8)
        )
        #expect(answer.status == 503)
        #expect(answer.headers[.retryAfter] == "2")
    }

    @Test func `what is no update is passed on like any other body`() async throws {
        for body in [[], Array("nonsense".utf8), [0xFF, 0x00]] as [[UInt8]] {
            #expect(try await update(body, headers: [.contentType: "text/plain"]).status == 200)
        }
        #expect(edge.updates.all.count == 3)
    }

    @Test(arguments: [(512 * 1024, 200), (512 * 1024 + 1, 413)])
    func `an update may be five hundred and twelve kibibytes long`(length: Int, status: Int) async throws {
        let body = [UInt8](repeating: UInt8(ascii: " "), count: length)
        #expect(try await update(body).status == status)
        #expect(try await update(body, headers: [.transferEncoding: "chunked"]).status == status)
        #expect(edge.updates.all.count == (status == 200 ? 2 : 0))
    }

    @Test func `the sender is judged before the length`() async throws {
        let answer = try await update(secret: "wrong", [], headers: [.contentLength: "99999999"])
        #expect(answer.problem == "token_invalid")
    }
}
