import BotAPI
import Glibc
import NIOCore
import Postgres
import Operations
import Scoring

/// What a failed command tells people.
///
/// - Returns: A line, with more lines where an error has details; empty when everything was said already.
func text(of error: any Error) -> String {
    switch error {
    case let error as OperationError:
        if case .database(let error) = error { return text(of: error) }
        return error.description
    case let error as PostgresError: return text(of: error)
    case let error as Scoring.Refusal: return text(of: error)
    case let error as BotCallError: return "Telegram, asked for \(error.method), \(words(of: error.answer))"
    case let error as IOError:
        let reason = String(cString: strerror(error.errnoCode))
        return "cannot listen at that address: \(reason); '--listen' takes another"
    case is CancellationError: return "interrupted"
    default:
        return "\(error)".split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0).withVisibleControls }.joined(separator: "\n")
    }
}

private func words(of answer: BotAnswer) -> String {
    switch answer {
    case .retryAfter(let seconds): "wants to be left alone for \(seconds) s"
    case .temporary(_, let detail): "gave no usable answer: \(detail)"
    case .migrated(let chat): "says that the group became the supergroup \(chat)"
    default: "refused: \(answer.detail ?? answer.code)"
    }
}

private func text(of error: PostgresError) -> String {
    // libpq lays its messages out over several indented lines.
    let text = "\(error)".split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if error.sqlState == .insufficientPrivilege {
        return "the database: \(text); Deploy/roles.sql gives a role what it needs"
    }
    return error.isUnavailable ? "the database cannot be used now: \(text)" : "the database: \(text)"
}

private func text(of refusal: Scoring.Refusal) -> String {
    switch refusal {
    case .notFound(let text), .noSuchWindow(let text), .unknownParameterValue(let text): text
    case .databaseUnavailable: "the database cannot be used now"
    case .internal(let text): "the database gave an unexpected answer: \(text)"
    default: "\(refusal)"
    }
}
