import Instruments
import Leaderboards
import Outbox
import Scoring
import Updates

/// What is counted of a process's life.
///
/// Keys are values, not text: labels are written only when somebody looks.
struct Counts: Sendable {
    struct RequestKind: Hashable, Sendable {
        let route: String
        let method: String
        let status: Int
    }

    struct UpdateKind: Hashable, Sendable {
        let source: UpdateEvent.Source
        let kind: UpdateEvent.Kind
        let result: UpdateEvent.Result
    }

    struct CallKind: Hashable, Sendable {
        let step: DeliveryStep
        let answer: String
    }

    struct BreachKind: Hashable, Sendable {
        let rule: String
        let outcome: RuleOutcome
        let isShadow: Bool
    }

    /// What is counted without a label.
    enum Single: Sendable {
        case metadataBytes, slotsMissed, pauses, leasesLost
    }

    let requests = Timings<RequestKind>()
    let problems = Tally<String>()
    let launches = GameTally(outcomes: PlayEvent.Opened.allCases.map(\.rawValue))
    let scores = GameTally(outcomes: Receipt.Outcome.allCases.map(\.rawValue) + ["repeated"])
    let breaches = Tally<BreachKind>()
    let updates = Timings<UpdateKind>()
    let calls = Timings<CallKind>()
    let dead = Tally<String>()
    let singles = Tally<Single>()

    /// All of it.
    ///
    /// - Parameter name: The name of a game.
    func metrics(_ name: (GameID) -> String?) -> [Metric] {
        ofRequests + ofPlay(name) + ofUpdates + ofDeliveries
    }

    private var ofRequests: [Metric] {
        [
            Metric("highscores_http_requests_total", "HTTP requests answered.", counted: requests.totals) {
                [("route", $0.route), ("method", $0.method), ("status", "\($0.status)")]
            },
            Metric(
                "highscores_http_request_seconds",
                "Time from a request's head to its answer.",
                timed: requests.by(\.route)
            ) { [("route", $0)] },
            Metric("highscores_http_problems_total", "Requests refused, by code.", counted: problems.all) {
                [("code", $0)]
            },
        ]
    }

    private func ofPlay(_ name: (GameID) -> String?) -> [Metric] {
        [
            Metric(
                "highscores_launches_total",
                .counter,
                "Games that were to be opened, by what became of it.",
                launches.series(name)
            ),
            Metric(
                "highscores_scores_total",
                .counter,
                "Runs that were submitted and judged, by outcome.",
                scores.series(name)
            ),
            Metric(
                "highscores_rule_breaches_total",
                "Rules of games that runs broke, by what follows or, in shadow, would.",
                counted: breaches.all
            ) { [("rule", $0.rule), ("outcome", $0.outcome.rawValue), ("shadow", "\($0.isShadow)")] },
            single(
                "highscores_metadata_bytes_total",
                .metadataBytes,
                "Bytes of metadata that came into the log with runs."
            ),
        ]
    }

    private var ofUpdates: [Metric] {
        [
            Metric("highscores_updates_total", "Telegram updates handled.", counted: updates.totals) {
                [("source", $0.source.rawValue), ("kind", $0.kind.rawValue), ("result", $0.result.rawValue)]
            },
            Metric(
                "highscores_update_seconds",
                "Time to handle a Telegram update.",
                timed: updates.by(\.kind)
            ) { [("kind", $0.rawValue)] },
        ]
    }

    private var ofDeliveries: [Metric] {
        [
            Metric(
                "highscores_delivery_calls_total",
                "Calls for deliveries, by what they did and by class of the answer.",
                counted: calls.totals
            ) { [("step", $0.step.rawValue), ("class", $0.answer)] },
            Metric(
                "highscores_delivery_call_seconds",
                "Duration of calls for deliveries.",
                timed: calls.by { _ in 0 }
            ) { _ in [] },
            single(
                "highscores_delivery_slots_missed_total",
                .slotsMissed,
                "Claimed calls that could not start in time and were given back."
            ),
            single(
                "highscores_delivery_pauses_total",
                .pauses,
                "How often a bot's deliveries paused because Telegram refuses its token."
            ),
            Metric(
                "highscores_deliveries_dead_total",
                "Deliveries given up, by the name of Telegram's error.",
                counted: dead.all
            ) { [("reason", $0)] },
            single(
                "highscores_delivery_leases_lost_total",
                .leasesLost,
                "Calls that were settled after their lease had run out."
            ),
        ]
    }

    private func single(_ name: String, _ single: Single, _ help: String) -> Metric {
        Metric(name, .counter, help, [([], .count(singles.all[single] ?? 0))])
    }
}

extension Metric {
    fileprivate init<Key>(
        _ name: String,
        _ help: String,
        counted all: [Key: UInt64],
        _ labels: (Key) -> Labels
    ) {
        self.init(name, .counter, help, all.map { key, count in (labels(key), .count(count)) })
    }

    fileprivate init<Key>(
        _ name: String,
        _ help: String,
        timed all: [Key: Histogram],
        _ labels: (Key) -> Labels
    ) {
        self.init(name, .histogram, help, all.map { key, histogram in (labels(key), .seconds(histogram)) })
    }
}
