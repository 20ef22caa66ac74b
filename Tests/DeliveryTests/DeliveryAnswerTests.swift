import BotAPI
import JSON
import Leaderboards
import Testing

@testable import Delivery

@Suite struct `What Telegram's answers mean for a delivery` {
    @Test(arguments: [
        (BotAnswer.notModified, DeliveryAnswer.notModified),
        (.retryAfter(seconds: 7), .wait(.seconds(7))),
        (.temporary(mayHaveTakenEffect: true, detail: "502"), .temporary("502")),
        (.conflict(detail: "other"), .temporary("other")),
        (.migrated(to: -100), .targetGone("the group has become a supergroup")),
        (.targetGone(detail: "MESSAGE_ID_INVALID"), .targetGone("MESSAGE_ID_INVALID")),
        (.chatGone(detail: "chat not found"), .targetGone("chat not found")),
        (.chatForbidden(detail: "bot was kicked"), .chatForbidden("bot was kicked")),
        (.invalidRequest(detail: "SCORE_INVALID"), .rejected("SCORE_INVALID")),
        (.unauthorized(detail: "Unauthorized"), .botRefused("Unauthorized")),
    ])
    func `every class of answer has a meaning`(answer: BotAnswer, meaning: DeliveryAnswer) {
        #expect(DeliveryAnswer(answer) == meaning)
    }

    @Test func `success is a delivery`() throws {
        #expect(DeliveryAnswer(.done(try JSON.parse(Array("true".utf8)))) == .delivered)
    }

    @Test func `a message id beyond int32 is no target of the Bot API`() {
        let chat = TelegramChatID(rawValue: -5)
        #expect(MessageTarget(.message(chat: chat, id: Int64(Int32.max) + 1)) == nil)
        #expect(MessageTarget(.message(chat: chat, id: 9)) == .chat(chatID: -5, messageID: 9))
        #expect(MessageTarget(.inline("abc")) == .inline("abc"))
        #expect(MessageTarget(Target.none) == nil)
    }
}
