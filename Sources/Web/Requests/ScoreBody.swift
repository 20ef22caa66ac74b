import JSON
import Leaderboards

/// The body of a submission.
struct ScoreBody {
    /// How long metadata may be, in bytes as sent.
    static let metadataLimit = 4096

    let score: Score
    let metadata: [UInt8]?

    /// Reads a body.
    ///
    /// - Throws: ``Problem`` with `malformed_json`, `body_too_large` (of the metadata) or `score_invalid`.
    init(_ bytes: [UInt8]) throws(Problem) {
        let object = try jsonObject(bytes)
        try Self.checkThatScoreIsOne(in: object)
        metadata = try Self.metadata(in: object)
        score = try Self.score(in: object)
    }

    private static func checkThatScoreIsOne(in object: JSONValue) throws(Problem) {
        // Which of two scores a parser takes differs between languages, so none is taken.
        guard object.members(named: "score") <= 1 else {
            throw Problem(.malformedJSON, "'score' stands in the body more than once.")
        }
    }

    /// Reads the score of an object.
    static func score(in object: JSONValue) throws(Problem) -> Score {
        try checkThatScoreIsOne(in: object)
        guard let text = object["score"]?.numberText, let score = Score(digits: text) else {
            throw Problem(
                .scoreInvalid,
                "'score' must be a whole number from 0 to 2147483647, written as digits only."
            )
        }
        return score
    }

    /// Reads what an object holds to be kept with its score.
    static func metadata(in object: JSONValue) throws(Problem) -> [UInt8]? {
        guard let value = object["metadata"] else { return nil }
        guard value.kind == .object else { throw Problem(.malformedJSON, "'metadata' must be an object.") }
        guard value.raw.count <= metadataLimit else {
            throw Problem(.bodyTooLarge, "'metadata' is longer than \(metadataLimit) bytes.")
        }
        return Array(value.raw)
    }
}

/// Reads a body that must be one JSON object.
///
/// - Throws: ``Problem`` with `malformed_json`.
func jsonObject(_ bytes: [UInt8]) throws(Problem) -> JSONValue {
    let value: JSONValue
    do {
        value = try JSON.parse(bytes)
    } catch {
        throw Problem(.malformedJSON, "The body is not JSON: \(error.description).")
    }
    guard value.kind == .object else { throw Problem(.malformedJSON, "The body is JSON, but not an object.") }
    return value
}
