@testable import BotAPI
import JSON
import Testing

@Suite struct BotAnswerTests {
    private func answer<Method: BotMethod>(
        to method: Method.Type = SetGameScore.self,
        _ status: Int,
        _ body: String,
        retryAfter: String? = nil
    ) -> BotAnswer {
        BotAnswer(to: method, BotHTTPResponse(status: status, retryAfter: retryAfter, body: Array(body.utf8)))
    }

    private func refusal(_ code: Int, _ description: String) -> String {
        #"{"ok":false,"error_code":\#(code),"description":"\#(description)"}"#
    }

    @Test(arguments: [
        (400, "Bad Request: BOT_SCORE_NOT_MODIFIED", "not_modified"),
        (400, "bad request: bot_score_not_modified", "not_modified"),
        (
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                + "the same as a current content and reply markup of the message",
            "not_modified"
        ),
        (400, "Bad Request: invalid user_id specified", "invalid_request"),
        (400, "Bad Request: SCORE_INVALID", "invalid_request"),
        (400, "Bad Request: USER_ID_INVALID", "invalid_request"),
        (400, "Bad Request: USER_BOT_REQUIRED", "invalid_request"),
        (400, "Bad Request: message identifier is not specified", "invalid_request"),
        (400, "Bad Request: chat_id is empty", "invalid_request"),
        (400, "Bad Request: SOMETHING_NEW", "unrecognized"), (406, "Not Acceptable: x", "unrecognized"),
        (400, "Bad Request: something new not found", "unrecognized"),
        (413, "Request Entity Too Large: too big", "invalid_request"),
        (400, "Bad Request: invalid inline message identifier specified", "target_gone"),
        (400, "Bad Request: wrong inline message identifier specified", "target_gone"),
        (400, "Bad Request: message to set game score not found", "target_gone"),
        (400, "Bad Request: message not found", "target_gone"),
        (400, "Bad Request: game score can't be set", "target_gone"),
        (400, "Bad Request: MESSAGE_ID_INVALID", "target_gone"),
        (400, "Bad Request: SOMETHING_INVALID", "unrecognized"),
        (400, "Bad Request: chat not found", "chat_gone"),
        (400, "Bad Request: private chat not found", "chat_gone"),
        (400, "Bad Request: PEER_ID_INVALID", "chat_gone"),
        (400, "Bad Request: group chat was upgraded to a supergroup chat", "chat_gone"),
        (403, "Forbidden: user is deactivated", "chat_gone"),
        (403, "Forbidden: the group chat was deleted", "chat_gone"),
        (400, "Bad Request: have no write access to the chat", "chat_forbidden"),
        (400, "Bad Request: can't access the chat", "chat_forbidden"),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", "chat_forbidden"),
        (400, "Bad Request: not enough rights to send games to the chat", "chat_forbidden"),
        (403, "Forbidden: bot was kicked from the group chat", "chat_forbidden"),
        (403, "Forbidden: bot was kicked from the supergroup chat", "chat_forbidden"),
        (403, "Forbidden: bot was kicked from the channel chat", "chat_forbidden"),
        (403, "Forbidden: bot is not a member of the group chat", "chat_forbidden"),
        (403, "Forbidden: bot is not a member of the supergroup chat", "chat_forbidden"),
        (403, "Forbidden: bot was blocked by the user", "chat_forbidden"),
        (403, "Forbidden: something new", "chat_forbidden"),
        (401, "Unauthorized", "unauthorized"),
        (401, "Unauthorized: invalid token specified", "unauthorized"),
        (404, "Not Found", "unauthorized"),
        (404, "Not Found: method not found", "unauthorized"),
        (421, "Misdirected Request: unallowed token specified", "unauthorized"),
        (409, "Conflict: terminated by setWebhook request", "conflict"),
        (500, "Internal Server Error: restart", "temporary"),
        (502, "Bad Gateway", "temporary"),
        (503, "Service Unavailable", "temporary"),
        (504, "Gateway Timeout", "temporary"),
        (408, "Request Timeout", "temporary"),
        (302, "Found", "temporary"),
        (429, "Too Many Requests: retry after 5", "retry_after"),
    ])
    func `a refused score is classified`(code: Int, description: String, expected: String) {
        let answer = answer(code, refusal(code, description))
        #expect(answer.code == expected)
        switch expected {
        case "not_modified", "retry_after": #expect(answer.detail == nil)
        default: #expect(answer.detail == description)
        }
    }

    @Test(arguments: [
        ("Bad Request: wrong game short name specified", "invalid_request"),
        ("Bad Request: parameter \\\"game_short_name\\\" is required", "invalid_request"),
        ("Bad Request: games can't be sent to channel direct messages chats", "chat_forbidden"),
        ("Bad Request: not enough rights to send games to the chat", "chat_forbidden"),
        ("Bad Request: CHAT_SEND_GAME_FORBIDDEN", "chat_forbidden"),
        ("Bad Request: CHAT_WRITE_FORBIDDEN", "chat_forbidden"),
        ("Bad Request: PEER_ID_INVALID", "chat_gone"),
        ("Bad Request: BOT_GAMES_DISABLED", "invalid_request"),
        ("Bad Request: GAME_BOT_INVALID", "invalid_request"),
        ("Bad Request: REPLY_MARKUP_GAME_EMPTY", "invalid_request"),
        ("Forbidden: bot can't initiate conversation with a user", "chat_forbidden"),
    ])
    func `a game that could not be sent is classified`(description: String, expected: String) {
        let answer = answer(to: SendGame.self, 400, refusal(400, description))
        #expect(answer.code == expected)
        let isUnknown = description.contains("wrong game") || description.contains("GAME_BOT_INVALID")
        #expect(answer.remedy(forGame: "maze")?.contains("no game 'maze'") ?? false == isUnknown)
        #expect(answer.remedy(forGame: nil)?.contains("send-game GAME") ?? false == isUnknown)
    }

    @Test(arguments: [
        (
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
            "target_gone"
        ),
        ("Bad Request: URL_INVALID", "invalid_request"),
        ("Bad Request: MESSAGE_TOO_LONG", "invalid_request"),
        ("Bad Request: bad webhook: An HTTPS URL must be provided for webhook", "invalid_request"),
    ])
    func `another refused call is classified`(description: String, expected: String) {
        #expect(answer(to: AnswerCallbackQuery.self, 400, refusal(400, description)).code == expected)
    }

    @Test func `success carries the result`() {
        guard
            case .done(let result) = answer(200, #"{"ok":true,"result":{"message_id":4},"description":"x"}"#)
        else {
            Issue.record("not done")
            return
        }
        #expect(result["message_id"]?.int64 == 4)
        #expect(answer(200, #"{"ok":true,"result":true}"#).code == "done")
    }

    @Test(
        arguments: [
            (#"{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":7}}"#, "9", 7),
            (#"{"ok":false,"error_code":429,"parameters":{"retry_after":"7"}}"#, nil, 7),
            (#"{"ok":false,"error_code":429,"parameters":{}}"#, "9", 9),
            (#"{"ok":false,"error_code":429}"#, nil, BotAnswer.defaultRetrySeconds),
            (
                #"{"ok":false,"error_code":429}"#, "Wed, 21 Oct 2026 07:28:00 GMT",
                BotAnswer.defaultRetrySeconds
            ),
            (#"{"ok":false,"error_code":429,"parameters":{"retry_after":0}}"#, nil, 1),
            (#"{"ok":false,"error_code":429,"parameters":{"retry_after":-4}}"#, nil, 1),
            (
                #"{"ok":false,"error_code":429,"parameters":{"retry_after":9223372036854775807}}"#, nil,
                BotAnswer.maximumRetrySeconds
            ),
            ("<html>slow down</html>", "12", 12),
            ("", nil, BotAnswer.defaultRetrySeconds),
        ] as [(String, String?, Int)]
    )
    func `the wait after too many requests is taken from where it stands`(
        body: String,
        header: String?,
        expected: Int
    ) {
        guard case .retryAfter(let seconds) = answer(429, body, retryAfter: header) else {
            Issue.record("not a wait")
            return
        }
        #expect(seconds == expected)
    }

    @Test(arguments: [
        (200, ""), (200, "<html>"), (200, "{}"), (200, "true"), (200, #"{"ok":"true","result":1}"#),
        (200, #"{"ok":true}"#), (200, #"{"ok":true,"result":tru"#), (500, #"{"ok":true,"result":true}"#),
        (200, #"{"ok":false}"#), (400, "Bad Request"), (401, "<html>"), (403, "blocked by proxy"),
        (404, "nginx"),
        (502, "<html>Bad Gateway</html>"), (301, ""), (0, ""),
    ])
    func `an answer that cannot be read is temporary and may have had an effect`(status: Int, body: String) {
        guard case .temporary(let mayHaveTakenEffect, _) = answer(status, body) else {
            Issue.record("not temporary")
            return
        }
        #expect(mayHaveTakenEffect)
    }

    @Test(arguments: [400, 403])
    func `an upgraded group gives its new id`(code: Int) {
        let body =
            #"{"ok":false,"error_code":\#(code),"description":"Bad Request: group chat was upgraded to a "#
            + #"supergroup chat","parameters":{"migrate_to_chat_id":-1001700000001}}"#
        guard case .migrated(let chatID) = answer(to: SendGame.self, code, body) else {
            Issue.record("not migrated")
            return
        }
        #expect(chatID == -1_001_700_000_001)
    }

    @Test func `the status stands in for a missing code`() {
        #expect(answer(403, #"{"ok":false,"description":"Forbidden: x"}"#).code == "chat_forbidden")
        #expect(answer(409, #"{"ok":false}"#).detail == "no description, code 409")
    }

    @Test func `a description is kept on one line and in bounds`() {
        let answer = answer(400, refusal(400, "a\\nb\\u0000" + String(repeating: "é", count: 1000)))
        #expect(answer.detail?.hasPrefix("a b é") == true)
        #expect(answer.detail?.unicodeScalars.count == 300)
    }
}
