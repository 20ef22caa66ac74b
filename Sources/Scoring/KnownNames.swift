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

    /// Notes a name.
    package func note(_ name: String?, of player: PlayerID, bot: BotID) {
        guard let name else { return }
        names.withLock { names in
            if names.count >= capacity { names.removeFirst(capacity / 2) }
            names[Key(bot: bot, player: player)] = name
        }
    }

    /// The name last noted, or nil when this instance saw none.
    package func name(of player: PlayerID, bot: BotID) -> String? {
        names.withLock { $0[Key(bot: bot, player: player)] }
    }
}
