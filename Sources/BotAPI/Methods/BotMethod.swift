package import JSON

/// A call of the Bot API with its parameters.
///
/// Parameters that have no value are left out of the text: Telegram reads a JSON `null` as the word `null`.
package protocol BotMethod: Sendable {
    /// What a successful call gives.
    associatedtype Output: Sendable

    /// The method's name as it stands in the address.
    static var name: StaticString { get }

    /// How long to wait for the answer.
    var timeout: Duration { get }

    /// Writes the parameters as members of the object that is open.
    func writeParameters(to writer: inout JSONWriter)

    /// Reads the `result` of a successful call.
    ///
    /// - Returns: Nil when the value is not what the method gives.
    static func output(from result: JSONValue) -> Output?
}

extension BotMethod {
    /// Telegram may sit out short flood waits of up to 8 s itself before it answers.
    package var timeout: Duration { .seconds(20) }

    /// The call as the body of a request of its own.
    package func body() -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writeParameters(to: &$0) }
        return writer.bytes
    }

    /// The call as the answer to a webhook delivery, which carries the method's name inside.
    ///
    /// Telegram ignores some methods there and never tells how the call ended.
    package func webhookReply() -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 512)
        writer.object {
            $0.member("method", literal: Self.name)
            writeParameters(to: &$0)
        }
        return writer.bytes
    }
}

extension BotMethod where Output == Bool {
    /// The methods without a result of their own answer `true`.
    package static func output(from result: JSONValue) -> Bool? { result.bool }
}
