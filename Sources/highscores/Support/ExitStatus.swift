import Application
import ArgumentParser
import Bench
import BotAPI
import LocalPostgres
import Postgres
import Operations
import Scoring

/// What a command's exit code says.
enum ExitStatus: Int32 {
    case done = 0
    case failed = 1
    /// Wrong usage or configuration.
    case usage = 2
    case notFound = 3
    case notAllowed = 4
    case conflict = 5
    case partly = 6
    case drift = 7
    /// Trying again may work.
    case temporary = 8
    case interrupted = 130

    /// The one table from errors to codes.
    init(of error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure.status
        case is SettingsError: self = .usage
        case let error as OperationError: self.init(error)
        case let error as PostgresError: self.init(error)
        case let error as ClusterError: self.init(error)
        case let error as Scoring.Refusal: self.init(error)
        case let error as BotCallError: self.init(error.answer)
        case let error as BenchError: self = error.kind == .unprepared ? .usage : .failed
        case is CancellationError: self = .interrupted
        default: self = .failed
        }
    }

    private init(_ error: OperationError) {
        switch error {
        case .invalid, .ambiguous: self = .usage
        case .notFound: self = .notFound
        case .conflict: self = .conflict
        case .notAllowed: self = .notAllowed
        case .database(let error): self.init(error)
        }
    }

    private init(_ error: PostgresError) {
        switch (error.code, error.sqlState) {
        case (.invalidConfiguration, _), (_, .invalidCatalogName): self = .usage
        case (.cancelled, _): self = .interrupted
        case (.migration, _): self = .conflict
        case (_, .insufficientPrivilege), (_, .invalidPassword), (_, .invalidAuthorization):
            self = .notAllowed
        default: self = error.isUnavailable || error.isRetryable ? .temporary : .failed
        }
    }

    private init(_ error: ClusterError) {
        switch error.code {
        case .programsMissing, .versionMismatch, .folderUnusable: self = .usage
        case .busy: self = .temporary
        case .cancelled: self = .interrupted
        case .startFailed, .system: self = .failed
        }
    }

    private init(_ refusal: Scoring.Refusal) {
        switch refusal {
        case .notFound, .noSuchWindow, .boardUnknown: self = .notFound
        case .unknownParameterValue, .runRequired, .idempotencyKeyRequired: self = .usage
        case .keyRequired, .tokenInvalid, .tokenExpired, .initDataRefused, .launchErased, .playerBanned,
            .gameDisabled:
            self = .notAllowed
        case .runAlreadyScored, .chatConflict, .attemptsUsed, .keyReused: self = .conflict
        case .rateLimited, .quotaExceeded, .overloaded, .databaseUnavailable: self = .temporary
        case .internal: self = .failed
        }
    }

    private init(_ answer: BotAnswer) {
        switch answer {
        case .done, .notModified: self = .done
        case .retryAfter, .temporary: self = .temporary
        case .targetGone, .chatGone: self = .notFound
        case .chatForbidden, .unauthorized: self = .notAllowed
        case .migrated, .conflict: self = .conflict
        case .invalidRequest, .unrecognized: self = .failed
        }
    }
}

/// A failure whose message and code the command itself has chosen.
struct CommandFailure: Error, CustomStringConvertible {
    let status: ExitStatus
    /// One line for people; empty when everything was said already.
    let description: String

    init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }
}
