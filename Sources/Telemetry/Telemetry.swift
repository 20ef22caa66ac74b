package import Outbox
import Leaderboards
package import Logging
package import Scoring
package import Web

/// Turns what the layers below report into log lines and metrics; nothing else decides what is logged or counted.
///
/// No line and no label holds a token, a name, a player or a chat.
package final class Telemetry: Sendable {
    /// A number that is read when somebody looks.
    package struct Gauge: Sendable {
        package let name: String
        package let help: String
        /// Written as in the text format, for example `state="idle"`.
        package let labels: String
        package let value: Double
        /// Whether it only grows.
        package let isCounter: Bool

        package init(
            name: String,
            help: String,
            labels: String = "",
            value: Double,
            isCounter: Bool = false
        ) {
            self.isCounter = isCounter
            self.name = name
            self.help = help
            self.labels = labels
            self.value = value
        }
    }

    let logger: Logger
    let metrics = MetricStore()

    package init(logger: Logger) { self.logger = logger }

    /// The metrics in the text format of Prometheus, and gauges, of which those of one name stand together.
    package func prometheusText(gauges: [Gauge]) -> [UInt8] {
        var text = metrics.text()
        var previous: String?
        for gauge in gauges {
            if gauge.name != previous {
                text +=
                    MetricFamily(
                        name: gauge.name,
                        kind: gauge.isCounter ? .counter : .gauge,
                        help: gauge.help
                    ).head
            }
            previous = gauge.name
            text += "\(gauge.name)\(gauge.labels.isEmpty ? "" : "{\(gauge.labels)}") \(gauge.value)\n"
        }
        return Array(text.utf8)
    }

    /// Takes an event of the HTTP edge.
    package func record(_ event: WebEvent) {
        switch event {
        case .answered(let answer):
            metrics.count(answer)
            if let problem = answer.problem { metrics.count(.problems, "code=\"\(problem.rawValue)\"") }
            logger.debug(
                "request.answered",
                metadata: [
                    "route": "\(answer.route ?? "none")", "method": "\(answer.method)",
                    "status": "\(answer.status)",
                    "duration_ms": "\(answer.duration.logged)",
                ]
            )
        case .cutOff(let problem):
            metrics.count(.problems, "code=\"\(problem.rawValue)\"")
        }
    }

    /// Takes word of a run that broke rules of its game.
    package func record(_ breach: RuleBreach) {
        for code in breach.codes {
            metrics.count(
                .breaches,
                "rule=\"\(code)\",outcome=\"\(breach.outcome.rawValue)\",shadow=\"\(breach.isShadow)\""
            )
        }
    }

    /// Takes word of metadata that came into the log.
    package func record(metadataBytes bytes: Int) { metrics.count(.metadataBytes, by: UInt64(bytes)) }

    /// Takes an event of a worker.
    package func record(_ event: DeliveryEvent) {
        switch event {
        case .called(let bot, let step, let code, let duration):
            metrics.count(.calls, "step=\"\(step.rawValue)\",class=\"\(code)\"")
            metrics.time(.callSeconds, "", duration)
            logger.debug(
                "delivery.called",
                metadata: [
                    "bot": "\(bot)", "step": "\(step.rawValue)", "class": "\(code)",
                    "duration_ms": "\(duration.logged)",
                ]
            )
        case .slotMissed(let bot):
            metrics.count(.slotsMissed)
            logger.notice("delivery.slot_missed", metadata: ["bot": "\(bot)"])
        case .dead(let bot, let reason):
            metrics.count(.dead, "reason=\"\(reason.deathLabel)\"")
            logger.warning("delivery.dead", metadata: ["bot": "\(bot)", "reason": "\(reason)"])
        case .chatRefused(let bot, let reason):
            logger.notice("delivery.chat_refused", metadata: ["bot": "\(bot)", "reason": "\(reason)"])
        case .leaseLost(let bot):
            metrics.count(.leasesLost)
            logger.notice("delivery.lease_lost", metadata: ["bot": "\(bot)"])
        case .settleFailed(let bot, let reason):
            logger.warning("delivery.settle_failed", metadata: ["bot": "\(bot)", "reason": "\(reason)"])
        case .claimFailed(let bot, let reason):
            logger.warning("delivery.claim_failed", metadata: ["bot": "\(bot)", "reason": "\(reason)"])
        case .paused(let bot, let reason):
            metrics.count(.refusals)
            logger.error("delivery.paused", metadata: ["bot": "\(bot)", "reason": "\(reason)"])
        case .resumed(let bot):
            logger.notice("delivery.resumed", metadata: ["bot": "\(bot)"])
        }
    }
}

extension MetricFamily {
    static let requests = MetricFamily(
        name: "highscores_http_requests_total",
        kind: .counter,
        help: "HTTP requests answered."
    )
    static let requestSeconds = MetricFamily(
        name: "highscores_http_request_seconds",
        kind: .histogram,
        help: "Time from a request's head to its answer."
    )
    static let problems = MetricFamily(
        name: "highscores_http_problems_total",
        kind: .counter,
        help: "Requests refused, by code."
    )
    static let breaches = MetricFamily(
        name: "highscores_rule_breaches_total",
        kind: .counter,
        help: "Rules of games that runs broke, by what follows or, in shadow, would."
    )
    static let metadataBytes = MetricFamily(
        name: "highscores_metadata_bytes_total",
        kind: .counter,
        help: "Bytes of metadata that came into the log with runs."
    )
    static let updates = MetricFamily(
        name: "highscores_updates_total",
        kind: .counter,
        help: "Telegram updates handled."
    )
    static let updateSeconds = MetricFamily(
        name: "highscores_update_seconds",
        kind: .histogram,
        help: "Time to handle a Telegram update."
    )
    static let calls = MetricFamily(
        name: "highscores_delivery_calls_total",
        kind: .counter,
        help: "Calls for deliveries, by what they did and by class of the answer."
    )
    static let callSeconds = MetricFamily(
        name: "highscores_delivery_call_seconds",
        kind: .histogram,
        help: "Duration of calls for deliveries."
    )
    static let slotsMissed = MetricFamily(
        name: "highscores_delivery_slots_missed_total",
        kind: .counter,
        help: "Claimed calls that could not start in time and were given back."
    )
    static let refusals = MetricFamily(
        name: "highscores_delivery_pauses_total",
        kind: .counter,
        help: "How often a bot's deliveries paused because Telegram refuses its token."
    )
    static let dead = MetricFamily(
        name: "highscores_deliveries_dead_total",
        kind: .counter,
        help: "Deliveries given up, by the name of Telegram's error."
    )
    static let leasesLost = MetricFamily(
        name: "highscores_delivery_leases_lost_total",
        kind: .counter,
        help: "Calls that were settled after their lease had run out."
    )
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
