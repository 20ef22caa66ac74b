/// What Telegram's table of a chat shows of our leaderboard.
package enum TelegramScore: Hashable, Sendable, LosslessStringConvertible {
    /// The score itself; a sum beyond int32 is shown as its maximum.
    case same
    /// Nothing.
    case off
    /// The ceiling less the score, for games where less is better.
    case inverted(ceiling: Int32)

    /// Reads the spelling of ``description``.
    ///
    /// - Parameter text: `same`, `off` or `inverted:CEILING`; anything else gives nil.
    package init?(_ text: String) {
        switch text {
        case "same": self = .same
        case "off": self = .off
        default:
            guard text.hasPrefix("inverted:"), let ceiling = Int32(text.dropFirst("inverted:".count)),
                ceiling > 0
            else { return nil }
            self = .inverted(ceiling: ceiling)
        }
    }

    package var description: String {
        switch self {
        case .same: "same"
        case .off: "off"
        case .inverted(let ceiling): "inverted:\(ceiling)"
        }
    }

    /// The number Telegram is to hold for a score.
    ///
    /// - Parameter score: The score of the chat's entry.
    /// - Returns: 1…2147483647, or nil for *absent*: Telegram takes a player with 0 off its table.
    package func value(for score: Int64) -> Int32? {
        let shown: Int64
        switch self {
        case .off: return nil
        case .same: shown = score
        case .inverted(let ceiling): shown = Int64(ceiling) - score
        }
        return shown > 0 ? Int32(clamping: shown) : nil
    }
}
