@testable import BotAPI
import Synchronization
import Testing

@Suite struct BotClientTests {
    private let token: BotToken

    init() throws {
        token = try BotToken("6100200:AAE-not_a_real_token")
    }

    private final class Exchanges: Sendable {
        let requests = Mutex<[BotRequest]>([])
    }

    private func client(
        base: String = "https://bots.example",
        isTest: Bool = false,
        _ exchanges: Exchanges = Exchanges(),
        answering answer: @escaping @Sendable () throws(TransportError) -> BotHTTPResponse
    ) -> BotClient {
        BotClient(token: token, baseURL: base, isTest: isTest) { request throws(TransportError) in
            exchanges.requests.withLock { $0.append(request) }
            return try answer()
        }
    }

    private func response(_ status: Int, _ body: String) -> BotHTTPResponse {
        BotHTTPResponse(status: status, body: Array(body.utf8))
    }

    @Test(arguments: ["https://bots.example", "https://bots.example/", "https://bots.example//"])
    func `a call goes to the method's address`(base: String) async throws {
        let exchanges = Exchanges()
        let answer = response(200, #"{"ok":true,"result":{"message_id":3,"chat":{"id":5}}}"#)
        let client = client(base: base, exchanges) { answer }
        let sent = try await client.call(SendGame(chatID: 5, gameShortName: "maze"))
        #expect(sent == SentMessage(chatID: 5, messageID: 3))
        let request = try #require(exchanges.requests.withLock { $0.first })
        #expect(request.url.revealed == "https://bots.example/bot6100200:AAE-not_a_real_token/sendGame")
        #expect(String(decoding: request.body, as: UTF8.self) == #"{"chat_id":5,"game_short_name":"maze"}"#)
        #expect(request.timeout == .seconds(20))
        #expect(!"\(request) \(String(reflecting: request))".contains("AAE"))
    }

    @Test func `in the test environment the method stands behind a word of its own`() async throws {
        let exchanges = Exchanges()
        let answer = response(200, #"{"ok":true,"result":true}"#)
        _ = await client(isTest: true, exchanges) { answer }.answer(to: GetMe())
        #expect(
            exchanges.requests.withLock { $0.first?.url.revealed }
                == "https://bots.example/bot6100200:AAE-not_a_real_token/test/getMe"
        )
    }

    @Test func `a refused call is an error that tells its class`() async throws {
        let answer = response(403, #"{"ok":false,"error_code":403,"description":"Forbidden: no"}"#)
        let client = client { answer }
        let error = await #expect(throws: BotCallError.self) { try await client.call(GetMe()) }
        #expect(error?.answer.code == "chat_forbidden")
        #expect(error.map { "\($0)" } == "getMe: chat_forbidden (Forbidden: no)")
    }

    @Test func `a result of the wrong shape is temporary`() async throws {
        let answer = response(200, #"{"ok":true,"result":[]}"#)
        let client = client { answer }
        let error = await #expect(throws: BotCallError.self) { try await client.call(GetMe()) }
        #expect(error?.answer.code == "temporary")
    }

    @Test(arguments: [true, false])
    func `a failed exchange is temporary and keeps whether it was sent`(mayHaveBeenSent: Bool) async {
        let client = client { () throws(TransportError) in
            throw TransportError(mayHaveBeenSent: mayHaveBeenSent, detail: "connection refused")
        }
        let answer = await client.answer(to: SetGameScore(userID: 1, score: 2, target: .inline("x")))
        guard case .temporary(mayHaveBeenSent, "connection refused") = answer else {
            Issue.record("unexpected: \(answer)")
            return
        }
    }

    @Test func `a token repeated by server or transport is taken out`() async {
        let refused = response(
            401,
            #"{"ok":false,"error_code":401,"description":"no 6100200:AAE-not_a_real_token here"}"#
        )
        #expect(await client { refused }.answer(to: GetMe()).detail == "no <redacted> here")
        let failing = client { () throws(TransportError) in
            throw TransportError(
                mayHaveBeenSent: false,
                detail: "cannot reach /bot6100200:AAE-not_a_real_token/getMe"
            )
        }
        #expect(await failing.answer(to: GetMe()).detail == "cannot reach /bot<redacted>/getMe")
    }

    @Test func `a token never prints`() {
        var dumped = ""
        dump(token, to: &dumped)
        dump(token.secret, to: &dumped)
        dump(SetWebhook(url: "u", secretToken: token.secret), to: &dumped)
        let shown = "\(token) \(String(reflecting: token)) \(token.secret) \([token]) \(dumped)"
        #expect(!shown.contains("AAE"))
        #expect("\(token)" == "6100200:<redacted>")
    }

    @Test(
        arguments: [
            ("1:a", 1), ("6100200:AAE-_09zZ", 6_100_200), ("9223372036854775807:x", .max),
        ] as [(String, Int64)]
    )
    func `a token gives the bot's id`(text: String, botID: Int64) throws {
        let token = try BotToken(text)
        #expect(token.botID == botID)
        #expect(token.secret.revealed == text)
    }

    @Test(arguments: [
        ("", BotToken.ParseError.noBotID), ("AAE", .noBotID), (":AAE", .noBotID), ("-1:AAE", .noBotID),
        ("+1:AAE", .noBotID), (" 1:AAE", .noBotID), ("1a:AAE", .noBotID),
        ("9223372036854775808:AAE", .noBotID),
        ("1:", .badSecret), ("1:AA E", .badSecret), ("1:AAE\n", .badSecret), ("1:AA:E", .badSecret),
        ("1:AAÉ", .badSecret), ("1:AA/E", .badSecret),
    ])
    func `what is no token is refused without repeating it`(text: String, expected: BotToken.ParseError) {
        let error = #expect(throws: BotToken.ParseError.self) { try BotToken(text) }
        #expect(error == expected)
        #expect(error.map { "\($0) \(String(reflecting: $0))".contains("AAE") } == false)
    }
}
