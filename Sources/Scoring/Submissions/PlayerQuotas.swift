import Leaderboards
import Logging
import OrderedCollections
import Postgres
import Storage
import Synchronization

/// Keeps pages from submitting more for one player in a UTC day than the log is to hold of them.
///
/// This instance asks the log once for a player and day and then counts its own.
final class PlayerQuotas: Sendable {
    /// Asks the log about many players at once.
    typealias Lookups = GroupCommit<BotID, PlayerID, PlayerUsage>
    /// Asks the log for runs that may be repetitions.
    typealias Replays = GroupCommit<GameID, FinishedRun, Receipt?>

    fileprivate struct Key: Hashable {
        let bot: BotID
        let player: PlayerID
    }

    /// What was counted of a player since the log was asked.
    private struct Tally {
        /// Told from every other, so that nothing is given back to one that never counted it.
        let number: Int
        var usage: PlayerUsage
        /// Whether it counts runs of which nobody knows whether they were written.
        var isDoubtful = false
    }

    private struct State {
        /// The day that is counted, in days since 1970.
        var day: Int64 = .min
        var tallies: OrderedDictionary<Key, Tally> = [:]
        var lastNumber = 0

        mutating func begin(with usage: PlayerUsage) -> Tally {
            lastNumber += 1
            return Tally(number: lastNumber, usage: usage)
        }

        /// Changes the tally that a run was counted in, if it still is in use.
        mutating func change(_ reservation: Reservation, _ body: (inout Tally) -> Void) {
            guard var tally = tallies[reservation.key], tally.number == reservation.tally else { return }
            body(&tally)
            tallies[reservation.key] = tally
        }
    }

    /// A run that was counted.
    struct Reservation: Sendable {
        fileprivate let key: Key
        fileprivate let tally: Int
        fileprivate let metadata: Int
    }

    private enum Admittance {
        case admitted(Reservation)
        case full
        /// The log must be asked first.
        case unknown
    }

    private static let secondsOfDay: Int64 = 86_400
    /// Of so many players the usage is remembered; the oldest half goes then, and is looked up when it comes again.
    private static let capacity = 100_000

    /// What must run before anything is admitted.
    let lookups: Lookups
    /// The same, before repetitions are answered beyond the quota.
    let replays: Replays
    private let quota: PlayerQuota?
    private let state = Mutex(State())

    init(
        configuration: ScoringConfiguration,
        pool: PostgresPool,
        clock: @escaping @Sendable () -> Instant,
        logger: Logger
    ) {
        let quota = configuration.playerQuota
        self.quota = quota
        let limits = { writers in
            configuration.limits(batchSize: 64, writers: writers, timeout: configuration.submissionTimeout)
        }
        lookups = GroupCommit("quotas", limits: limits(2), logger: logger) {
            bot,
            players throws(PostgresError) in
            let start = Self.start(ofDay: Self.day(of: clock()))
            let usages = try await pool.withSession { session throws(PostgresError) in
                try session.run(
                    .runsUsage(of: Array(Set(players)), since: start, bot: bot, limit: quota?.runs ?? 0)
                )
            }
            return players.map { .success(usages[$0] ?? PlayerUsage()) }
        }
        replays = GroupCommit("replays", limits: limits(1), logger: logger) {
            game,
            runs throws(PostgresError) in
            let logged = try await pool.withSession { session throws(PostgresError) in
                try session.run(.scoresGet(of: runs.map(\.key), game: game))
            }
            return runs.map { run in logged[run.key].map { $0.answer(to: run) } ?? .success(nil) }
        }
    }

    /// Counts a run, if there is room for it.
    ///
    /// - Returns: What to give back where nothing is written; nil where nothing is counted.
    /// - Throws: ``Refusal/quotaExceeded(retryAfter:)``, or why the log could not be asked.
    func reserve(for run: FinishedRun, now: Instant) async throws(Refusal) -> Reservation? {
        guard let quota else { return nil }
        let launch = run.launch
        let (key, day) = (Key(bot: launch.bot, player: launch.player), Self.day(of: now))
        let metadata = run.metadata?.count ?? 0
        var admittance = take(metadata, key, day, of: quota)
        if case .unknown = admittance {
            let usage = try await lookups.submit(launch.player, for: launch.bot)
            admittance = take(metadata, key, day, of: quota, startingWith: usage)
        }
        guard case .admitted(let reservation) = admittance else {
            throw .quotaExceeded(retryAfter: Self.start(ofDay: day + 1) - now)
        }
        return reservation
    }

    /// Answers a run that was written before its player's quota was used up.
    ///
    /// - Returns: The answer of the first time; nil where the log has no such run.
    /// - Throws: ``Refusal/runAlreadyScored``, or why the log could not be asked.
    func replay(of run: FinishedRun) async throws(Refusal) -> Receipt? {
        try await replays.submit(run, for: run.launch.game)
    }

    /// Counts a run no longer, of which nothing was written.
    func giveBack(_ reservation: Reservation?) {
        guard let reservation else { return }
        state.withLock { state in
            state.change(reservation) { $0.usage.giveBack(reservation.metadata) }
        }
    }

    /// Notes that a run may have been written or not: it counts, and before anything is refused the log is asked.
    func doubt(_ reservation: Reservation?) {
        guard let reservation else { return }
        state.withLock { state in state.change(reservation) { $0.isDoubtful = true } }
    }

    /// Counts a run of a player whose usage is known.
    private func take(
        _ metadata: Int,
        _ key: Key,
        _ day: Int64,
        of quota: PlayerQuota,
        startingWith first: PlayerUsage? = nil
    ) -> Admittance {
        state.withLock { state in
            if day > state.day {
                state.day = day
                state.tallies = [:]
            }
            var index = state.tallies.index(forKey: key)
            if index == nil, let first {
                if state.tallies.count >= Self.capacity { state.tallies.removeFirst(Self.capacity / 2) }
                state.tallies[key] = state.begin(with: first)
                index = state.tallies.count - 1
            }
            guard let index else { return .unknown }
            let isAdmitted = state.tallies.values[index].usage.take(metadata, of: quota)
            let tally = state.tallies.values[index]
            guard isAdmitted || !tally.isDoubtful else {
                state.tallies[key] = nil
                return .unknown
            }
            return isAdmitted
                ? .admitted(Reservation(key: key, tally: tally.number, metadata: metadata)) : .full
        }
    }

    private static func day(of instant: Instant) -> Int64 {
        Int64((Double(instant.milliseconds) / Double(secondsOfDay * 1000)).rounded(.down))
    }

    private static func start(ofDay day: Int64) -> Instant {
        Instant(milliseconds: day * secondsOfDay * 1000)
    }
}
