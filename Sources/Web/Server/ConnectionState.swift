import NIOCore

/// Where one HTTP/1.1 connection stands: events go in, what to do comes out.
///
/// The state counts requests, so that a pipelined one is neither answered in another's place nor cut short by it.
struct ConnectionState {
    /// What the handler is to do after an event.
    enum Action: Equatable {
        case nothing
        /// Close at once.
        case close
        /// Say why, stop sending, and read on for a little while.
        case refuse(ProblemCode)
        /// The answer that was just sent is the last: stop sending and read on for a little while.
        case halfClose
        /// The request that is arriving will not come to its end; no other is, and it is not to be answered.
        case withdraw
    }

    private enum Reading: Equatable {
        case nothing
        case head(bytes: Int)
        /// Nil remains of a chunked body, whose length nobody knows.
        case body(remaining: Int?)
        /// What is left of a body whose request has been answered.
        case rest
    }

    let limits: ConnectionLimits
    private var reading = Reading.nothing
    /// Requests whose head arrived and whose answer is not complete.
    private var unanswered = 0
    private var answerHasBegun = false
    /// Whether the answer being sent is the last.
    private var answerIsLast = false
    /// Whether nothing is to come after the requests that are here.
    private var isEnding = false
    /// Whether the last of them came in HTTP/1.0.
    private var lastTakesNoChunks = false
    /// Whether what arrives belongs to no request that was taken; nothing after it is.
    private var isDropping = false
    private var postponedRefusal: ProblemCode?
    private var stalledUntil: NIODeadline?
    private var timeoutAt: NIODeadline?

    /// Whether everything has been said; what still arrives or is to be sent is dropped.
    private(set) var isOver = false

    init(limits: ConnectionLimits, now: NIODeadline) {
        self.limits = limits
        timeoutAt = now + limits.idle
    }

    /// When ``timePassed(now:)`` is to be asked next at the latest.
    var deadline: NIODeadline? {
        guard let stalledUntil else { return timeoutAt }
        return timeoutAt.map { min($0, stalledUntil) } ?? stalledUntil
    }

    /// Whether a request was announced that is not answered and whose body has not come to its end.
    var isReadingBody: Bool {
        if case .body = reading { return true }
        return false
    }

    /// Whether a request is being answered, which has its own limits, in the layers below.
    var isAnswering: Bool { unanswered > 0 && !isOver }

    /// Whether more bytes could be part of a request.
    var takesBytes: Bool { !isOver && !isDropping && !(isEnding && reading == .nothing) }

    /// Whether the answer that begins may be sent in chunks.
    var takesChunks: Bool { !(lastTakesNoChunks && unanswered == 1) }

    /// Whether the request that is arriving is the only one.
    var isAlone: Bool { unanswered == 1 }

    // MARK: - What arrives

    /// Bytes arrived that are about to be decoded.
    mutating func bytesArrived(_ count: Int, now: NIODeadline) {
        switch reading {
        case .nothing:
            reading = .head(bytes: count)
            timeoutAt = now + limits.read
        case .head(let bytes): reading = .head(bytes: bytes + count)
        case .body, .rest: break
        }
    }

    /// The bytes that arrived were decoded; a head that is still incomplete may be too long.
    mutating func bytesWereDecoded(now: NIODeadline) -> Action {
        guard case .head(let bytes) = reading, bytes > limits.headBytes else { return .nothing }
        return fail(.headTooLarge, now: now)
    }

    /// A head is complete.
    ///
    /// - Parameter framing: What it says of its request.
    /// - Returns: Whether the request is taken; otherwise it and all that follows is to be dropped.
    mutating func headArrived(_ framing: RequestFraming, now: NIODeadline) -> Bool {
        guard !isEnding, !isDropping else {
            isDropping = true
            return false
        }
        unanswered += 1
        reading = .body(remaining: framing.bodyLength)
        timeoutAt = now + limits.read
        isEnding = framing.isLast
        lastTakesNoChunks = !framing.takesChunks
        return true
    }

    /// A part of a body arrived.
    ///
    /// - Returns: Whether it belongs to a request that was taken.
    mutating func bodyArrived(_ count: Int) -> Bool {
        if case .body(let remaining?) = reading { reading = .body(remaining: remaining - count) }
        return !isDropping && reading != .rest
    }

    /// A request is complete.
    mutating func requestEnded(now: NIODeadline) -> Bool {
        guard !isDropping else { return false }
        reading = .nothing
        timeoutAt = unanswered > 0 ? nil : now + limits.idle
        return true
    }

    // MARK: - What is sent

    /// The head of an answer is about to be sent.
    ///
    /// - Returns: Whether it must say that the connection ends with it.
    mutating func answerBegan() -> Bool {
        answerHasBegun = true
        guard unanswered == 1 else { return false }
        if case .body(let remaining) = reading, remaining ?? .max > limits.drainedBytes {
            answerIsLast = true
        }
        answerIsLast = answerIsLast || isEnding
        return answerIsLast
    }

    /// The last part of an answer is about to be sent.
    mutating func answerEnded(now: NIODeadline) -> Action {
        unanswered = max(0, unanswered - 1)
        answerHasBegun = false
        if answerIsLast || (isEnding && unanswered == 0) {
            guard !isReadingBody else { return end(.halfClose, now: now) }
            _ = end(.close, now: now)
            // Until the client has taken the answer.
            timeoutAt = now + limits.idle
            return .close
        }
        guard unanswered == 0 else { return .nothing }
        if let postponedRefusal { return end(.refuse(postponedRefusal), now: now) }
        switch reading {
        case .nothing: timeoutAt = now + limits.idle
        case .body: reading = .rest
        case .head, .rest: break
        }
        return .nothing
    }

    /// The client began or stopped taking what is sent.
    mutating func writabilityChanged(isWritable: Bool, now: NIODeadline) {
        stalledUntil = isWritable ? nil : now + limits.idle
    }

    // MARK: - What goes wrong

    /// The time may have come that was set.
    mutating func timePassed(now: NIODeadline) -> Action {
        guard let deadline, deadline <= now else { return .nothing }
        if isOver || stalledUntil.map({ $0 <= now }) == true { return end(.close, now: now) }
        return reading == .nothing ? end(.close, now: now) : fail(.requestTimeout, now: now)
    }

    /// What arrived is no HTTP, or too much of it, or comes too slowly.
    mutating func fail(_ code: ProblemCode, now: NIODeadline) -> Action {
        guard takesBytes else { return .nothing }
        let ofThisRequest = isReadingBody ? 1 : 0
        guard unanswered == ofThisRequest else {
            // Requests before it are owed their answers first.
            unanswered -= ofThisRequest
            postponedRefusal = code
            isDropping = true
            reading = .nothing
            timeoutAt = nil
            return ofThisRequest == 0 ? .nothing : .withdraw
        }
        // A request that has its answer, or a part of it, gets no other.
        guard reading != .rest, ofThisRequest == 0 || !answerHasBegun else { return end(.close, now: now) }
        return end(.refuse(code), now: now)
    }

    /// The service is about to stop: requests that are here are finished, no other is taken.
    mutating func serviceStops(now: NIODeadline) -> Action {
        // A head that is not complete is no request yet; its client finds the connection closed and asks elsewhere.
        if unanswered == 0 { return end(.close, now: now) }
        isEnding = true
        if let timeout = timeoutAt { timeoutAt = min(timeout, now + limits.closeDelay) }
        return .nothing
    }

    /// The client will send nothing more, but may be waiting for answers.
    mutating func inputEnded(now: NIODeadline) -> Action {
        guard unanswered > 0 else { return end(.close, now: now) }
        isEnding = true
        // What is missing of a body will not come, so nothing is left to wait for after the answer.
        reading = .nothing
        timeoutAt = nil
        return .nothing
    }

    private mutating func end(_ action: Action, now: NIODeadline) -> Action {
        isOver = true
        timeoutAt = now + limits.closeDelay
        return action
    }
}
