import Leaderboards
import Storage

/// A leaderboard as a transaction found or left it.
struct KnownBoard: Sendable {
    /// The entries of a leaderboard that has no more are remembered; a larger one is asked.
    static let longest = 1024
    /// Those of one that has no more are read under the game's lock, too, which costs little more than asking.
    static let soonRead = 256

    let id: BoardID
    private(set) var version: BoardVersion
    /// All of them in order; nil where they are not known.
    private(set) var entries: [Entry]?

    /// The version of which all entries are known.
    var versionOfEntries: BoardVersion? { entries == nil ? nil : version }

    /// What the entries take in memory.
    var bytes: Int { (entries?.capacity ?? 0) * MemoryLayout<Entry>.stride }

    /// The entry of a player, with its place, which a run that betters nothing leaves as it is.
    func place(of player: PlayerID) -> (entry: Entry, placement: BoardHistory.Placement)? {
        guard let entries, let index = entries.firstIndex(where: { $0.sortKey.player == player }) else {
            return nil
        }
        let placement = BoardHistory.Placement(
            rank: index + 1,
            previousRank: index + 1,
            total: entries.count,
            above: index > 0 ? entries[index - 1].sortKey : nil
        )
        return (entries[index], placement)
    }

    /// What a batch of runs has to know of everybody else; nil where that is not known at a version.
    func background(of history: BoardHistory, at version: BoardVersion) -> BoardHistory.Background? {
        guard let entries, self.version == version else { return nil }
        let insiders = history.players
        var background = BoardHistory.Background(total: entries.count)
        for probe in history.probes {
            let place = Self.place(of: probe, in: entries)
            background.countBefore[probe] = place
            background.neighbourAbove[probe] =
                entries[..<place].last { !insiders.contains($0.sortKey.player) }?.sortKey
        }
        return background
    }

    /// Goes on to the version that a transaction made of this one.
    mutating func follow(_ moves: [BoardHistory.Move], to version: BoardVersion) {
        self.version = version
        guard var entries else { return }
        self.entries = nil
        for move in moves {
            if let before = move.before {
                let place = Self.place(of: before.sortKey, in: entries)
                guard place < entries.count, entries[place] == before else { return }
                entries.remove(at: place)
            }
            entries.insert(move.after, at: Self.place(of: move.after.sortKey, in: entries))
        }
        if entries.count <= Self.longest { self.entries = entries }
    }

    /// How many entries come before a place.
    private static func place(of sortKey: SortKey, in entries: [Entry]) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].sortKey < sortKey { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension KnownBoard {
    init(_ state: BoardState, _ entries: [Entry]? = nil) {
        self.init(id: state.id, version: state.version, entries: entries)
    }
}
