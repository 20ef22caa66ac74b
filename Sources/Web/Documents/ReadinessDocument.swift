import JSON
import Leaderboards

/// What `GET /readyz` answers.
struct ReadinessDocument {
    /// How much is told.
    enum Audience {
        /// Everybody, where operators have an address of their own: whether all is well.
        case everybody
        /// Everybody and operators at one address: reasons that name nothing.
        case shared
        /// Operators alone: all of it.
        case operators
    }

    /// Whether the service takes requests, and whether all is well.
    enum Status: String {
        case ready, degraded, unready

        init(_ reasons: [UnreadyReason]) {
            self = reasons.contains { $0.isFatal } ? .unready : reasons.isEmpty ? .ready : .degraded
        }
    }

    let status: Int
    let bytes: [UInt8]

    /// Sums the reasons up.
    ///
    /// - Parameter reasons: Everything that is not as it should be.
    init(_ reasons: [UnreadyReason], for audience: Audience) {
        let word = Status(reasons)
        status = word == .unready ? 503 : 200
        var writer = JSONWriter()
        writer.object {
            $0.member("status", word.rawValue)
            if audience != .everybody {
                $0.array("reasons") {
                    for reason in reasons {
                        $0.object {
                            $0.member("code", reason.code)
                            $0.member("detail", audience == .operators ? reason.detail : reason.words)
                        }
                    }
                }
            }
        }
        bytes = writer.bytes
    }
}
