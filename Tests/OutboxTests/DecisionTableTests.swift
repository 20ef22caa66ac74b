import BotAPI
import Leaderboards
import Testing

@testable import Outbox

/// What follows at once from every answer of Telegram, in every state of a delivery.
///
/// An outcome is written as where the delivery goes, what is known of Telegram's table then, and what else follows:
/// `opens` and `closes` the chat, `holds` it, `paused` bot, a call that is `unsure`, the third `try` in a row that
/// failed, an answer that may pass (`new`).
@Suite struct `Every answer of Telegram decides, in every state` {
    /// A delivery whose call has just been answered; its table is known to hold 40.
    struct State: Sendable, CustomTestStringConvertible {
        let name: String
        var state = DeliveryState(desired: 100, known: .exactly(40), attempts: 2)
        var step = DeliveryStep.score
        var value: Int32 = 100
        var isInline = false

        var testDescription: String { name }

        var call: DeliveryCall {
            DeliveryCall(step: step, value: value, claimedAt: now + .seconds(-1), isInline: isInline)
        }

        static func correction(_ desired: Int32?) -> DeliveryState {
            DeliveryState(desired: desired, isCorrection: true, known: .exactly(40), attempts: 2)
        }
    }

    /// The states, in the order of the columns of ``table``.
    static let states = [
        State(name: "message"),
        State(name: "inline", isInline: true),
        State(name: "overtaken", state: DeliveryState(desired: 101, known: .exactly(40), attempts: 2)),
        State(name: "correction", state: State.correction(nil), step: .force, value: 0),
        State(
            name: "latest",
            state: DeliveryState(desired: 100, followsLatest: true, known: .exactly(40), attempts: 2),
            step: .force,
            isInline: true
        ),
        State(
            name: "reading",
            state: DeliveryState(desired: 100, isCorrection: true, mustRead: true, attempts: 2),
            step: .read
        ),
    ]

    /// A row: answers, and what follows in each state.
    struct Row: Sendable, CustomTestStringConvertible {
        let answers: [(status: Int, body: String)]
        let outcomes: [String]

        var testDescription: String { answers[0].body }

        init(_ answers: [(Int, String)], _ outcomes: String...) {
            self.answers = answers.map { (status: $0.0, body: $0.1) }
            self.outcomes = outcomes
        }

        /// Errors in Telegram's envelope.
        init(errors: [(Int, String)], _ outcomes: String...) {
            answers = errors.map { code, text in
                (status: code, body: #"{"ok":false,"error_code":\#(code),"description":"\#(text)"}"#)
            }
            self.outcomes = outcomes
        }
    }

    private static let now = Instant(milliseconds: 1_772_366_400_000)
    private static let tooMany =
        #"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 240","parameters":{"retry_after":240}}"#
    private static let upgraded =
        #"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001234567890}}"#
    private static let unchanged =
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as "
        + "a current content and reply markup of the message"

    static let table = [
        //                                     message, inline, overtaken, correction, latest, reading
        Row(
            [(200, #"{"ok":true,"result":true}"#), (200, #"{"ok":true,"result":{"message_id":5}}"#)],
            "done =100 opens",
            "done =100",
            "+0 =100 opens",
            "done absent opens",
            "done =100",
            "+0 unknown read"
        ),
        Row(
            errors: [
                (400, "Bad Request: BOT_SCORE_NOT_MODIFIED"), (400, "bad request: bot_score_not_modified"),
                (400, unchanged), (400, "Bad Request: MESSAGE_NOT_MODIFIED"),
            ],
            "done >=100 opens",
            "done >=100",
            "+0 >=100 opens",
            "done absent opens",
            "done =100",
            "+0 unknown read"
        ),
        Row(
            [(429, tooMany)],
            "+240 =40 holds 240 try 2",
            "+240 =40 holds 240 try 2",
            "+240 =40 holds 240 try 2",
            "+240 =40 holds 240 try 2",
            "+240 =40 holds 240 try 2",
            "+240 unknown read holds 240 try 2"
        ),
        Row(
            [(429, "<html>slow down</html>"), (429, #"{"ok":false,"error_code":429,"description":"new"}"#)],
            "+5 =40 holds 5 try 2",
            "+5 =40 holds 5 try 2",
            "+5 =40 holds 5 try 2",
            "+5 =40 holds 5 try 2",
            "+5 =40 holds 5 try 2",
            "+5 unknown read holds 5 try 2"
        ),
        Row(
            [
                (500, ""), (502, "<html><h1>502 Bad Gateway</h1></html>"), (504, "<html>"), (200, "not JSON"),
                (200, #"{"ok":true}"#), (400, "Bad Request"), (403, "a proxy's page"), (404, "nginx"),
                (0, ""),
                (302, #"{"ok":false,"error_code":302,"description":"Found"}"#),
                (500, #"{"ok":false,"error_code":500,"description":"Internal Server Error: restart"}"#),
                (503, #"{"ok":false,"error_code":503,"description":"Service Unavailable"}"#),
                (599, #"{"ok":false,"error_code":599,"description":"something new"}"#),
                (
                    409,
                    #"{"ok":false,"error_code":409,"description":"Conflict: terminated by setWebhook request"}"#
                ),
                (409, #"{"ok":false,"error_code":409,"description":"Conflict: something new"}"#),
                (408, #"{"ok":false,"error_code":408,"description":"Request Timeout"}"#),
            ],
            "+4 >=40 unsure try 3",
            "+4 >=40 unsure try 3",
            "+4 >=40 unsure try 3",
            "+59 unknown read unsure try 3",
            "+59 unknown read unsure try 3",
            "+4 unknown read try 3"
        ),
        Row(
            errors: [
                (400, "Bad Request: message to set game score not found"),
                (400, "Bad Request: message not found"),
                (400, "Bad Request: MESSAGE_ID_INVALID"), (400, "Bad Request: game score can't be set"),
                (400, "Bad Request: invalid inline message identifier specified"),
                (400, "Bad Request: wrong inline message identifier specified"),
                (400, "Bad Request: chat not found"), (400, "Bad Request: private chat not found"),
                (400, "Bad Request: PEER_ID_INVALID"), (403, "Forbidden: user is deactivated"),
                (400, "Bad Request: INPUT_USER_DEACTIVATED"), (403, "Forbidden: the group chat was deleted"),
                (400, "Bad Request: group chat was upgraded to a supergroup chat"),
            ],
            "elsewhere =40",
            "elsewhere =40",
            "elsewhere =40",
            "elsewhere =40",
            "elsewhere =40",
            "elsewhere unknown read"
        ),
        Row(
            [(400, upgraded)],
            "elsewhere =40",
            "elsewhere =40",
            "elsewhere =40",
            "elsewhere =40",
            "elsewhere =40",
            "elsewhere unknown read"
        ),
        Row(
            errors: [
                (403, "Forbidden: bot was kicked from the group chat"),
                (403, "Forbidden: bot was kicked from the supergroup chat"),
                (403, "Forbidden: bot was kicked from the channel chat"),
                (403, "Forbidden: bot is not a member of the group chat"),
                (403, "Forbidden: bot is not a member of the supergroup chat"),
                (403, "Forbidden: bot is not a member of the channel chat"),
                (403, "Forbidden: bot was blocked by the user"), (403, "Forbidden: CHAT_WRITE_FORBIDDEN"),
                (403, "Forbidden: bot can't initiate conversation with a user"),
                (403, "Forbidden: something new"),
                (403, "SOMETHING_NEW"), (400, "Bad Request: CHAT_WRITE_FORBIDDEN"),
                (400, "Bad Request: have no write access to the chat"),
                (400, "Bad Request: can't access the chat"),
                (400, "Bad Request: CHANNEL_PRIVATE"), (400, "Bad Request: USER_IS_BLOCKED"),
            ],
            "+0 =40 closes",
            "elsewhere or +3600 =40 new",
            "+0 =40 closes",
            "+0 =40 closes",
            "elsewhere or +3600 =40 new",
            "+0 unknown read closes"
        ),
        Row(
            errors: [
                (400, "Bad Request: SCORE_INVALID"), (400, "Bad Request: invalid user_id specified"),
                (400, "Bad Request: USER_BOT_REQUIRED"), (400, "Bad Request: chat_id is empty"),
                (400, "Bad Request: message identifier is not specified"),
                (413, "Request Entity Too Large: too many parameters"),
            ],
            "dead =40",
            "dead =40",
            "+0 =40",
            "dead =40",
            "dead =40",
            "dead unknown read"
        ),
        Row(
            errors: [
                (400, "Bad Request: SOMETHING_NEW"), (400, "Bad Request: something new is not found"),
                (400, "Bad Request: SOMETHING_INVALID"), (400, ""), (406, "Not Acceptable"),
                (418, "I'm a teapot"),
            ],
            "+60 =40 new",
            "+60 =40 new",
            "+0 =40",
            "+60 =40 new",
            "+60 =40 new",
            "+60 unknown read new"
        ),
        Row(
            errors: [
                (401, "Unauthorized"), (401, "Unauthorized: invalid token specified"), (401, "something new"),
                (404, "Not Found"), (404, "Not Found: method not found"), (404, "something new"),
                (421, "Misdirected Request: unallowed token specified"),
            ],
            "+0 =40 try 2 paused",
            "+0 =40 try 2 paused",
            "+0 =40 try 2 paused",
            "+0 =40 try 2 paused",
            "+0 =40 try 2 paused",
            "+0 unknown read try 2 paused"
        ),
    ]

    @Test(arguments: table)
    func `at once`(row: Row) {
        for answer in row.answers {
            let response = BotHTTPResponse(status: answer.status, body: Array(answer.body.utf8))
            let decision = DeliveryAnswer(BotAnswer(to: SetGameScore.self, response))
            for (state, expected) in zip(Self.states, row.outcomes) {
                // A table that was read is no answer to setGameScore.
                if state.step == .read,
                    response.status == 200 || answer.body.contains("MODIFIED")
                        || answer.body.contains("modified")
                {
                    continue
                }
                let settlement = DeliverySettlement(
                    state.state,
                    after: state.call,
                    answer: decision,
                    now: Self.now,
                    random: 0.5
                )
                #expect(Self.text(of: settlement) == expected, "\(state.name): \(answer)")
                // What Telegram said is on record.
                #expect((settlement.error?.isEmpty == false) == !row.outcomes[0].hasPrefix("done"))
            }
        }
        #expect(row.outcomes.count == Self.states.count)
    }

    /// An outcome in the words of the table.
    private static func text(of settlement: DeliverySettlement) -> String {
        var words: [String] = []
        switch settlement.next {
        case .done: words.append("done")
        case .dead: words.append("dead")
        case .anotherTarget: words.append("elsewhere")
        case .anotherTargetOrDead: words.append("elsewhere or dead")
        case .anotherTargetOrPending(let due): words.append("elsewhere or +\((due - now).components.seconds)")
        case .pending(let due): words.append("+\((due - now).components.seconds)")
        }
        switch settlement.state.known {
        case .unknown: words.append("unknown")
        case .exactly(nil): words.append("absent")
        case .exactly(let value?): words.append("=\(value)")
        case .atLeast(let value): words.append(">=\(value)")
        }
        if settlement.state.mustRead { words.append("read") }
        if settlement.state.uncertainUntil != nil { words.append("unsure") }
        if settlement.isChatWritable { words.append("opens") }
        if settlement.isChatForbidden { words.append("closes") }
        if let hold = settlement.chatHold { words.append("holds \(hold.components.seconds)") }
        if settlement.state.attempts > 0 { words.append("try \(settlement.state.attempts)") }
        if settlement.state.rejections > 0 { words.append("new") }
        if settlement.refusal != nil { words.append("paused") }
        return words.joined(separator: " ")
    }

    // MARK: - Later

    @Test(arguments: states.filter { $0.name != "overtaken" })
    func `words that nobody has seen before have other messages tried after 1, 10 and 60 minutes`(
        state: State
    ) {
        var (current, now) = (state.state, Self.now)
        var waits: [Int64] = []
        for round in 0... {
            let call = DeliveryCall(
                step: state.step,
                value: state.value,
                claimedAt: now,
                isInline: state.isInline
            )
            let answer: DeliveryAnswer = .unrecognized("Bad Request: NEW")
            // Failures between them neither count nor make up for them.
            let trouble = DeliveryAnswer.temporary("502", mayHaveTakenEffect: false)
            for answer in [trouble, answer] {
                let settlement = DeliverySettlement(
                    current,
                    after: call,
                    answer: answer,
                    now: now,
                    random: 0.5
                )
                current = settlement.state
                guard case .pending(let due) = settlement.next else {
                    #expect(settlement.error == "Bad Request: NEW" && waits == [60, 600, 3600])
                    if settlement.next == .dead {
                        // Not without end.
                        return #expect(round == 3 + DeliverySettlement.maximumFallbacks)
                    }
                    #expect(settlement.next == .anotherTargetOrDead && round >= 3)
                    continue
                }
                if current.rejections > round { waits.append((due - now).components.seconds) }
                now = due
            }
        }
    }

    @Test(arguments: [DeliveryStep.score, .force, .read])
    func `a forbidden inline message never makes a delivery dead`(step: DeliveryStep) {
        var (current, now) = (DeliveryState(desired: 100, isCorrection: step != .score), Self.now)
        var waits: [Int64] = []
        for _ in 0..<30 {
            let call = DeliveryCall(step: step, value: 100, claimedAt: now, isInline: true)
            let answer = DeliveryAnswer.chatForbidden("Forbidden: kicked")
            let settlement = DeliverySettlement(current, after: call, answer: answer, now: now, random: 0.5)
            guard case .anotherTargetOrPending(let due) = settlement.next else {
                Issue.record("\(settlement.next)")
                return
            }
            #expect(settlement.error == "Forbidden: kicked" && !settlement.isChatForbidden)
            #expect(due.isCredible(at: now, within: ClockSkew.rejectionTolerance))
            waits.append((due - now).components.seconds / 3600)
            (current, now) = (settlement.state, due)
        }
        #expect(waits == [1, 6] + Array(repeating: 24, count: 28))
    }

    @Test func `a score that is taken makes the words that nobody knew forgotten`() {
        let call = DeliveryCall(step: .score, value: 100, claimedAt: Self.now)
        let before = DeliveryState(desired: 100, rejections: 3)
        for answer in [DeliveryAnswer.delivered, .notModified, .targetGone("x"), .chatForbidden("x")] {
            let settlement = DeliverySettlement(before, after: call, answer: answer, now: Self.now, random: 0)
            #expect(settlement.state.rejections == 0)
        }
    }

    @Test func `a closed chat is tried after 1 h, 6 h, then daily`() {
        var (closure, now) = (ChatClosure?.none, Self.now)
        var waits: [Int64] = []
        for number in 1...5 {
            let next = ChatClosure(
                closure,
                refusedBecause: "kicked \(number)",
                claimedAt: now,
                now: now + .seconds(2)
            )
            #expect(next.refusals == number && next.reason == "kicked \(number)")
            #expect(next.since == Self.now + .seconds(2))
            // Calls that were under way are no tries of their own.
            let echo = ChatClosure(next, refusedBecause: "late", claimedAt: now, now: now + .seconds(9))
            #expect(echo.refusals == number && echo.retryAt == next.retryAt && echo.reason == "late")
            // What Telegram tells without a call is none either, however often.
            let told = ChatClosure(next, refusedBecause: "told", claimedAt: nil, now: now + .seconds(9))
            #expect(told.refusals == number && told.retryAt == next.retryAt && told.reason == "told")
            waits.append((next.retryAt - next.refusedAt).components.seconds / 3600)
            (closure, now) = (next, next.retryAt)
        }
        #expect(waits == [1, 6, 24, 24, 24])
    }
}
