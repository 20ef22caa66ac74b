package import Logging

/// Makes one delivery to a webhook, within Telegram's time limit of 60 s.
package typealias WebhookSender = @Sendable (WebhookDelivery) async -> WebhookReply

/// How a simulator runs.
package struct SimulatorConfiguration: Sendable {
    /// Where it listens.
    package var host = "127.0.0.1"
    /// The port; 0 takes a free one.
    package var port = 0
    /// The file that keeps the state over restarts; nil keeps nothing.
    package var stateFile: String?
    /// Decides all identifiers of a new state.
    package var seed: UInt64 = 1
    /// How long a press or inline query can be answered, in milliseconds.
    package var queryLifetime: Int64 = 15_000
    /// Told its address once the port is open.
    package var onListening: @Sendable (String) -> Void = { _ in }
    /// Where it says what it does.
    package var logger = Logger(label: "simulator")

    package init() {}
}
