package import Leaderboards

/// A run that has just begun.
package struct StartedRun: Sendable {
    package let run: Run
    /// What the page submits the score with.
    package let runToken: String
    /// What an event stream may be opened with; read-only.
    package let boardToken: String
    package let game: Game
    /// The player's name as this instance last saw it, or nil when it did not.
    package let playerName: String?

    /// Describes a run that has just begun.
    ///
    /// - Parameters:
    ///   - runToken: What the score is submitted with.
    ///   - boardToken: What an event stream may be opened with.
    ///   - game: The game that is played.
    ///   - playerName: The player's name, if it is known.
    package init(run: Run, runToken: String, boardToken: String, game: Game, playerName: String?) {
        self.run = run
        self.runToken = runToken
        self.boardToken = boardToken
        self.game = game
        self.playerName = playerName
    }
}

/// What a token of a page stands for.
package enum TokenKind: Hashable, Sendable {
    /// A press of the game's button, which may start any number of runs.
    case launch
    /// One play-through.
    case run
}

/// A score that a page submits.
package struct ScoreSubmission: Sendable {
    /// The token of a run or of a launch; its kind is told from the token itself.
    package let token: String
    package let score: Score
    /// Names the run within a launch when the token is that of a launch.
    package let idempotencyKey: String?
    /// A JSON object as sent, to be kept with the score.
    package let metadata: [UInt8]?
    /// Leaderboards beyond the first whose figures the page asks for, at most 16.
    package let boards: [BoardKind]

    /// Describes a submission.
    ///
    /// - Parameters:
    ///   - token: A run token or a launch token.
    ///   - idempotencyKey: 1–128 visible characters; ignored with a run token.
    ///   - metadata: One JSON object in UTF-8, at most 4 KiB.
    ///   - boards: Further leaderboards to report on.
    package init(
        token: String,
        score: Score,
        idempotencyKey: String? = nil,
        metadata: [UInt8]? = nil,
        boards: [BoardKind] = []
    ) {
        self.token = token
        self.score = score
        self.idempotencyKey = idempotencyKey
        self.metadata = metadata
        self.boards = boards
    }
}
