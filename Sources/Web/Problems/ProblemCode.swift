/// The registry of everything that can be wrong with a request.
///
/// A code is part of the API: it is never renamed, and never used again for something else.
package enum ProblemCode: String, CaseIterable, Sendable {
    // 400
    case malformedRequest = "malformed_request"
    case malformedJSON = "malformed_json"
    case unknownParameterValue = "unknown_parameter_value"
    case runRequired = "run_required"
    case idempotencyKeyRequired = "idempotency_key_required"
    // 401
    case tokenMissing = "token_missing"
    case tokenInvalid = "token_invalid"
    case tokenExpired = "token_expired"
    // 403
    case playerBanned = "player_banned"
    case gameDisabled = "game_disabled"
    // 404
    case notFound = "not_found"
    case noSuchWindow = "no_such_window"
    // 405 and on
    case methodNotAllowed = "method_not_allowed"
    case requestTimeout = "request_timeout"
    case runAlreadyScored = "run_already_scored"
    case chatConflict = "chat_conflict"
    case attemptsUsed = "attempts_used"
    case keyReused = "idempotency_key_reused"
    case bodyTooLarge = "body_too_large"
    case mediaTypeUnsupported = "media_type_unsupported"
    case scoreInvalid = "score_invalid"
    case boardUnknown = "board_unknown"
    case rateLimited = "rate_limited"
    case quotaExceeded = "quota_exceeded"
    case tooManyStreams = "too_many_streams"
    case headTooLarge = "head_too_large"
    // 500 and on
    case internalError = "internal_error"
    case overloaded = "overloaded"
    case databaseUnavailable = "database_unavailable"

    /// The HTTP status that goes with the code.
    package var status: Int {
        switch self {
        case .malformedRequest, .malformedJSON, .unknownParameterValue, .runRequired,
            .idempotencyKeyRequired:
            400
        case .tokenMissing, .tokenInvalid, .tokenExpired: 401
        case .playerBanned, .gameDisabled: 403
        case .notFound, .noSuchWindow: 404
        case .methodNotAllowed: 405
        case .requestTimeout: 408
        case .runAlreadyScored, .chatConflict, .attemptsUsed, .keyReused: 409
        case .bodyTooLarge: 413
        case .mediaTypeUnsupported: 415
        case .scoreInvalid, .boardUnknown: 422
        case .rateLimited, .quotaExceeded, .tooManyStreams: 429
        case .headTooLarge: 431
        case .internalError: 500
        case .overloaded, .databaseUnavailable: 503
        }
    }

    /// A short name of the problem, the same at every occurrence.
    package var title: String {
        switch self {
        case .malformedRequest: "Malformed HTTP request"
        case .malformedJSON: "Malformed JSON"
        case .unknownParameterValue: "Unknown parameter value"
        case .runRequired: "Run required"
        case .idempotencyKeyRequired: "Idempotency key required"
        case .tokenMissing: "Token missing"
        case .tokenInvalid: "Token invalid"
        case .tokenExpired: "Token expired"
        case .playerBanned: "Player banned"
        case .gameDisabled: "Game disabled"
        case .notFound: "Not found"
        case .noSuchWindow: "No such window"
        case .methodNotAllowed: "Method not allowed"
        case .requestTimeout: "Request timeout"
        case .runAlreadyScored: "Run already scored"
        case .chatConflict: "Chat conflict"
        case .bodyTooLarge: "Body too large"
        case .mediaTypeUnsupported: "Media type unsupported"
        case .scoreInvalid: "Score invalid"
        case .boardUnknown: "Unknown board"
        case .attemptsUsed: "Attempts used"
        case .keyReused: "Idempotency key reused"
        case .rateLimited: "Rate limited"
        case .quotaExceeded: "Quota exceeded"
        case .tooManyStreams: "Too many streams"
        case .headTooLarge: "Request head too large"
        case .internalError: "Internal error"
        case .overloaded: "Overloaded"
        case .databaseUnavailable: "Database unavailable"
        }
    }
}
