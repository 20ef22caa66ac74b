import OrderedCollections
package import Leaderboards
import Synchronization

/// The display names that this instance saw at presses, so that starting a run can greet without the database.
package final class KnownNames: Sendable {
    private struct Key: Hashable {
        let bot: BotID
        let player: PlayerID
        /// The game whose key told the name; nil where Telegram did.
        var game: GameID?
    }

    private let capacity: Int
    private let names = Mutex(OrderedDictionary<Key, String>())

    /// Makes an empty memory.
    ///
    /// - Parameter capacity: How many names are kept; the oldest half goes when it is full.
    package init(capacity: Int = 20_000) { self.capacity = capacity }

    /// Notes the name of a press, or that the person shows none any more.
    package func note(_ name: String?, of player: PlayerID, bot: BotID) {
        note(name, Key(bot: bot, player: player))
    }

    private func note(_ name: String?, _ key: Key) {
        names.withLock { names in
            if name != nil, names.count >= capacity, names[key] == nil { names.removeFirst(capacity / 2) }
            names[key] = name
        }
    }

    /// Notes what a key of a game calls somebody, which is believed in that game only.
    package func note(_ name: String, reportedOf player: PlayerID, bot: BotID, game: GameID) {
        note(name, Key(bot: bot, player: player, game: game))
    }

    /// The name last noted, what Telegram said before what a key did; nil when this instance saw none.
    package func name(of player: PlayerID, bot: BotID, game: GameID) -> String? {
        names.withLock { names in
            names[Key(bot: bot, player: player)] ?? names[Key(bot: bot, player: player, game: game)]
        }
    }
}
