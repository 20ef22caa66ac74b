import JSON
import Scoring

/// What `GET /readyz` answers.
struct ReadinessDocument {
    let status: Int
    let bytes: [UInt8]

    /// Sums the reasons up.
    ///
    /// - Parameters:
    ///   - reasons: Everything that is not as it should be.
    ///   - showingReasons: Whether the reasons are told, which only operators should see when they have an address
    ///     of their own.
    init(_ reasons: [UnreadyReason], showingReasons: Bool) {
        let isUnready = reasons.contains { $0.isFatal }
        status = isUnready ? 503 : 200
        var writer = JSONWriter()
        writer.object {
            $0.member("status", isUnready ? "unready" : reasons.isEmpty ? "ready" : "degraded")
            if showingReasons {
                $0.array("reasons") {
                    for reason in reasons {
                        $0.object {
                            $0.member("code", reason.code)
                            $0.member("detail", reason.detail)
                        }
                    }
                }
            }
        }
        bytes = writer.bytes
    }
}
