import Leaderboards
import Outbox
import Testing

/// What becomes of a delivery follows from its row, the answer and the time alone.
struct DeliverySettlementTests {
    private static let now = Instant(milliseconds: 1_772_366_400_000)
    /// When the call was claimed.
    private static let then = now + .seconds(-5)

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let before: DeliveryState
        var step = DeliveryStep.score
        var value: Int32 = 100
        let answer: DeliveryAnswer
        let next: DeliverySettlement.Next
        let known: KnownScore
        var attempts = 0
        var isCorrection = false
        var mustRead = false
        var uncertainUntil: Instant?

        var testDescription: String { name }
    }

    private static func state(
        _ desired: Int32?,
        latest: Bool = false,
        correction: Bool = false,
        known: KnownScore = .unknown,
        mustRead: Bool = false,
        uncertainUntil: Instant? = nil,
        attempts: Int = 2
    ) -> DeliveryState {
        DeliveryState(
            desired: desired,
            followsLatest: latest,
            isCorrection: correction,
            known: known,
            mustRead: mustRead,
            uncertainUntil: uncertainUntil,
            attempts: attempts
        )
    }

    private static let lost = DeliveryAnswer.temporary("no answer", mayHaveTakenEffect: true)
    private static let unsent = DeliveryAnswer.temporary("not connected", mayHaveTakenEffect: false)
    private static let aMinuteOn = then + .seconds(60)

    static let ordinary: [Case] = [
        Case(name: "set", before: state(100), answer: .delivered, next: .done, known: .exactly(100)),
        Case(name: "not better", before: state(100), answer: .notModified, next: .done, known: .atLeast(100)),
        Case(
            name: "not better than what is known",
            before: state(100, known: .atLeast(150)),
            answer: .notModified,
            next: .done,
            known: .atLeast(150)
        ),
        Case(
            name: "a better value came meanwhile",
            before: state(101),
            answer: .delivered,
            next: .pending(now),
            known: .exactly(100)
        ),
        Case(
            name: "a better value came, and this one was not better",
            before: state(101),
            answer: .notModified,
            next: .pending(now),
            known: .atLeast(100)
        ),
        Case(
            name: "less is desired than was sent",
            before: state(99),
            answer: .delivered,
            next: .done,
            known: .exactly(100)
        ),
        Case(
            name: "absent is wanted",
            before: state(nil),
            answer: .delivered,
            next: .done,
            known: .exactly(100)
        ),
        Case(
            name: "429",
            before: state(100),
            answer: .wait(.seconds(7)),
            next: .pending(now + .seconds(7)),
            known: .unknown,
            attempts: 2
        ),
        Case(
            name: "lost",
            before: state(100, known: .exactly(5)),
            answer: lost,
            next: .pending(now + .seconds(4)),
            known: .atLeast(5),
            attempts: 3,
            uncertainUntil: aMinuteOn
        ),
        Case(
            name: "lost, where nobody was",
            before: state(100, known: .exactly(nil)),
            answer: lost,
            next: .pending(now + .seconds(4)),
            known: .unknown,
            attempts: 3,
            uncertainUntil: aMinuteOn
        ),
        Case(
            name: "never sent",
            before: state(100, known: .exactly(5)),
            answer: unsent,
            next: .pending(now + .seconds(4)),
            known: .exactly(5),
            attempts: 3
        ),
        Case(
            name: "lost for the millionth time",
            before: state(100, attempts: 1_000_000),
            answer: lost,
            next: .pending(now + .seconds(30)),
            known: .unknown,
            attempts: 1_000_001,
            uncertainUntil: aMinuteOn
        ),
        Case(
            name: "lost, when nothing is desired any more",
            before: state(nil),
            answer: lost,
            next: .done,
            known: .unknown,
            attempts: 3,
            uncertainUntil: aMinuteOn
        ),
        Case(
            name: "token refused",
            before: state(100),
            answer: .botRefused("Unauthorized"),
            next: .pending(now),
            known: .unknown,
            attempts: 2
        ),
        Case(
            name: "not called",
            before: state(100),
            answer: .notCalled,
            next: .pending(now),
            known: .unknown,
            attempts: 2
        ),
        Case(
            name: "message gone",
            before: state(100),
            answer: .targetGone("gone"),
            next: .anotherTarget,
            known: .unknown
        ),
        Case(
            name: "kicked",
            before: state(100),
            answer: .chatForbidden("kicked"),
            next: .pending(now),
            known: .unknown
        ),
        Case(
            name: "refused",
            before: state(100),
            answer: .rejected("SCORE_INVALID"),
            next: .dead,
            known: .unknown
        ),
        Case(
            name: "refused, but another value is wanted",
            before: state(101),
            answer: .rejected("SCORE_INVALID"),
            next: .pending(now),
            known: .unknown
        ),
        Case(
            name: "refused, and nothing is desired any more",
            before: state(nil),
            answer: .rejected("SCORE_INVALID"),
            next: .done,
            known: .unknown
        ),
    ]

    static let exact: [Case] = [
        Case(
            name: "latest: set",
            before: state(100, latest: true),
            step: .force,
            answer: .delivered,
            next: .done,
            known: .exactly(100)
        ),
        Case(
            name: "latest: it was that value",
            before: state(100, latest: true),
            step: .force,
            answer: .notModified,
            next: .done,
            known: .exactly(100)
        ),
        Case(
            name: "latest: a lower one came meanwhile",
            before: state(99, latest: true),
            step: .force,
            answer: .delivered,
            next: .pending(now),
            known: .exactly(100)
        ),
        Case(
            name: "taken off",
            before: state(nil, correction: true),
            step: .force,
            value: 0,
            answer: .delivered,
            next: .done,
            known: .exactly(nil)
        ),
        Case(
            name: "was not there",
            before: state(nil, correction: true),
            step: .force,
            value: 0,
            answer: .notModified,
            next: .done,
            known: .exactly(nil)
        ),
        Case(
            name: "taken off, and somebody played meanwhile",
            before: state(5, correction: true),
            step: .force,
            value: 0,
            answer: .delivered,
            next: .pending(now),
            known: .exactly(nil),
            isCorrection: true
        ),
        Case(
            name: "an ordinary call ended after the correction was wanted",
            before: state(50, correction: true),
            answer: .delivered,
            next: .pending(now),
            known: .exactly(100),
            isCorrection: true
        ),
        Case(
            name: "an ordinary call was lost after the correction was wanted",
            before: state(50, correction: true, known: .exactly(70)),
            answer: lost,
            next: .pending(aMinuteOn),
            known: .atLeast(70),
            attempts: 3,
            isCorrection: true,
            uncertainUntil: aMinuteOn
        ),
        Case(
            name: "a correction was lost",
            before: state(100, correction: true, known: .exactly(170)),
            step: .force,
            answer: lost,
            next: .pending(aMinuteOn),
            known: .unknown,
            attempts: 3,
            isCorrection: true,
            mustRead: true,
            uncertainUntil: aMinuteOn
        ),
        Case(
            name: "a correction was never sent",
            before: state(100, correction: true, known: .exactly(170)),
            step: .force,
            answer: unsent,
            next: .pending(now + .seconds(4)),
            known: .exactly(170),
            attempts: 3,
            isCorrection: true
        ),
        Case(
            name: "reading shows the value",
            before: state(100, correction: true, mustRead: true, uncertainUntil: now + .seconds(-1)),
            step: .read,
            answer: .table(100),
            next: .done,
            known: .exactly(100)
        ),
        Case(
            name: "reading shows another",
            before: state(100, correction: true, mustRead: true),
            step: .read,
            answer: .table(170),
            next: .pending(now),
            known: .exactly(170),
            isCorrection: true
        ),
        Case(
            name: "reading shows nobody, as wanted",
            before: state(nil, correction: true, mustRead: true),
            step: .read,
            answer: .table(nil),
            next: .done,
            known: .exactly(nil)
        ),
        Case(
            name: "reading was lost, which changes nothing",
            before: state(100, correction: true, known: .unknown, mustRead: true),
            step: .read,
            answer: lost,
            next: .pending(now + .seconds(4)),
            known: .unknown,
            attempts: 3,
            isCorrection: true,
            mustRead: true
        ),
        Case(
            name: "refused",
            before: state(nil, correction: true),
            step: .force,
            value: 0,
            answer: .rejected("SCORE_INVALID"),
            next: .dead,
            known: .unknown,
            isCorrection: true
        ),
        Case(
            name: "the game keeps the best again, so nobody has to read",
            before: state(100, known: .unknown, mustRead: true),
            step: .force,
            answer: .delivered,
            next: .done,
            known: .exactly(100)
        ),
    ]

    private func settle(_ item: Case) -> DeliverySettlement {
        DeliverySettlement(
            item.before,
            after: DeliveryCall(step: item.step, value: item.value, claimedAt: Self.then),
            answer: item.answer,
            now: Self.now,
            random: 0.5
        )
    }

    @Test(arguments: Self.ordinary + Self.exact)
    func `an answer decides`(item: Case) {
        let settlement = settle(item)
        #expect(settlement.next == item.next)
        #expect(settlement.state.known == item.known)
        #expect(settlement.state.attempts == item.attempts)
        #expect(settlement.state.isCorrection == item.isCorrection)
        #expect(settlement.state.mustRead == item.mustRead)
        #expect(settlement.state.uncertainUntil == item.uncertainUntil)
        #expect(settlement.state.desired == item.before.desired)
    }

    @Test(arguments: Self.ordinary + Self.exact)
    func `an error is recorded unless the call succeeded`(item: Case) {
        let settlement = settle(item)
        switch item.answer {
        case .delivered, .notModified, .table, .notCalled: #expect(settlement.error == nil)
        default: #expect(settlement.error?.isEmpty == false)
        }
        #expect(settlement.isChatForbidden == (item.answer == .chatForbidden("kicked")))
        #expect(settlement.refusal == (item.answer == .botRefused("Unauthorized") ? "Unauthorized" : nil))
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
    func `what is known satisfies an ordinary wish`(known: KnownScore, desired: Int32?, isSatisfied: Bool) {
        #expect(known.satisfies(desired) == isSatisfied)
    }
}
