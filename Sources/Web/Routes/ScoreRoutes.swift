import HTTPTypes
import Leaderboards
import Scoring

extension Routes {
    /// How many leaderboards beyond the first one answer reports on.
    static let maximumBoards = 16

    /// Submitting scores.
    var scores: [Route] {
        [Route(.post, "/v1/scores") { request, _ in try await submit(request) }]
    }

    private func submit(_ request: Request) async throws -> Response {
        try request.checkDeclaredLength(limit: BodyLimit.api)
        // Judged first: whoever holds no good token is told that, and nothing about the rest.
        let run = try services.run(try request.requireToken()) { () throws(Refusal) in
            guard let key = request.headers[.idempotencyKey] else { return nil }
            guard key.isIdempotencyKey else {
                throw .unknownParameterValue("'Idempotency-Key' takes 1 to 128 visible ASCII characters.")
            }
            return key
        }
        let boards = try boards(request.query)
        let bytes = try await request.readBody(limit: BodyLimit.api)
        if !bytes.isEmpty { try request.checkBodyIsJSON() }
        let body = try ScoreBody(bytes)
        let receipt = try await services.submit(body.finished(run, asked: boards))
        var response = Response.json(receipt.document)
        if receipt.isReplay { response.headers[.idempotencyReplayed] = "true" }
        return response
    }

    private func boards(_ query: String) throws(Problem) -> [AskedBoard] {
        guard let text = try QueryValues(query).text("boards"), !text.isEmpty else { return [] }
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
        let boards = names.compactMap { AskedBoard($0) }
        guard boards.count == names.count, boards.count <= Self.maximumBoards else {
            throw .parameter(
                "boards",
                takes:
                    "at most \(Self.maximumBoards) of SCOPE/WINDOW or BOARD:SCOPE/WINDOW, separated by commas, "
                    + "for example chat/week,hard:global/all"
            )
        }
        return boards
    }
}
