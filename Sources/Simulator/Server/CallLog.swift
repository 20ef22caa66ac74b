/// One call that a bot made.
package struct RecordedCall: Sendable {
    /// When it arrived, before anything happened to it, in milliseconds since 1970.
    package let time: Int64
    /// The same in microseconds since the simulator's clock began, by a clock that nobody sets.
    package let elapsed: Int64
    package let bot: Int64
    /// The chat that it was about, however it was named; nil for none, or an unknown one.
    package let chat: ChatKey?
    /// The method as the caller wrote it.
    package let method: String
    package let parameters: CallParameters
    /// Whether it came in the body of a webhook's reply.
    package var isWebhookReply = false
    /// Counts calls from 1; 0 for one that is not in the log.
    package fileprivate(set) var number = 0
    /// The HTTP status of the answer; 0 when none was given, or none yet.
    package fileprivate(set) var status = 0
    /// The text of a failure.
    package fileprivate(set) var description: String?
}

/// The calls made so far, the oldest forgotten beyond a bound.
///
/// A call is noted when it arrives, so that one that hangs is there, too; its status follows.
struct CallLog: Sendable {
    private static let limit = 20_000

    private(set) var calls: [RecordedCall] = []
    private var count = 0

    /// Notes a call.
    ///
    /// - Returns: Its number.
    @discardableResult
    mutating func append(_ call: RecordedCall, status: Int = 0, description: String? = nil) -> Int {
        count += 1
        if calls.count >= Self.limit { calls.removeFirst(Self.limit / 10) }
        var call = call
        (call.number, call.status, call.description) = (count, status, description)
        calls.append(call)
        return count
    }

    /// Notes how a call was answered; nothing, if it has been forgotten.
    mutating func finish(_ number: Int, status: Int, description: String?) {
        guard let first = calls.first?.number, calls.indices.contains(number - first) else { return }
        calls[number - first].status = status
        calls[number - first].description = description
    }
}
