/// Why something that a person or a test wanted to do in a simulation cannot be done.
package enum SimulationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The bot, game, chat, person, message or result does not exist.
    case notFound(String)
    /// The request makes no sense, and why.
    case invalid(String)
    /// The bot did not answer while the client waited.
    case noAnswer

    package var description: String {
        switch self {
        case .notFound(let what): "there is no \(what)"
        case .invalid(let reason): reason
        case .noAnswer: "the bot did not answer in time"
        }
    }
}
