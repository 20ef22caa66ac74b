package import Leaderboards
import Postgres
import Storage

/// Why a use case was not carried out, in the terms of its caller.
///
/// Nothing of a refused request remains.
package enum Refusal: Error, Hashable, Sendable {
    /// The game opens to the keys of its studio's servers only.
    case keyRequired
    /// The token is not one of ours for this purpose.
    case tokenInvalid
    /// The data of a Mini App are not believed.
    case initDataRefused(InitDataFault)
    /// The launch is older than the erasure of its player.
    case launchErased
    /// The token is genuine, but its time is over.
    case tokenExpired
    case playerBanned
    case gameDisabled
    /// What was asked for is not there; the text names it.
    case notFound(String)
    /// The game has no board of that name, or the run is not for it.
    case boardUnknown(String)
    /// The leaderboard has no window of that kind or time.
    case noSuchWindow(String)
    /// A parameter has a value that is none of those it can have; the text names it and them.
    case unknownParameterValue(String)
    /// The player has used all attempts of the window, which ends then; nil where no end is known.
    case attemptsUsed(endsAt: Instant?)
    /// The key names a run that was started for another board.
    case keyReused
    /// The names that a key gave of one chat are of two that are known; an operator decides whether they are one.
    case chatConflict
    /// The run has another score already.
    case runAlreadyScored
    /// The game judges the duration of runs, so a launch token alone will not do.
    case runRequired
    /// The game adds scores up, so a repeated call must be told from a second run.
    case idempotencyKeyRequired
    /// The player submits too often.
    case rateLimited(retryAfter: Duration)
    /// The player's runs or metadata of the day are used up.
    case quotaExceeded(retryAfter: Duration)
    /// The queue is full.
    case overloaded
    /// The database is out of reach or too slow; whether the request took effect is unknown.
    case databaseUnavailable
    /// The service met a state that should not be possible; the text is for the log, not for clients.
    case `internal`(String)
}

extension Refusal {
    /// Puts an error of the database into the terms of callers.
    init(_ error: PostgresError) {
        self = error.isFaultOfItem ? .internal(error.debugDescription) : .databaseUnavailable
    }
}

extension PostgresError {
    /// Whether another transaction got in the way, so that the same one can succeed when it is run again.
    var isConflict: Bool { isRetryable || sqlState == .uniqueViolation }

    /// Whether a value that was to be written is the reason, so that the rest of a batch may succeed without it.
    ///
    /// Of everything else, such as a missing right, a full disk or a damaged index, each value is as innocent as the
    /// next, and to try them one by one would only keep a database busy that is in trouble.
    var isFaultOfItem: Bool {
        guard !outcomeUnknown, !isConflict, !isMissingPartition else { return false }
        // Cardinality violation, data exception, integrity constraint violation, program limit exceeded.
        return code == .encoding || ["21", "22", "23", "54"].contains(sqlState?.classCode)
    }
}

/// Does something in the database, once more where another transaction got in the way.
func retryingConflict<R>(_ body: () async throws(PostgresError) -> R) async throws(PostgresError) -> R {
    do { return try await body() } catch {
        guard error.isConflict else { throw error }
        return try await body()
    }
}

/// What is wrong with the data of a Mini App.
package enum InitDataFault: Hashable, Sendable {
    /// It is no `initData` at all.
    case form
    /// Its `hash` is none that Telegram made for a bot of this service.
    case hash
    /// Telegram made it for a bot of this service that has no such game.
    case otherBot
    /// This service has no token of the game's bot.
    case unservedBot
    /// It is too old; the app must be opened again.
    case age
    /// It was made in the future, by the service's clock.
    case future
    /// It names no person.
    case player
}
