package import Leaderboards
import Storage

/// What an operator does to runs.
package enum Correction: Hashable, Sendable {
    /// Takes them off all leaderboards; the best of what remains takes their places.
    case remove
    /// Lets runs that were taken off count again.
    case restore
    /// Lets them count as another score.
    case set(Score)
    /// Lets held runs count, as of the time at which they were played.
    case accept
    /// Lets held runs never count.
    case refuse

    var kind: CorrectionKind {
        switch self {
        case .remove: .remove
        case .restore: .restore
        case .set: .set
        case .accept: .accept
        case .refuse: .refuse
        }
    }

    /// What a run becomes.
    ///
    /// - Returns: The same state where nothing changes.
    /// - Throws: ``OperationError/conflict(_:)`` where it cannot become that.
    func applied(to state: RunState) throws(OperationError) -> RunState {
        var new = state
        switch self {
        case .remove:
            guard state.correction != .remove else { return state }
            guard state.counts else { throw .conflict("run \(state.key.run) does not count anyway") }
            new.counts = false
        case .restore:
            guard state.correction == .remove else {
                guard state.counts else { throw .conflict("run \(state.key.run) was not removed") }
                return state
            }
            new.counts = true
        case .set(let score):
            guard state.counts else {
                throw .conflict("run \(state.key.run) does not count; restore or accept it first")
            }
            guard state.score != score else { return state }
            new.score = score
        case .accept, .refuse:
            guard state.outcome == .held else { throw .conflict("run \(state.key.run) was not held") }
            guard state.correction != kind else { return state }
            new.counts = self == .accept
        }
        new.correction = kind
        return new
    }
}
