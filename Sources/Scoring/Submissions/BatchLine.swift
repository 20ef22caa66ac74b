import JSON
import Leaderboards
import Postgres
import Storage

/// A new run of a batch with what it is reported on.
struct BatchLine {
    let run: FinishedRun
    let chat: PlayChat?
    /// What the game's rules make of it.
    let verdict: Verdict
    /// The leaderboards that the answer reports on, the first one first.
    let reported: [(kind: BoardKind, board: BoardName)]

    var player: PlayerID { run.run.launch.player }
    var start: Instant { run.run.startedAt }

    /// Finds out what a run is reported on.
    ///
    /// - Parameters:
    ///   - earlier: How many scores the player submitted in the hour before, where the game has a rule on that.
    ///   - naming: Names leaderboards of the game.
    /// - Throws: `PostgresError` when a zone is not known on this machine.
    init(
        _ run: FinishedRun,
        chat: PlayChat?,
        game: Game,
        now: Instant,
        earlier: Int = 0,
        naming: inout BoardNaming
    ) throws(PostgresError) {
        self.run = run
        self.chat = chat
        let start = run.run.startedAt
        verdict = game.rules.bounds.judge(score: run.score, duration: now - start, earlier: earlier)
        var reported: [(kind: BoardKind, board: BoardName)] = []
        for kind in [chat == nil ? .globalAll : .chatAll] + run.boards {
            if let board = try naming.name(of: kind, at: start, in: chat) { reported.append((kind, board)) }
        }
        self.reported = reported
    }

    /// What the page is told, given what the run did to leaderboards if it counts.
    func outcome(_ counted: @autoclosure () -> Receipt.Outcome) -> Receipt.Outcome {
        switch verdict.consequence {
        case .accept: counted()
        case .hold: .held
        case .refuse: .refused
        }
    }

    /// What the page is not told.
    var shadow: Verdict? { verdict.isShadow ? verdict : nil }

    /// What operators find among the runs to review; nil where that is nothing.
    func review(acceptedAt: Instant) -> ReviewNote? {
        guard verdict.isReviewed else { return nil }
        return ReviewNote(key: run.key, verdict: verdict, acceptedAt: acceptedAt)
    }

    /// The row of the log.
    ///
    /// - Parameter receipt: What the page is told.
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
