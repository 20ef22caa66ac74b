package import Leaderboards

/// Something that happened in play, as it is counted.
package enum PlayEvent: Hashable, Sendable {
    /// What became of a game that somebody wanted to open.
    package enum Opened: String, CaseIterable, Sendable {
        case opened
        case gameDisabled = "game_disabled"
        case playerBanned = "player_banned"
        case launchErased = "launch_erased"
        case chatConflict = "chat_conflict"
        case unknownGame = "unknown_game"
        case noChat = "no_chat"
        case failed
    }

    /// Somebody wanted to open a game; nil for one that nobody knows.
    case launch(GameID?, Opened)
    /// A score was taken, held or refused; a repetition was told what the first time was told.
    case score(GameID, Receipt.Outcome, isReplay: Bool)
    /// A run broke rules of its game.
    case breach(RuleBreach)
    /// So many bytes of metadata came into the log.
    case metadata(bytes: Int)
}

extension PlayEvent.Opened {
    /// What a refusal to launch is counted as.
    init(_ refusal: Refusal) {
        self =
            switch refusal {
            case .gameDisabled: .gameDisabled
            case .playerBanned: .playerBanned
            case .launchErased: .launchErased
            case .chatConflict: .chatConflict
            case .notFound: .noChat
            default: .failed
            }
    }
}
