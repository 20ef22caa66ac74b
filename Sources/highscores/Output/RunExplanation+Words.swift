import Leaderboards
import Operations
import Storage

extension RunExplanation {
    /// What the run brought to the board, and the rules that it broke there, each on a line of its own.
    var words: [String] {
        let state = run.state
        let name = run.playerName.map { "\($0.withVisibleControls) " } ?? ""
        let head =
            "\(run.submitted.value) by \(name)(player \(state.player)) in '\(game.name)' at \(state.acceptedAt): "
            + state.outcome.name
        return [head] + brokenRules.map { "  \($0)" }
    }

    /// The rules that held or refused the run, each by its code, with what the run had and the bound as it is now.
    var brokenRules: [String] {
        let (score, bounds) = (run.submitted.value, game.rules.bounds)
        let seconds = Double((run.state.acceptedAt - run.state.startedAt).wholeMilliseconds) / 1000
        let time = "\(FieldValue.number(seconds).plain) s"
        func text(_ had: String, _ name: String, _ bound: Double?, isBroken: (Double) -> Bool) -> String {
            let own = FieldValue.number(bound ?? 0).plain
            let rule = bound.map { isBroken($0) ? "\(name) \(own)" : "\(name) is \(own) now" }
            return " (\(had), \(rule ?? "\(name) is off now"))"
        }
        func words(of rule: PlausibilityRule) -> String {
            switch rule {
            case .minimumScore:
                text("\(score)", "min-score", bounds.minimum.map(Double.init)) { Double(score) < $0 }
            case .maximumScore:
                text("\(score)", "max-score", bounds.maximum.map(Double.init)) { Double(score) > $0 }
            case .minimumSeconds: text(time, "min-seconds", bounds.minimumSeconds) { seconds < $0 }
            case .maximumPerSecond:
                text("\(score) in \(time)", "max-score-per-second", bounds.maximumPerSecond) {
                    Double(score) > $0 * seconds
                }
            case .maximumPerHour:
                text("one more within an hour", "max-per-hour", bounds.maximumPerHour.map(Double.init)) { _ in
                    true
                }
            }
        }
        return run.reasons.map { code in code + (PlausibilityRule(spelled: code).map(words) ?? "") }
    }
}
