import NIOCore
import TestSupport
import Testing

@testable import Web

/// The state of a connection under everything that clients, routes and the clock may do.
@Suite struct ConnectionStateTests {
    /// The longest that a client may hold a connection without asking for anything.
    private static let longestWait = ConnectionLimits().idle + ConnectionLimits().closeDelay

    @Test func `a silent client is gone within 32 seconds`() {
        let limits = ConnectionLimits()
        #expect(Self.longestWait <= .seconds(32) && limits.read + limits.closeDelay <= Self.longestWait)
    }

    @Test func `no connection but one that is being answered is without a deadline`() {
        for seed in 0..<UInt64(2_000) {
            var play = Play(seed: seed)
            for _ in 0..<60 where !play.isClosed {
                play.step()
                let state = play.state
                guard play.isClosed || state.isAnswering || state.deadline != nil,
                    state.deadline.map({ $0 <= play.now + Self.longestWait }) != false
                else {
                    Issue.record("\(seed): \(play.story)")
                    return
                }
            }
            // From here on the client does nothing more, and the routes do their part.
            while !play.isClosed, play.state.isAnswering { play.answer() }
            let silence = play.now
            while !play.isClosed, let deadline = play.state.deadline { play.pass(until: deadline) }
            guard play.isClosed, play.now <= silence + Self.longestWait else {
                Issue.record("\(seed): \(play.story)")
                return
            }
        }
    }
}

/// One connection whose events are drawn at random, as far as they can follow one another.
private struct Play {
    private(set) var state: ConnectionState
    private(set) var now = NIODeadline.uptimeNanoseconds(0)
    private(set) var isClosed = false
    private(set) var story: [String] = []
    private var random: SeededGenerator
    /// What is left of the body that is arriving; nil outside of one.
    private var body: Int?
    private var inputHasEnded = false
    private var isWritable = true

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        state = ConnectionState(limits: ConnectionLimits(), now: now)
    }

    mutating func step() {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<4: arrive()
        case 4..<9: body == nil ? arriveHead() : arriveBody()
        case 9..<12: answer()
        case 12..<15: pass(until: now + .milliseconds(Int64.random(in: 0..<12_000, using: &random)))
        case 15: if let deadline = state.deadline { pass(until: deadline) }
        case 16: fail()
        case 17: setWritable(!isWritable)
        case 18 where Int.random(in: 0..<4, using: &random) == 0: stop()
        case 19 where Int.random(in: 0..<4, using: &random) == 0: endInput()
        default: break
        }
    }

    /// Answers the oldest request; a client that does not take the answer is none that is silent from here on.
    mutating func answer() {
        guard state.isAnswering else { return }
        setWritable(true)
        note("answer")
        _ = state.answerBegan()
        perform(state.answerEnded(now: now))
    }

    mutating func pass(until time: NIODeadline) {
        now = max(now, time)
        note("\(now.uptimeNanoseconds / 1_000_000) ms")
        perform(state.timePassed(now: now))
    }

    private mutating func arrive() {
        guard !inputHasEnded, state.takesBytes else { return }
        note("bytes")
        state.bytesArrived(Int.random(in: 1..<20_000, using: &random), now: now)
        perform(state.bytesWereDecoded(now: now))
    }

    private mutating func arriveHead() {
        guard !inputHasEnded, state.takesBytes else { return }
        let lengths = [0, 10, 20_000, nil]
        let framing = RequestFraming(
            bodyLength: lengths[Int.random(in: 0..<lengths.count, using: &random)],
            isLast: Int.random(in: 0..<5, using: &random) == 0
        )
        note("head \(framing.bodyLength.map { "\($0)" } ?? "chunked")")
        state.bytesArrived(50, now: now)
        guard state.headArrived(framing, now: now) else { return }
        body = framing.bodyLength ?? Int.random(in: 0..<100, using: &random)
        if body == 0 { endRequest() }
    }

    private mutating func arriveBody() {
        guard !inputHasEnded, state.takesBytes, let left = body else { return }
        let count = Int.random(in: 0...left, using: &random)
        note("body")
        state.bytesArrived(count, now: now)
        _ = state.bodyArrived(count)
        body = left - count
        if body == 0 { endRequest() }
    }

    private mutating func endRequest() {
        note("end")
        body = nil
        _ = state.requestEnded(now: now)
    }

    private mutating func fail() {
        guard !inputHasEnded, state.takesBytes else { return }
        note("fail")
        perform(state.fail(.malformedRequest, now: now))
    }

    private mutating func setWritable(_ isWritable: Bool) {
        guard isWritable != self.isWritable else { return }
        self.isWritable = isWritable
        note("writable \(isWritable)")
        state.writabilityChanged(isWritable: isWritable, now: now)
    }

    private mutating func stop() {
        guard !state.isOver else { return }
        note("stop")
        perform(state.serviceStops(now: now))
    }

    private mutating func endInput() {
        guard !inputHasEnded, !state.isOver else { return }
        note("end of input")
        inputHasEnded = true
        perform(state.inputEnded(now: now))
    }

    private mutating func perform(_ action: ConnectionState.Action) {
        // After the last answer the connection closes once it is taken, which a client may put off.
        if action == .close, story.last != "answer" || isWritable && Bool.random(using: &random) {
            isClosed = true
        }
    }

    private mutating func note(_ event: String) { story.append(event) }
}
