import JSON
import Leaderboards
import Postgres
import Storage

/// A new run of a batch with the leaderboards that it concerns.
struct BatchLine {
    let run: FinishedRun
    let chat: PlayChat?
    /// Why the game's rules refuse it; empty when they do not.
    let reasons: [String]
    /// The leaderboards that the answer reports on, the first one first.
    let reported: [(kind: BoardKind, board: BoardName)]
    /// All leaderboards on which the run counts.
    let counted: [BoardName]
    /// Leaderboards of which at least one changes if any of ``counted`` does.
    let guards: [BoardName]

    var player: PlayerID { run.run.launch.player }

    /// Finds out what a run concerns.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - chat: Its chat, if any.
    ///   - game: Its game.
    ///   - now: The moment of acceptance.
    ///   - naming: Names leaderboards of the game.
    /// - Throws: `PostgresError` when a zone is not known on this machine.
    init(
        _ run: FinishedRun,
        chat: PlayChat?,
        game: Game,
        now: Instant,
        naming: inout BoardNaming
    ) throws(PostgresError) {
        self.run = run
        self.chat = chat
        let start = run.run.startedAt
        reasons = game.rules.bounds.violations(score: run.score, duration: now - start)
        var names: [BoardKind: BoardName] = [:]
        for kind in BoardNaming.kinds { names[kind] = try naming.name(of: kind, at: start, in: chat) }
        let first: BoardKind = chat == nil ? .globalAll : .chatAll
        reported = ([first] + run.boards).compactMap { kind in names[kind].map { (kind, $0) } }
        counted = BoardNaming.kinds.compactMap { names[$0] }
        guards =
            Self.guards(rules: game.rules, zone: chat?.zone, hasChat: chat != nil)
            .map { kinds in kinds.compactMap { names[$0] } } ?? counted
    }

    /// The narrowest leaderboards: a best run that does not better the player's entry there betters none.
    ///
    /// Every window of a scope holds the runs of its day, and the game holds those of the chat, if both count days
    /// alike; seasons begin when they like.
    private static func guards(rules: GameRules, zone: String?, hasChat: Bool) -> [BoardKind]? {
        guard rules.keep == .best else { return nil }
        guard hasChat else { return [.global].flatMap(narrowest) }
        return (zone ?? rules.zone) == rules.zone ? narrowest(.chat) : Scope.allCases.flatMap(narrowest)
    }

    private static func narrowest(_ scope: Scope) -> [BoardKind] {
        [BoardKind(scope: scope, window: .day), BoardKind(scope: scope, window: .season)]
    }

    /// The row of the log.
    ///
    /// - Parameters:
    ///   - receipt: What the page is told.
    ///   - acceptedAt: The moment of acceptance.
    /// - Returns: The row.
    func logged(as receipt: Receipt, acceptedAt: Instant) -> LoggedScore {
        LoggedScore(
            run: run.run.id,
            launchedAt: run.run.launch.launchedAt,
            player: player,
            chat: chat?.id,
            score: run.score,
            startedAt: run.run.startedAt,
            acceptedAt: acceptedAt,
            outcome: receipt.outcome.logged,
            reasons: receipt.reasons,
            answer: JSONText(bytes: receipt.figuresDocument),
            metadata: run.metadata.map { JSONText(bytes: $0) }
        )
    }
}

extension Receipt.Outcome {
    /// The outcome as the log keeps it.
    var logged: LoggedOutcome {
        switch self {
        case .newBest: .newBest
        case .updated: .updated
        case .notBetter: .notBetter
        case .held: .held
        case .refused: .refused
        }
    }

    /// The outcome that a page is told of a logged run.
    ///
    /// - Parameter logged: What the log keeps.
    init(_ logged: LoggedOutcome) {
        switch logged {
        case .newBest: self = .newBest
        case .updated: self = .updated
        case .notBetter, .imported: self = .notBetter
        case .held: self = .held
        case .refused: self = .refused
        }
    }
}
