package import Outbox
package import Leaderboards
package import Logging
package import Scoring
import Synchronization
package import Web

/// Turns what the layers below report into log lines and metrics; nothing else decides what is logged or counted.
///
/// No line and no label holds a token, a name, a player or a chat.
package final class Telemetry: Sendable {
    let logger: Logger
    let counts = Counts()
    private let failureLines = Mutex(LineBudget())
    private let refusalLines = Mutex(LineBudget())

    package init(logger: Logger) { self.logger = logger }

    /// What was counted, and other metrics, in the text format of Prometheus.
    ///
    /// - Parameter name: The name of a game by its id; nil for one that is not known.
    package func prometheusText(_ others: [Metric], naming name: (GameID) -> String?) -> [UInt8] {
        Array((counts.metrics(name) + others).map(\.text).joined().utf8)
    }

    /// Takes an event of the HTTP edge.
    package func record(_ event: WebEvent) {
        switch event {
        case .answered(let answer):
            let route = answer.route ?? "none"
            counts.requests.record(
                answer.duration,
                of: Counts.RequestKind(route: route, method: answer.method, status: answer.status)
            )
            if let problem = answer.problem { counts.problems.count(problem.rawValue) }
            let isFailure = answer.status >= 500
            // What is not ready says so again and again, and what asks for addresses that are none is nobody to help.
            let isTold = answer.problem != nil && answer.route != nil
            var omitted: Int?
            if isTold, isFailure {
                omitted = failureLines.withLock { $0.take(at: .now) }
            } else if isTold {
                omitted = refusalLines.withLock { $0.take(at: .now) }
            }
            logger.log(
                level: omitted == nil ? .debug : isFailure ? .warning : .info,
                "request.answered",
                metadata: [
                    "route": "\(route)", "method": "\(answer.method)", "status": "\(answer.status)",
                    "duration_ms": "\(answer.duration.logged)", "code": "\(answer.problem?.rawValue ?? "")",
                    "omitted": "\(omitted.map { $0 == 0 ? "" : String($0) } ?? "")",
                ]
            )
        case .cutOff(let problem):
            counts.problems.count(problem.rawValue)
            logger.debug("request.cut_off", metadata: ["code": "\(problem.rawValue)"])
        }
    }

    /// Takes an event of play.
    package func record(_ event: PlayEvent) {
        switch event {
        case .launch(let game, let outcome):
            counts.launches.count(game, PlayEvent.Opened.allCases.firstIndex(of: outcome) ?? 0)
        case .score(let game, let outcome, let isReplay):
            let outcomes = Receipt.Outcome.allCases
            counts.scores.count(game, isReplay ? outcomes.count : outcomes.firstIndex(of: outcome) ?? 0)
        case .breach(let breach):
            for code in breach.codes {
                counts.breaches.count(
                    Counts.BreachKind(rule: code, outcome: breach.outcome, isShadow: breach.isShadow)
                )
            }
        case .metadata(let bytes): counts.singles.count(.metadataBytes, by: UInt64(bytes))
        }
    }

    /// Takes an event of a worker.
    package func record(_ event: DeliveryEvent) {
        switch event {
        case .called(let bot, let step, let code, let duration):
            counts.calls.record(duration, of: Counts.CallKind(step: step, answer: code))
            logger.debug(
                "delivery.called",
                metadata: [
                    "bot": "\(bot)", "step": "\(step.rawValue)", "class": "\(code)",
                    "duration_ms": "\(duration.logged)",
                ]
            )
        case .slotMissed(let bot):
            counts.singles.count(.slotsMissed)
            logger.notice("delivery.slot_missed", metadata: ["bot": "\(bot)"])
        case .dead(let bot, let reason):
            counts.dead.count(reason.deathLabel)
            logger.warning("delivery.dead", metadata: ["bot": "\(bot)", "reason": "\(reason)"])
        case .chatRefused(let bot, let reason):
            logger.notice("delivery.chat_refused", metadata: ["bot": "\(bot)", "reason": "\(reason)"])
        case .leaseLost(let bot):
            counts.singles.count(.leasesLost)
            logger.notice("delivery.lease_lost", metadata: ["bot": "\(bot)"])
        case .settleFailed(let bot, let reason):
            logger.warning("delivery.settle_failed", metadata: ["bot": "\(bot)", "reason": "\(reason)"])
        case .claimFailed(let bot, let reason):
            logger.warning("delivery.claim_failed", metadata: ["bot": "\(bot)", "reason": "\(reason)"])
        case .paused(let bot, let reason):
            counts.singles.count(.pauses)
            logger.error("delivery.paused", metadata: ["bot": "\(bot)", "reason": "\(reason)"])
        case .resumed(let bot):
            logger.notice("delivery.resumed", metadata: ["bot": "\(bot)"])
        }
    }
}

extension String {
    /// The name of an error of Telegram's in the words of a refusal, such as `SCORE_INVALID`; what goes by no name is
    /// `other`, so that there are few of them.
    fileprivate var deathLabel: String {
        let words = split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }
        let name = words.first { word in word.contains("_") && word.allSatisfy { !$0.isLowercase } }
        return name.map { String($0.prefix(64)) } ?? "other"
    }
}

extension Duration {
    /// Milliseconds with three decimals.
    var logged: String {
        let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
        let fraction = String(microseconds % 1000)
        return "\(microseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
    }

}
