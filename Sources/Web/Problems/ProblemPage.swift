import Languages
import Pages

extension ProblemCode {
    /// The page that explains the code to whoever follows the `type` of a problem document: what players may do, in their
    /// language, and in English the paragraph for developers.
    func page(in language: Language) -> Asset {
        Asset(
            .problem,
            in: language,
            [
                "headline": language.text(advice.headline), "advice": language.text(advice.text),
                "title": title,
                "code": rawValue, "status": String(status), "explanation": explanation,
            ]
        )
    }

    /// The keys of what players are told.
    private var advice: (headline: String, text: String) {
        switch self {
        case .tokenMissing, .tokenInvalid, .tokenExpired: ("problem.again.title", "problem.again.text")
        case .playerBanned: ("problem.banned.title", "problem.banned.text")
        case .gameDisabled: ("problem.disabled.title", "problem.disabled.text")
        case .notFound, .noSuchWindow: ("problem.nothing.title", "problem.nothing.text")
        case .attemptsUsed, .rateLimited, .quotaExceeded, .tooManyStreams:
            ("problem.enough.title", "problem.enough.text")
        case .requestTimeout, .internalError, .overloaded, .databaseUnavailable:
            ("problem.later.title", "problem.later.text")
        default: ("problem.mistake.title", "problem.mistake.text")
        }
    }
}
