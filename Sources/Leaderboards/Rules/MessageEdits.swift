/// Whether the scoreboard in a game's message follows the scores that Telegram is told.
package enum MessageEdits: Hashable, Sendable, LosslessStringConvertible {
    /// With every score.
    case always
    /// At most every so many seconds.
    case every(seconds: Int)
    /// The message stays as it was sent.
    case never

    /// Reads `always`, `never` or `every:SECONDS`, up to 999999.
    package init?(_ text: String) {
        switch text {
        case "always": self = .always
        case "never": self = .never
        default:
            guard text.hasPrefix("every:"), let seconds = Int(text.dropFirst("every:".count)),
                (1...999_999).contains(seconds), text == "every:\(seconds)"
            else { return nil }
            self = .every(seconds: seconds)
        }
    }

    package var description: String {
        switch self {
        case .always: "always"
        case .every(let seconds): "every:\(seconds)"
        case .never: "never"
        }
    }

    /// Whether a call leaves the message as it is, after the scoreboard's last edit.
    package func isDisabled(lastEdit: Instant?, now: Instant) -> Bool {
        switch self {
        case .always: false
        case .never: true
        case .every(let seconds):
            lastEdit.map { $0 + .seconds(seconds) > now && $0.isCredible(at: now) } ?? false
        }
    }
}
