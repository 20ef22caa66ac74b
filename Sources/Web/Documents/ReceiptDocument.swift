import JSON
import Leaderboards
import Scoring

extension Receipt {
    /// The answer to `POST /v1/scores`.
    var document: [UInt8] {
        var writer = JSONWriter(reservingCapacity: 512)
        writer.object {
            $0.member("outcome", outcome.rawValue)
            $0.member("run_id", run.description)
            $0.member("score", score)
            $0.member("best", orNull: best)
            $0.member("previous_best", orNull: previousBest)
            if isNamed { writeResults(to: &$0) }
            $0.array("boards") { for place in places { place.write(to: &$0) } }
            $0.array("reasons") { for reason in reasons { $0.value(reason) } }
        }
        return writer.bytes
    }
}
