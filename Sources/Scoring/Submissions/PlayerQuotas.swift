import Leaderboards
import Logging
import OrderedCollections
import Postgres
import Storage
import Synchronization

/// Keeps pages from submitting more for one player in a UTC day than the log is to hold of them.
///
/// This instance looks at the log once for a player and day and then counts its own.
final class PlayerQuotas: Sendable {
    /// Looks at the log for many players at once.
    typealias Looks = GroupCommit<BotID, PlayerID, PlayerUsage>

    fileprivate struct Key: Hashable {
        let bot: BotID
        let player: PlayerID
    }

    private struct State {
        /// The day that is counted, in days since 1970.
        var day: Int64 = .min
        var usages: OrderedDictionary<Key, PlayerUsage> = [:]
    }

    /// A run that was counted.
    struct Reservation: Sendable {
        fileprivate let key: Key
        fileprivate let day: Int64
        fileprivate let metadata: Int
    }

    private static let secondsOfDay: Int64 = 86_400
    /// Of so many players the usage is remembered; the oldest half goes then, and is looked up when it comes again.
    private static let capacity = 100_000

    /// What must run before anything is admitted.
    let looks: Looks
    private let quota: PlayerQuota?
    private let state = Mutex(State())

    /// Makes the quotas; nothing is known of anybody yet.
    ///
    /// - Parameters:
    ///   - quota: The quota; nil is none.
    ///   - limits: How many may look at the log.
    ///   - pool: Connections to the database.
    ///   - clock: The service's clock.
    ///   - logger: For what cannot be looked at.
    init(
        quota: PlayerQuota?,
        limits: Looks.Limits,
        pool: PostgresPool,
        clock: @escaping @Sendable () -> Instant,
        logger: Logger
    ) {
        self.quota = quota
        looks = GroupCommit("quotas", limits: limits, logger: logger) { bot, players throws(PostgresError) in
            let start = Self.start(ofDay: Self.day(of: clock()))
            let usages = try await pool.withSession { session throws(PostgresError) in
                try session.run(
                    .loggedUsage(of: Array(Set(players)), since: start, bot: bot, limit: quota?.runs ?? 0)
                )
            }
            return players.map { .success(usages[$0] ?? PlayerUsage()) }
        }
    }

    /// Counts a run, if there is room for it.
    ///
    /// - Parameters:
    ///   - player: Whose.
    ///   - bot: The bot of the game.
    ///   - metadata: How many bytes of metadata the run has.
    ///   - now: The time.
    /// - Returns: What to give back where nothing is written; nil where nothing is counted.
    /// - Throws: ``Refusal/quotaExceeded(retryAfter:)``, or why the log could not be looked at.
    func reserve(
        for player: PlayerID,
        of bot: BotID,
        metadata: Int,
        now: Instant
    ) async throws(Refusal) -> Reservation? {
        guard let quota else { return nil }
        let (key, day) = (Key(bot: bot, player: player), Self.day(of: now))
        var fits = take(metadata, key, day, of: quota)
        if fits == nil {
            let usage = try await looks.submit(player, for: bot)
            fits = take(metadata, key, day, of: quota, startingWith: usage)
        }
        guard fits ?? true else {
            throw .quotaExceeded(retryAfter: Self.start(ofDay: day + 1) - now)
        }
        return Reservation(key: key, day: day, metadata: metadata)
    }

    /// Counts a run no longer, of which nothing was written.
    func giveBack(_ reservation: Reservation?) {
        guard let reservation else { return }
        state.withLock { state in
            guard state.day == reservation.day else { return }
            state.usages[reservation.key]?.giveBack(reservation.metadata)
        }
    }

    /// Counts a run of a player whose usage is known; nil where it is not.
    private func take(
        _ metadata: Int,
        _ key: Key,
        _ day: Int64,
        of quota: PlayerQuota,
        startingWith first: PlayerUsage? = nil
    ) -> Bool? {
        state.withLock { state in
            if day > state.day {
                state.day = day
                state.usages = [:]
            }
            guard var usage = state.usages[key] ?? first else { return nil }
            if state.usages[key] == nil, state.usages.count >= Self.capacity {
                state.usages.removeFirst(Self.capacity / 2)
            }
            defer { state.usages[key] = usage }
            return usage.take(metadata, of: quota)
        }
    }

    private static func day(of instant: Instant) -> Int64 {
        Int64((Double(instant.milliseconds) / Double(secondsOfDay * 1000)).rounded(.down))
    }

    private static func start(ofDay day: Int64) -> Instant {
        Instant(milliseconds: day * secondsOfDay * 1000)
    }
}
