package import Leaderboards
import Scoring

/// What the edge is given to work with.
package struct WebServices: Sendable {
    package var useCases: WebUseCases
    /// Handles an update whose sender has been judged.
    package var handleUpdate: @Sendable (BotID, [UInt8]) async -> WebhookAnswer
    /// Everything that is not as it should be.
    package var readiness: @Sendable () -> [UnreadyReason]
    /// Metrics in the text format of Prometheus.
    package var metrics: @Sendable () -> [UInt8]
    /// Is told what happens.
    package var observe: @Sendable (WebEvent) -> Void
    /// Counts the streams that are open.
    var streams = StreamQuota()

    /// Names what the edge works with.
    ///
    /// - Parameters:
    ///   - handleUpdate: Handles an update whose sender has been judged.
    ///   - readiness: Everything that is not as it should be.
    ///   - observe: Is told what happens; must return quickly.
    package init(
        useCases: WebUseCases,
        handleUpdate: @escaping @Sendable (BotID, [UInt8]) async -> WebhookAnswer,
        readiness: @escaping @Sendable () -> [UnreadyReason],
        metrics: @escaping @Sendable () -> [UInt8],
        observe: @escaping @Sendable (WebEvent) -> Void = { _ in }
    ) {
        self.useCases = useCases
        self.handleUpdate = handleUpdate
        self.readiness = readiness
        self.metrics = metrics
        self.observe = observe
    }
}
