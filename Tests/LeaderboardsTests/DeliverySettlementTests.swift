import Leaderboards
import Testing

/// What an answer of Telegram makes of a delivery.
struct DeliverySettlementTests {
    /// One call and what must follow.
    struct Case: Sendable, CustomTestStringConvertible {
        var answer: DeliveryAnswer
        var sent: Int32 = 100
        var wanted: Int32? = 100
        var isForced = false
        var attempts = 2
        var next: DeliverySettlement.Next
        var known: KnownScore?
        var attemptsAfter = 0

        var testDescription: String { "\(answer), sent \(sent), wanted \(wanted ?? 0), forced \(isForced)" }
    }

    private static let cases: [Case] = [
        // Ordinary deliveries: Telegram holds as much or more.
        Case(answer: .delivered, next: .done, known: .exactly(100)),
        Case(answer: .notModified, next: .done, known: .atLeast(100)),
        Case(answer: .delivered, wanted: 101, next: .pending(after: .zero), known: .exactly(100)),
        Case(answer: .notModified, wanted: 101, next: .pending(after: .zero), known: .atLeast(100)),
        Case(answer: .delivered, wanted: 99, next: .done, known: .exactly(100)),
        Case(answer: .delivered, wanted: nil, next: .done, known: .exactly(100)),
        // Forced ones: only the very value will do.
        Case(answer: .delivered, isForced: true, next: .done, known: .exactly(100)),
        Case(
            answer: .delivered,
            wanted: 99,
            isForced: true,
            next: .pending(after: .zero),
            known: .exactly(100)
        ),
        Case(
            answer: .delivered,
            wanted: nil,
            isForced: true,
            next: .pending(after: .zero),
            known: .exactly(100)
        ),
        Case(answer: .delivered, sent: 0, wanted: nil, isForced: true, next: .done, known: .exactly(nil)),
        Case(answer: .notModified, sent: 0, wanted: nil, isForced: true, next: .done, known: .exactly(nil)),
        Case(
            answer: .delivered,
            sent: 0,
            wanted: 5,
            isForced: true,
            next: .pending(after: .zero),
            known: .exactly(nil)
        ),
        // Waits and troubles never give up.
        Case(answer: .wait(.seconds(7)), next: .pending(after: .seconds(7)), attemptsAfter: 2),
        Case(answer: .temporary("502"), next: .pending(after: .seconds(4)), attemptsAfter: 3),
        Case(
            answer: .temporary("502"),
            attempts: 1_000_000,
            next: .pending(after: .seconds(30)),
            attemptsAfter: 1_000_001
        ),
        Case(answer: .botRefused("401"), next: .pending(after: .seconds(30)), attemptsAfter: 2),
        // Another message, or none.
        Case(answer: .targetGone("gone"), next: .anotherTarget),
        Case(answer: .chatForbidden("kicked"), next: .anotherTarget),
        // Permanent, unless a newer value waits.
        Case(answer: .rejected("SCORE_INVALID"), next: .dead),
        Case(answer: .rejected("SCORE_INVALID"), wanted: 101, next: .pending(after: .zero)),
        Case(answer: .rejected("SCORE_INVALID"), sent: 0, wanted: nil, isForced: true, next: .dead),
        // An ordinary call cannot make a player absent.
        Case(answer: .temporary("502"), wanted: nil, next: .done, attemptsAfter: 3),
        Case(answer: .rejected("SCORE_INVALID"), wanted: nil, next: .done),
    ]

    private func settle(_ item: Case) -> DeliverySettlement {
        DeliverySettlement(
            answer: item.answer,
            sent: item.sent,
            wanted: item.wanted,
            isForced: item.isForced,
            attempts: item.attempts,
            random: 0.5
        )
    }

    @Test(arguments: Self.cases)
    func `an answer decides`(item: Case) {
        let settlement = settle(item)
        #expect(settlement.next == item.next)
        #expect(settlement.known == item.known)
        #expect(settlement.attempts == item.attemptsAfter)
    }

    @Test(arguments: Self.cases)
    func `an error is recorded unless the call succeeded`(item: Case) {
        let settlement = settle(item)
        switch item.answer {
        case .delivered, .notModified: #expect(settlement.error == nil)
        default: #expect(settlement.error?.isEmpty == false)
        }
        #expect(settlement.isChatForbidden == (item.answer == .chatForbidden("kicked")))
        if case .wait(let duration) = item.answer {
            #expect(settlement.chatHold == duration)
        } else {
            #expect(settlement.chatHold == nil)
        }
    }

    @Test(
        arguments: [
            (.unknown, 1, false), (.unknown, nil, true), (.exactly(nil), 1, false), (.exactly(5), 5, true),
            (.exactly(5), 6, false), (.exactly(6), 5, true), (.atLeast(5), 5, true), (.atLeast(5), 6, false),
            (.exactly(nil), nil, true),
        ] as [(KnownScore, Int32?, Bool)]
    )
    func `what is known satisfies an ordinary wish`(known: KnownScore, wanted: Int32?, isSatisfied: Bool) {
        #expect(known.satisfies(wanted) == isSatisfied)
    }
}
