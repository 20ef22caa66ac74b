import JSON
import Leaderboards
import Scoring

/// The answer to `POST /v1/games/{bot}/{short_name}/scores`; the id is nil where a score had none to answer by.
func serverScoresDocument(_ results: [(id: String?, outcome: Result<Receipt, Problem>)]) -> [UInt8] {
    var writer = JSONWriter(reservingCapacity: 32 + results.count * 96)
    writer.object {
        $0.array("results") {
            for (id, outcome) in results {
                $0.object {
                    $0.member("id", orNull: id)
                    switch outcome {
                    case .success(let receipt):
                        $0.member("status", 200)
                        $0.member("outcome", receipt.outcome.rawValue)
                        guard !receipt.reasons.isEmpty else { return }
                        $0.array("reasons") { for reason in receipt.reasons { $0.value(reason) } }
                    case .failure(let problem):
                        $0.member("status", problem.code.status)
                        $0.member("code", problem.code.rawValue)
                        $0.member("detail", problem.detail)
                    }
                }
            }
        }
    }
    return writer.bytes
}

extension OpenedLaunch {
    /// The answer to `POST /v1/launches`.
    var documentForApp: [UInt8] {
        var writer = JSONWriter(reservingCapacity: 512)
        writer.object {
            $0.member("launch", launch)
            $0.member("expires_at", expiresAt.description)
            $0.member("board_token", boardToken)
        }
        return writer.bytes
    }

    /// The answer to `POST /v1/games/{bot}/{short_name}/launches`.
    var documentForServer: [UInt8] {
        var writer = JSONWriter(reservingCapacity: 512)
        writer.object {
            $0.member("url", url)
            $0.member("launch", launch)
            $0.member("expires_at", expiresAt.description)
        }
        return writer.bytes
    }
}
