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

    private struct Board: Hashable {
        let root: GameID
        let name: String
    }

    private struct State {
        var isLoaded = false
        /// With the boards that are declared for them.
        var games: [GameID: Game] = [:]
        var boards: [Board: GameID] = [:]
        /// Those that are declared for a game, by name.
        var declared: [GameID: [Game]] = [:]
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
        let games = games.filter { !$0.isRemoved }
        let mains = games.filter(\.isMain)
        let new = State(
            isLoaded: true,
            games: Dictionary(uniqueKeysWithValues: games.map { ($0.id, $0) }),
            boards: Dictionary(
                uniqueKeysWithValues: games.map { (Board(root: $0.root, name: $0.board), $0.id) }
            ),
            declared: Dictionary(grouping: games.filter { !$0.isMain }, by: \.root).mapValues {
                $0.sorted { $0.board < $1.board }
            },
            ids: Dictionary(
                uniqueKeysWithValues: mains.map { (Name(bot: $0.bot, shortName: $0.shortName), $0.id) }
            ),
            tokenIDs: Dictionary(uniqueKeysWithValues: mains.map { ($0.tokenID, $0.id) }),
            bans: Set(bans),
            erased: erased,
            keys: Dictionary(keys.map { ($0.hash, $0) }) { first, _ in first }
        )
        state.withLock { $0 = new }
    }

    /// A game by its id.
    package func game(_ id: GameID) -> Game? { state.withLock { $0.games[id] } }

    /// A board of a game; nil where it is not declared.
    package func board(_ name: String, of root: GameID) -> Game? {
        state.withLock { state in
            state.boards[Board(root: root, name: name)].flatMap { state.games[$0] }
        }
    }

    /// The boards that are declared for a game, by name.
    package func boards(of root: GameID) -> [Game] { state.withLock { $0.declared[root] ?? [] } }

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
            state.games.values.first {
                $0.isMain && $0.shortName == shortName && $0.belongs(toBotNamed: botUsername)
            }
        }
    }

    /// The games of a bot that can be played, by short name.
    package func enabledGames(of bot: BotID) -> [Game] {
        state.withLock { state in
            state.games.values.filter { $0.isMain && $0.bot == bot && $0.isEnabled }.sorted {
                $0.shortName < $1.shortName
            }
        }
    }

    /// A key that is accepted, by its hash.
    package func key(_ hash: APIKeyHash) -> AcceptedKey? { state.withLock { $0.keys[hash] } }

    /// The games of a short name, those of all bots.
    package func games(named shortName: String) -> [Game] {
        state.withLock { state in
            state.games.values.filter { $0.isMain && $0.shortName == shortName }.sorted { $0.id < $1.id }
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
                || state.bans.contains(Ban(bot: game.bot, player: player, game: game.root))
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
