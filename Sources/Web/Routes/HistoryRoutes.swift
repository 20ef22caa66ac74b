import HTTPTypes
import JSON
import Leaderboards
import Scoring

extension Routes {
    /// Reading what a player has played.
    var history: [Route] {
        [Route(.get, "/v1/history") { request, _ in try await readHistory(request) }]
    }

    private func readHistory(_ request: Request) async throws -> Response {
        let token = try request.requireToken()
        // Judged first: whoever holds no good token is told that, and nothing about the rest.
        _ = try services.kindOfToken(token)
        let values = QueryValues(request.query)
        let page = try await services.history(
            token,
            values.text("board"),
            LeaderboardQuery.limit(values),
            values.text("cursor")
        )
        return .json(page.document)
    }
}

extension HistoryPage {
    /// The answer to `GET /v1/history`.
    fileprivate var document: [UInt8] {
        var writer = JSONWriter(reservingCapacity: 64 + items.count * 256)
        writer.object {
            $0.array("runs") {
                for item in items {
                    $0.object {
                        $0.member("run_id", item.run.description)
                        $0.member("board", item.board)
                        $0.member("score", Int64(item.score.value))
                        $0.member("outcome", item.outcome.rawValue)
                        $0.array("reasons") { for reason in item.reasons { $0.value(reason) } }
                        $0.member("started_at", item.startedAt.description)
                        $0.member("accepted_at", item.acceptedAt.description)
                    }
                }
            }
            $0.member("next", orNull: next)
        }
        return writer.bytes
    }
}
