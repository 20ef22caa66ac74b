import JSON
import Leaderboards
import Scoring

/// The body of a submission.
struct ScoreBody {
    /// How long metadata may be, in bytes as sent.
    static let metadataLimit = 4096

    /// Nil where the score is not given by the name of its board.
    let scores: [BoardScore]?
    let score: Score?
    let metadata: [UInt8]?

    /// Reads a body.
    ///
    /// - Throws: ``Problem`` with `malformed_json`, `body_too_large` (of the metadata) or `score_invalid`.
    init(_ bytes: [UInt8]) throws(Problem) {
        try self.init(try jsonObject(bytes))
    }

    /// Reads the members of an object.
    init(_ object: JSONValue) throws(Problem) {
        // Which of two scores a parser takes differs between languages, so none is taken.
        for name in ["score", "scores"] where object.members(named: name) > 1 {
            throw Problem(.malformedJSON, "'\(name)' stands in the body more than once.")
        }
        metadata = try Self.metadata(in: object)
        guard let named = object["scores"] else {
            scores = nil
            score = try Self.score(object["score"], "score")
            return
        }
        guard object["score"] == nil else {
            throw Problem(.malformedJSON, "'score' and 'scores' stand in the body both; send one of them.")
        }
        score = nil
        scores = try Self.scores(named)
    }

    /// The run with the scores.
    func finished(_ run: Run, asked: [AskedBoard] = []) -> FinishedRun {
        guard let score else {
            return FinishedRun(run, scores: scores ?? [], isNamed: true, metadata: metadata, asked: asked)
        }
        return FinishedRun(run, score: score, metadata: metadata, asked: asked)
    }

    private static func scores(_ value: JSONValue) throws(Problem) -> [BoardScore] {
        let limit = FinishedRun.maximumBoards
        guard value.kind == .object, (1...limit).contains(value.entries.count) else {
            throw Problem(
                .scoreInvalid,
                "'scores' must be an object of 1 to \(limit) boards with their scores."
            )
        }
        var scores: [BoardScore] = []
        for (name, value) in value.entries {
            guard !scores.contains(where: { $0.board == name }) else {
                throw Problem(.malformedJSON, "a board stands in 'scores' more than once.")
            }
            scores.append(BoardScore(name, try score(value, "scores")))
        }
        return scores
    }

    private static func score(_ value: JSONValue?, _ name: String) throws(Problem) -> Score {
        guard let text = value?.numberText, let score = Score(digits: text) else {
            throw Problem(
                .scoreInvalid,
                "'\(name)' must be \(name == "score" ? "a whole number" : "whole numbers") from 0 to 2147483647, "
                    + "written as digits only."
            )
        }
        return score
    }

    /// Reads what an object holds to be kept with its score.
    private static func metadata(in object: JSONValue) throws(Problem) -> [UInt8]? {
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
