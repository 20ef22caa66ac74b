import BotAPI
import JSON
import Leaderboards
import TestSupport
import Testing

@testable import Outbox

@Suite struct `What Telegram's answers mean for a delivery` {
    private static let now = Instant(milliseconds: 1_772_366_400_000)
    private static let later = DeliverySettlement.Next.pending(now + .seconds(4))

    @Test(arguments: [true, false])
    func `no answer at all is a matter of time`(mayHaveBeenSent: Bool) {
        let answer = BotAnswer.temporary(mayHaveTakenEffect: mayHaveBeenSent, detail: "timed out")
        let settlement = settle(DeliveryAnswer(answer))
        #expect(settlement.next == Self.later)
        #expect((settlement.state.uncertainUntil != nil) == mayHaveBeenSent)
    }

    private func settle(_ answer: DeliveryAnswer) -> DeliverySettlement {
        DeliverySettlement(
            DeliveryState(desired: 100, attempts: 2),
            after: DeliveryCall(step: .score, value: 100, claimedAt: Self.now + .seconds(-1)),
            answer: answer,
            now: Self.now,
            random: 0.5
        )
    }

    @Test func `a target in the terms of the Bot API is the same`() {
        let chat = TelegramChatID(rawValue: -5)
        #expect(MessageTarget(.message(chat: chat, id: 9)) == .chat(chatID: -5, messageID: 9))
        #expect(MessageTarget(.inline("abc")) == .inline("abc"))
        #expect(MessageTarget(Target.none) == nil)
    }
}
