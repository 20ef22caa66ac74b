import BotAPI
import JSON
import Leaderboards
import Testing

@testable import Delivery

@Suite struct `What Telegram's answers mean for a delivery` {
    /// An answer as it comes, and what becomes of a player's 100 that was sent for the third time.
    struct Case: Sendable, CustomTestStringConvertible {
        let status: Int
        let body: String
        let next: DeliverySettlement.Next
        var known = KnownScore.unknown
        var attempts = 2
        var hold: Duration?
        var isForbidden = false
        var isRefused = false

        init(
            _ status: Int,
            _ body: String,
            _ next: DeliverySettlement.Next,
            known: KnownScore = .unknown,
            attempts: Int = 2,
            hold: Duration? = nil,
            isForbidden: Bool = false,
            isRefused: Bool = false
        ) {
            self.status = status
            self.body = body
            self.next = next
            self.known = known
            self.attempts = attempts
            self.hold = hold
            self.isForbidden = isForbidden
            self.isRefused = isRefused
        }

        /// An error in Telegram's envelope.
        static func error(
            _ code: Int,
            _ description: String,
            _ next: DeliverySettlement.Next,
            attempts: Int = 0,
            isForbidden: Bool = false,
            isRefused: Bool = false
        ) -> Case {
            Case(
                code,
                #"{"ok":false,"error_code":\#(code),"description":"\#(description)"}"#,
                next,
                attempts: attempts,
                isForbidden: isForbidden,
                isRefused: isRefused
            )
        }

        var testDescription: String { "\(status) \(body)" }
    }

    private static let now = Instant(milliseconds: 1_772_366_400_000)
    private static let later = DeliverySettlement.Next.pending(now + .seconds(4))

    /// Every class of the reference with the words in which it is documented.
    static let cases: [Case] = [
        // Success: the message as it is now, or true for inline messages.
        Case(200, #"{"ok":true,"result":true}"#, .done, known: .exactly(100), attempts: 0),
        Case(200, #"{"ok":true,"result":{"message_id":5}}"#, .done, known: .exactly(100), attempts: 0),
        Case(
            400,
            #"{"ok":false,"error_code":400,"description":"Bad Request: BOT_SCORE_NOT_MODIFIED"}"#,
            .done,
            known: .atLeast(100),
            attempts: 0
        ),
        Case(
            400,
            #"{"ok":false,"error_code":400,"description":"Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"}"#,
            .done,
            known: .atLeast(100),
            attempts: 0
        ),
        // Too many calls.
        Case(
            429,
            #"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5","parameters":{"retry_after":5}}"#,
            .pending(now + .seconds(5)),
            hold: .seconds(5)
        ),
        Case(
            429,
            #"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 240","parameters":{"retry_after":240}}"#,
            .pending(now + .seconds(240)),
            hold: .seconds(240)
        ),
        Case(429, "<html>slow down</html>", .pending(now + .seconds(5)), hold: .seconds(5)),
        // Telegram in trouble, in its own words, in those of what stands before it, or in none.
        .error(500, "Internal Server Error: restart", later, attempts: 3),
        Case(500, "", later, attempts: 3),
        Case(502, "<html><h1>502 Bad Gateway</h1></html>", later, attempts: 3),
        .error(503, "Service Unavailable", later, attempts: 3),
        Case(504, "<html>", later, attempts: 3),
        Case(200, "not JSON", later, attempts: 3),
        Case(200, #"{"ok":true}"#, later, attempts: 3),
        .error(409, "Conflict: terminated by other getUpdates request", later, attempts: 3),
        // The message.
        .error(400, "Bad Request: message to set game score not found", .anotherTarget),
        .error(400, "Bad Request: message not found", .anotherTarget),
        .error(400, "Bad Request: MESSAGE_ID_INVALID", .anotherTarget),
        .error(400, "Bad Request: game score can't be set", .anotherTarget),
        .error(400, "Bad Request: invalid inline message identifier specified", .anotherTarget),
        .error(400, "Bad Request: wrong inline message identifier specified", .anotherTarget),
        Case(
            400,
            #"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001234567890}}"#,
            .anotherTarget,
            attempts: 0
        ),
        // The chat that is not there.
        .error(400, "Bad Request: chat not found", .anotherTarget),
        .error(400, "Bad Request: private chat not found", .anotherTarget),
        .error(400, "Bad Request: PEER_ID_INVALID", .anotherTarget),
        .error(403, "Forbidden: user is deactivated", .anotherTarget),
        .error(403, "Forbidden: the group chat was deleted", .anotherTarget),
        // The chat that forbids.
        .error(400, "Bad Request: have no write access to the chat", .anotherTarget, isForbidden: true),
        .error(400, "Bad Request: can't access the chat", .anotherTarget, isForbidden: true),
        .error(400, "Bad Request: CHAT_WRITE_FORBIDDEN", .anotherTarget, isForbidden: true),
        .error(403, "Forbidden: bot was kicked from the group chat", .anotherTarget, isForbidden: true),
        .error(403, "Forbidden: bot was kicked from the supergroup chat", .anotherTarget, isForbidden: true),
        .error(403, "Forbidden: bot was kicked from the channel chat", .anotherTarget, isForbidden: true),
        .error(403, "Forbidden: bot is not a member of the group chat", .anotherTarget, isForbidden: true),
        .error(
            403,
            "Forbidden: bot is not a member of the supergroup chat",
            .anotherTarget,
            isForbidden: true
        ),
        .error(403, "Forbidden: bot was blocked by the user", .anotherTarget, isForbidden: true),
        // The call itself.
        .error(400, "Bad Request: SCORE_INVALID", .dead),
        .error(400, "Bad Request: invalid user_id specified", .dead),
        .error(400, "Bad Request: USER_BOT_REQUIRED", .dead),
        .error(400, "Bad Request: chat_id is empty", .dead),
        .error(400, "Bad Request: message identifier is not specified", .dead),
        .error(413, "Request Entity Too Large: too many parameters", .dead),
        // The bot.
        .error(401, "Unauthorized", .pending(now), attempts: 2, isRefused: true),
        .error(401, "Unauthorized: invalid token specified", .pending(now), attempts: 2, isRefused: true),
        .error(404, "Not Found", .pending(now), attempts: 2, isRefused: true),
        .error(404, "Not Found: method not found", .pending(now), attempts: 2, isRefused: true),
        .error(
            421,
            "Misdirected Request: unallowed token specified",
            .pending(now),
            attempts: 2,
            isRefused: true
        ),
    ]

    @Test(arguments: cases)
    func `every answer of the reference decides`(item: Case) {
        let response = BotHTTPResponse(status: item.status, body: Array(item.body.utf8))
        let settlement = settle(DeliveryAnswer(BotAnswer(to: SetGameScore.self, response)))
        #expect(settlement.next == item.next)
        #expect(settlement.state.known == item.known)
        #expect(settlement.state.attempts == item.attempts)
        #expect(settlement.chatHold == item.hold)
        #expect(settlement.isChatForbidden == item.isForbidden)
        #expect((settlement.refusal != nil) == item.isRefused)
    }

    @Test(arguments: [true, false])
    func `no answer at all is a matter of time`(mayHaveBeenSent: Bool) {
        let answer = BotAnswer.temporary(mayHaveTakenEffect: mayHaveBeenSent, detail: "timed out")
        let settlement = settle(DeliveryAnswer(answer))
        #expect(settlement.next == Self.later)
        #expect((settlement.state.uncertainUntil != nil) == mayHaveBeenSent)
    }

    private func settle(_ answer: DeliveryAnswer) -> DeliverySettlement {
        DeliverySettlement(
            DeliveryState(wanted: 100, attempts: 2),
            after: DeliveryCall(step: .score, value: 100, claimedAt: Self.now + .seconds(-1)),
            answer: answer,
            now: Self.now,
            random: 0.5
        )
    }

    @Test func `a message id beyond int32 is no target of the Bot API`() {
        let chat = TelegramChatID(rawValue: -5)
        #expect(MessageTarget(.message(chat: chat, id: Int64(Int32.max) + 1)) == nil)
        #expect(MessageTarget(.message(chat: chat, id: 9)) == .chat(chatID: -5, messageID: 9))
        #expect(MessageTarget(.inline("abc")) == .inline("abc"))
        #expect(MessageTarget(Target.none) == nil)
    }
}
