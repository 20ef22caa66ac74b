import OrderedCollections
package import Leaderboards
import Synchronization

/// The display names that this instance saw at presses, so that starting a run can greet without the database.
package final class KnownNames: Sendable {
    private struct Key: Hashable {
        let bot: BotID
        let player: PlayerID
    }

    private let capacity: Int
    private let names = Mutex(OrderedDictionary<Key, String>())

    /// Makes an empty memory.
    ///
    /// - Parameter capacity: How many names are kept; the oldest half goes when it is full.
    package init(capacity: Int = 20_000) { self.capacity = capacity }

    /// Notes the name of a press, or that the person shows none any more.
    package func note(_ name: String?, of player: PlayerID, bot: BotID) {
        let key = Key(bot: bot, player: player)
        names.withLock { names in
            if name != nil, names.count >= capacity, names[key] == nil { names.removeFirst(capacity / 2) }
            names[key] = name
        }
    }

    /// The name last noted, or nil when this instance saw none.
    package func name(of player: PlayerID, bot: BotID) -> String? {
        names.withLock { $0[Key(bot: bot, player: player)] }
    }
}
