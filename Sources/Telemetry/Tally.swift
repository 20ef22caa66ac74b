import Instruments
import Leaderboards
import Synchronization

/// Counts by what they are of: a small, fixed set of keys.
final class Tally<Key: Hashable & Sendable>: Sendable {
    private let counts = Mutex<[Key: UInt64]>([:])

    func count(_ key: Key, by amount: UInt64 = 1) { counts.withLock { $0[key, default: 0] += amount } }

    var all: [Key: UInt64] { counts.withLock { $0 } }
}

/// Durations by what they are of: a small, fixed set of keys.
final class Timings<Key: Hashable & Sendable>: Sendable {
    private let histograms = Mutex<[Key: Histogram]>([:])

    func record(_ duration: Duration, of key: Key) {
        histograms.withLock { $0[key, default: Histogram(bounds: Histogram.durations)].record(duration) }
    }

    var all: [Key: Histogram] { histograms.withLock { $0 } }

    /// How many there were.
    var totals: [Key: UInt64] { all.mapValues(\.total) }

    /// The same by something that several keys share.
    func by<Other: Hashable>(_ part: (Key) -> Other) -> [Other: Histogram] {
        all.reduce(into: [:]) { sums, one in
            sums[part(one.key), default: Histogram(bounds: Histogram.durations)].add(one.value)
        }
    }
}

/// Counts by game and outcome.
///
/// The first so many games have counts of their own, all others together have one: labels must not grow without end.
final class GameTally: Sendable {
    static let mostGames = 200

    private struct State {
        /// Where the counts of a game begin.
        var places: [GameID: Int] = [:]
        /// Those of all other games come first.
        var counts: [UInt64]
    }

    private let outcomes: [String]
    private let state: Mutex<State>

    init(outcomes: [String]) {
        self.outcomes = outcomes
        state = Mutex(State(counts: Array(repeating: 0, count: outcomes.count)))
    }

    /// - Parameter outcome: Its place in the list of outcomes.
    func count(_ game: GameID?, _ outcome: Int) {
        state.withLock { state in
            var place = 0
            if let game {
                if let known = state.places[game] {
                    place = known
                } else if state.places.count < Self.mostGames {
                    place = state.counts.count
                    state.places[game] = place
                    state.counts += repeatElement(0, count: outcomes.count)
                }
            }
            state.counts[place + outcome] += 1
        }
    }

    /// What happened at least once.
    ///
    /// - Parameter name: A game's name, nil for one that is not known any more.
    func series(_ name: (GameID) -> String?) -> [(labels: Metric.Labels, value: Metric.Value)] {
        let (places, counts) = state.withLock { ($0.places, $0.counts) }
        let games = places.map { (name: name($0.key) ?? $0.key.description, place: $0.value) }
        var series: [(labels: Metric.Labels, value: Metric.Value)] = []
        for game in games + [(name: "other", place: 0)] {
            for (number, outcome) in outcomes.enumerated() where counts[game.place + number] > 0 {
                let labels: Metric.Labels = [("game", game.name), ("outcome", outcome)]
                series.append((labels, .count(counts[game.place + number])))
            }
        }
        return series
    }
}
