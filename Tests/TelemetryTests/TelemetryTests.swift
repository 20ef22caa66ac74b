import Outbox
import Instruments
import Leaderboards
import Logging
@testable import Scoring
import TestSupport
import Testing
import Updates

@testable import Telemetry
@testable import Web

/// What happens is logged at a level by which operators can go, and counted, without saying who did it.
@Suite struct TelemetryTests {
    private static let bot = BotID(rawValue: 7)

    private let log = RecordedLog()
    private let telemetry: Telemetry

    init() { telemetry = Telemetry(logger: log.logger) }

    private var text: [String] {
        String(decoding: telemetry.prometheusText([]) { _ in nil }, as: UTF8.self).split(separator: "\n").map(
            String.init
        )
    }

    private func answer(_ status: Int, _ problem: ProblemCode? = nil, route: String? = "/v1/scores")
        -> WebEvent
    {
        .answered(
            .init(route: route, method: "POST", status: status, problem: problem, duration: .milliseconds(3))
        )
    }

    @Test func `requests are counted by route, method and status, refusals by code, too`() {
        for _ in 0..<2 { telemetry.record(answer(200)) }
        telemetry.record(answer(403, .playerBanned))
        telemetry.record(.cutOff(.bodyTooLarge))
        #expect(
            text.contains(#"highscores_http_requests_total{route="/v1/scores",method="POST",status="200"} 2"#)
        )
        #expect(
            text.contains(#"highscores_http_requests_total{route="/v1/scores",method="POST",status="403"} 1"#)
        )
        #expect(text.contains(#"highscores_http_problems_total{code="player_banned"} 1"#))
        #expect(text.contains(#"highscores_http_problems_total{code="body_too_large"} 1"#))
        #expect(text.contains(#"highscores_http_request_seconds_count{route="/v1/scores"} 3"#))
        #expect(log.lines.map(\.level) == [.debug, .debug, .info, .debug])
        let answered = Array(repeating: "request.answered", count: 3)
        #expect(log.lines.map(\.message) == answered + ["request.cut_off"])
        #expect(log.lines.first?.metadata["duration_ms"] == "3.000")
    }

    @Test func `a failure is a warning, a refusal is told, and both say of which request they are`() {
        var log = log
        log.metadataProvider = .request
        let telemetry = Telemetry(logger: log.logger)
        RequestName.$current.withValue(.given("mine")) { telemetry.record(answer(503, .databaseUnavailable)) }
        telemetry.record(answer(404, .notFound))
        // What is not ready tells so by its status, again and again.
        telemetry.record(answer(503, route: "/readyz"))
        telemetry.record(answer(404, .notFound, route: nil))
        #expect(log.lines.map(\.level) == [.warning, .info, .debug, .debug])
        #expect(log.lines.first?.metadata["request_id"] == "mine")
        #expect(log.lines.first?.metadata["code"] == "database_unavailable")
        #expect(log.lines.last?.metadata["request_id"] == nil)
    }

    @Test func `of a flood of failures so many lines are written a second, and the rest counted`() {
        var budget = LineBudget()
        let start = ContinuousClock.now
        #expect((0..<100).allSatisfy { _ in budget.take(at: start) == 0 })
        #expect((0..<7).allSatisfy { _ in budget.take(at: start + .milliseconds(999)) == nil })
        #expect(budget.take(at: start + .seconds(1)) == 7)
        #expect(budget.take(at: start + .seconds(1)) == 0)
    }

    @Test func `an address that is no route is counted with all others of its kind`() {
        telemetry.record(answer(404, .notFound, route: nil))
        #expect(text.contains(#"highscores_http_requests_total{route="none",method="POST",status="404"} 1"#))
    }

    @Test func `a broken rule is counted by what follows, and one in shadow apart`() {
        telemetry.record(
            .breach(RuleBreach(codes: ["too_fast", "too_short"], outcome: .hold, isShadow: false))
        )
        telemetry.record(.breach(RuleBreach(codes: ["too_fast"], outcome: .hold, isShadow: true)))
        for (rule, shadow) in [("too_fast", false), ("too_short", false), ("too_fast", true)] {
            let labels = #"rule="\#(rule)",outcome="\#(RuleOutcome.hold.rawValue)",shadow="\#(shadow)""#
            #expect(text.contains("highscores_rule_breaches_total{\(labels)} 1"))
        }
    }

    @Test func `metadata are counted by their bytes`() {
        telemetry.record(.metadata(bytes: 40))
        telemetry.record(.metadata(bytes: 2))
        #expect(text.contains("highscores_metadata_bytes_total 42"))
    }

    @Test func `what operators must act upon is an error, what passes a warning or less`() {
        telemetry.record(.paused(bot: Self.bot, reason: "Unauthorized"))
        telemetry.record(.dead(bot: Self.bot, reason: "Bad Request: SCORE_INVALID"))
        telemetry.record(.resumed(bot: Self.bot))
        telemetry.record(.slotMissed(bot: Self.bot))
        #expect(log.lines.map(\.level) == [.error, .warning, .notice, .notice])
        #expect(log.lines.allSatisfy { $0.metadata["bot"] == "7" })
        #expect(text.contains("highscores_delivery_pauses_total 1"))
        #expect(text.contains("highscores_delivery_slots_missed_total 1"))
    }

    @Test(arguments: [
        ("Bad Request: SCORE_INVALID", "SCORE_INVALID"), ("Bad Request: user 5000000001 not found", "other"),
        ("Zoë's \"chat\"\n_is_ gone", "other"), ("", "other"),
    ])
    func `what was given up is counted by the name of the error, never by its words`(
        _ reason: String,
        _ label: String
    ) {
        telemetry.record(.dead(bot: Self.bot, reason: reason))
        #expect(text.contains("highscores_deliveries_dead_total{reason=\"\(label)\"} 1"))
    }

    @Test func `an update that failed is an error, any other is for who looks closely`() {
        func handled(_ result: UpdateEvent.Result, _ reason: String?) -> UpdateEvent {
            .handled(
                bot: Self.bot,
                source: .webhook,
                kind: .press,
                result: result,
                duration: .microseconds(1500),
                reason: reason
            )
        }
        telemetry.record(handled(.answered, nil))
        telemetry.record(handled(.failed, "no such game"))
        #expect(log.lines.map(\.level) == [.debug, .error])
        #expect(log.lines.map { $0.metadata["reason"] } == ["", "no such game"])
        #expect(log.lines.last?.metadata["duration_ms"] == "1.500")
        #expect(text.contains(#"highscores_updates_total{source="webhook",kind="press",result="failed"} 1"#))
    }

    @Test func `a logger of a higher level hears less, and everything is counted all the same`() {
        let log = RecordedLog(level: .warning)
        let telemetry = Telemetry(logger: log.logger)
        telemetry.record(answer(200))
        telemetry.record(.resumed(bot: Self.bot))
        telemetry.record(.paused(bot: Self.bot, reason: "Unauthorized"))
        #expect(log.lines.map(\.message) == ["delivery.paused"])
        let text = String(decoding: telemetry.prometheusText([]) { _ in nil }, as: UTF8.self)
        #expect(text.contains("highscores_http_requests_total{"))
    }
}
