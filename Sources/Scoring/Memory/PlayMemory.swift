import Leaderboards
import Storage
import Synchronization

/// What the last transactions knew of games, their chats and leaderboards.
///
/// Nothing is answered from it alone: whoever goes by it has the database confirm, in the transaction that answers,
/// that the game's epoch and the leaderboards' versions are those that are remembered. So it may hold anything, also
/// what a failover, a restore or another instance made untrue, and needs neither to be filled nor to be told.
package final class PlayMemory: Sendable {
    private enum Subject: Hashable {
        case game(GameID)
        case chat(ChatAlias, GameID)
        case board(BoardName, GameID)
    }

    private enum Known {
        case game(Game, GameEpoch)
        /// Within an epoch.
        case chat(PlayChat, GameEpoch)
        case board(KnownBoard)
    }

    /// Within an epoch a player's best on a leaderboard is this or a better one.
    private struct Bound {
        let scoreKey: Int64
        let epoch: GameEpoch
    }

    private struct State {
        var items: Generations<Subject, Known>
        var bounds: Generations<EntryKey, Bound>
        var statistics = MemoryStatistics()

        mutating func store(_ board: KnownBoard, _ name: BoardName, of game: GameID) {
            items.store(.board(board), .board(name, game), bytes: textBytes.board + board.bytes)
        }
    }

    /// About what the texts of a game, a chat's zone or a label take.
    private static let textBytes = (game: 1024, chat: 32, board: 32)

    /// One that remembers nothing.
    package static let none = PlayMemory(limit: 0)

    private let state: Mutex<State>
    /// Whether it remembers nothing.
    let isOff: Bool

    /// - Parameter limit: How many bytes it may take; 0 turns it off.
    package init(limit: Int) {
        let share = limit / 8
        state = Mutex(
            State(items: Generations(limit: limit - share), bounds: Generations(limit: share))
        )
        isOff = limit == 0
    }

    /// How often runs could be judged by it.
    package var statistics: MemoryStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.bytes = state.items.bytes + state.bounds.bytes
            return statistics
        }
    }

    /// Those of some games and boards that are remembered, and the epochs in which they were so.
    func games(_ ids: [GameID]) -> [GameID: (game: Game, epoch: GameEpoch)] {
        state.withLock { state in
            var games: [GameID: (game: Game, epoch: GameEpoch)] = [:]
            for id in ids {
                if case .game(let game, let epoch)? = state.items.find(.game(id)) {
                    games[id] = (game, epoch)
                }
            }
            return games
        }
    }

    /// Those of some chats that are remembered of a game's epoch.
    func chats(_ aliases: [ChatAlias], of game: GameID, at epoch: GameEpoch) -> [ChatAlias: PlayChat] {
        state.withLock { state in
            var chats: [ChatAlias: PlayChat] = [:]
            for alias in aliases {
                guard case .chat(let chat, epoch)? = state.items.find(.chat(alias, game)) else { continue }
                chats[alias] = chat
            }
            return chats
        }
    }

    /// A leaderboard as it was when it was last met.
    func board(_ name: BoardName, of game: GameID) -> KnownBoard? {
        guard case .board(let board)? = state.withLock({ $0.items.find(.board(name, game)) }) else {
            return nil
        }
        return board
    }

    /// Whether a run is its player's first or best on a smaller leaderboard, as far as is remembered.
    ///
    /// It decides no more than who takes the run first. Whoever writes it reads such a leaderboard, or forgets it, where
    /// memory was wrong.
    func expectsMove(by run: FinishedRun) -> Bool {
        let id = run.launch.game
        return state.withLock { state in
            guard case .game(_, let epoch)? = state.items.find(.game(id)) else { return false }
            var chat: ChatID?
            if let alias = run.alias {
                guard case .chat(let known, epoch)? = state.items.find(.chat(alias, id)) else { return false }
                chat = known.id
            }
            return zip(run.boards, run.scores).contains { id, score in
                guard case .game(let game, _)? = state.items.find(.game(id)) else { return false }
                guard game.rules.canAppend else { return true }
                guard case .board(let board)? = state.items.find(.board(BoardName(chat: chat), id)),
                    let entries = board.entries, entries.count <= KnownBoard.soonRead
                else { return false }
                let best = entries.first { $0.sortKey.player == run.player }?.sortKey.scoreKey ?? .max
                return game.rules.scoreKey(for: Int64(score.score.value)) < best
            }
        }
    }

    /// Remembers a game and chats as they were in an epoch.
    func learn(_ game: Game, _ chats: [ChatAlias: PlayChat], at epoch: GameEpoch) {
        state.withLock { state in
            state.items.store(.game(game, epoch), .game(game.id), bytes: Self.textBytes.game)
            for (alias, chat) in chats {
                state.items.store(.chat(chat, epoch), .chat(alias, game.id), bytes: Self.textBytes.chat)
            }
        }
    }

    /// Remembers a leaderboard as a transaction found it.
    func learn(_ board: KnownBoard, _ name: BoardName, of game: GameID) {
        state.withLock { state in
            if board.entries == nil, case .board(let known)? = state.items.find(.board(name, game)),
                known.version == board.version
            {
                return
            }
            state.store(board, name, of: game)
        }
    }

    /// Follows what a transaction that has committed made of leaderboards.
    func follow(_ changes: [BatchBoards.Change], of game: GameID) {
        state.withLock { state in
            for change in changes {
                guard case .board(var board)? = state.items.remove(.board(change.name, game)),
                    board.version == change.state.version
                else { continue }
                board.follow(change.history.moves, to: change.version)
                state.store(board, change.name, of: game)
            }
        }
    }

    /// Whether a score betters nothing that a player has on a leaderboard, by what was seen within an epoch.
    ///
    /// Where the best is kept an entry only ever gets better within an epoch, so that this needs no version, and nobody
    /// who asks the database.
    func isNoBetter(_ scoreKey: Int64, than entry: EntryKey, at epoch: GameEpoch) -> Bool {
        guard let bound = state.withLock({ $0.bounds.find(entry) }) else { return false }
        return bound.epoch == epoch && bound.scoreKey <= scoreKey
    }

    /// Remembers that players have entries that are at least as good as scores.
    func learn(_ bounds: [(entry: EntryKey, scoreKey: Int64)], at epoch: GameEpoch) {
        state.withLock { state in
            for (entry, scoreKey) in bounds {
                if let known = state.bounds.find(entry), known.epoch == epoch, known.scoreKey <= scoreKey {
                    continue
                }
                state.bounds.store(Bound(scoreKey: scoreKey, epoch: epoch), entry, bytes: 0)
            }
        }
    }

    /// Counts runs by whether they could be taken by what is remembered.
    func count(hits: Int, misses: Int, failures: Int) {
        state.withLock { state in
            state.statistics.hits += hits
            state.statistics.misses += misses
            state.statistics.failures += failures
        }
    }
}
