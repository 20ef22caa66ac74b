/// One call that a bot made.
package struct RecordedCall: Sendable {
    /// Counts calls from 1.
    package let number: Int
    /// When it arrived, in milliseconds since 1970.
    package let time: Int64
    package let bot: Int64
    /// The method as the caller wrote it.
    package let method: String
    package let parameters: CallParameters
    /// Whether it came in the body of a webhook's reply.
    package let isWebhookReply: Bool
    /// The HTTP status of the answer; 0 when none was given.
    package let status: Int
    /// The text of a failure.
    package let description: String?
}

/// The calls made so far, the oldest forgotten beyond a bound.
struct CallLog: Sendable {
    private static let limit = 20_000

    private(set) var calls: [RecordedCall] = []
    private var count = 0

    mutating func append(
        time: Int64,
        bot: Int64,
        method: String,
        _ parameters: CallParameters,
        isWebhookReply: Bool,
        status: Int,
        description: String?
    ) {
        count += 1
        if calls.count >= Self.limit { calls.removeFirst(Self.limit / 10) }
        calls.append(
            RecordedCall(
                number: count,
                time: time,
                bot: bot,
                method: method,
                parameters: parameters,
                isWebhookReply: isWebhookReply,
                status: status,
                description: description
            )
        )
    }
}
