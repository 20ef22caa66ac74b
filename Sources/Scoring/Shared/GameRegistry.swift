package import Leaderboards
package import Storage
import Synchronization

/// The games, bans and API keys as this process holds them, so that a press needs no database.
///
/// It serves launches, and says whose a key is. A submission's transaction reads the game and the bans itself.
package final class GameRegistry: Sendable {
    private struct Name: Hashable {
        let bot: BotID
        let shortName: String
    }

    private struct State {
        var isLoaded = false
        var games: [GameID: Game] = [:]
        var ids: [Name: GameID] = [:]
        var tokenIDs: [GameTokenID: GameID] = [:]
        var bans: Set<Ban> = []
        var erased = ErasedPlayers()
        var keys: [APIKeyHash: AcceptedKey] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether the games were loaded at least once.
    package var isLoaded: Bool { state.withLock { $0.isLoaded } }

    /// Replaces everything with what the database holds now.
    ///
    /// - Parameter keys: All keys that are accepted.
    package func replace(
        games: [Game],
        bans: [Ban],
        erased: ErasedPlayers = ErasedPlayers(),
        keys: [AcceptedKey] = []
    ) {
        let new = State(
            isLoaded: true,
            games: Dictionary(uniqueKeysWithValues: games.map { ($0.id, $0) }),
            ids: Dictionary(
                uniqueKeysWithValues: games.map { (Name(bot: $0.bot, shortName: $0.shortName), $0.id) }
            ),
            tokenIDs: Dictionary(uniqueKeysWithValues: games.map { ($0.tokenID, $0.id) }),
            bans: Set(bans),
            erased: erased,
            keys: Dictionary(keys.map { ($0.hash, $0) }) { first, _ in first }
        )
        state.withLock { $0 = new }
    }

    /// A game by its id.
    package func game(_ id: GameID) -> Game? { state.withLock { $0.games[id] } }

    /// A game by the id that tokens name.
    package func game(_ id: GameTokenID) -> Game? {
        state.withLock { state in state.tokenIDs[id].flatMap { state.games[$0] } }
    }

    /// A game by the name that Telegram uses.
    package func game(of bot: BotID, shortName: String) -> Game? {
        state.withLock { state in
            state.ids[Name(bot: bot, shortName: shortName)].flatMap { state.games[$0] }
        }
    }

    /// A game by the name that people use.
    package func game(botUsername: String, shortName: String) -> Game? {
        state.withLock { state in
            state.games.values.first { $0.shortName == shortName && $0.belongs(toBotNamed: botUsername) }
        }
    }

    /// The games of a bot that can be played, by short name.
    package func enabledGames(of bot: BotID) -> [Game] {
        state.withLock { state in
            state.games.values.filter { $0.bot == bot && $0.isEnabled }.sorted { $0.shortName < $1.shortName }
        }
    }

    /// A key that is accepted, by its hash.
    package func key(_ hash: APIKeyHash) -> AcceptedKey? { state.withLock { $0.keys[hash] } }

    /// The games of a short name, those of all bots.
    package func games(named shortName: String) -> [Game] {
        state.withLock { state in
            state.games.values.filter { $0.shortName == shortName }.sorted { $0.id < $1.id }
        }
    }

    /// The bots that have games.
    package var bots: Set<BotID> { state.withLock { Set($0.games.values.map(\.bot)) } }

    /// Whether a player was erased since a launch.
    package func isErased(since launch: Launch) -> Bool {
        let erasedAt = state.withLock { $0.erased.erasure(of: launch.player, bot: launch.bot) }
        return erasedAt.map { launch.launchedAt <= $0 } ?? false
    }

    /// Whether a player may not play a game.
    package func isBanned(_ player: PlayerID, from game: Game) -> Bool {
        state.withLock { state in
            state.bans.contains(Ban(bot: game.bot, player: player, game: nil))
                || state.bans.contains(Ban(bot: game.bot, player: player, game: game.id))
                || state.erased.isBanned(player, from: game)
        }
    }
}

extension Game {
    /// See ``BotID/isCalled(_:username:)``.
    package func belongs(toBotNamed name: String) -> Bool {
        bot.isCalled(name, username: botUsername)
    }
}
