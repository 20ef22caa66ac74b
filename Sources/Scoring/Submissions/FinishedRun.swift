package import Leaderboards
package import Storage

/// What a run scored on one board.
package struct BoardScore: Hashable, Sendable {
    /// The board's name in its game.
    package let board: String
    package let score: Score

    package init(_ board: String, _ score: Score) {
        self.board = board
        self.score = score
    }
}

/// A run with the scores that are submitted for it, its token checked.
package struct FinishedRun: Sendable {
    /// How many boards one run may feed.
    package static let maximumBoards = 16

    package let id: RunID
    package let launch: Launch
    package let startedAt: Instant
    /// The board that the run was started for, if it was for one.
    let startedFor: String?
    /// Whether nothing names it, so that a repetition is another run.
    let isNameless: Bool
    /// At least one; the first board is the one that the answer is about.
    package let scores: [BoardScore]
    /// Whether the scores were given by the names of their boards, so that the answer names each.
    package let isNamed: Bool
    /// One JSON object in UTF-8 as sent, at most 4 KiB, to be logged with the score.
    package let metadata: [UInt8]?
    /// Leaderboards to report on beyond the first, at most 16.
    package let asked: [AskedBoard]
    /// The boards of ``scores``, as games of their own.
    var boards: [GameID]

    /// - Parameter isNamed: As of ``isNamed``.
    package init(
        _ run: Run,
        scores: [BoardScore],
        isNamed: Bool,
        metadata: [UInt8]? = nil,
        asked: [AskedBoard] = []
    ) {
        (id, launch, startedAt, startedFor) = (run.id, run.launch, run.startedAt, run.board)
        isNameless = run.isNameless
        self.scores = scores
        self.isNamed = isNamed
        self.metadata = metadata
        self.asked = asked
        boards = Array(repeating: run.launch.game, count: scores.count)
    }

    /// A run with the score of the board that it was started for, or the game's own.
    package init(_ run: Run, score: Score, metadata: [UInt8]? = nil, asked: [AskedBoard] = []) {
        self.init(
            run,
            scores: [BoardScore(run.board ?? Game.mainBoard, score)],
            isNamed: false,
            metadata: metadata,
            asked: asked
        )
    }

    /// A run with the score of a board that is known.
    package init(_ run: Run, of score: Score, on board: Game, asked: [AskedBoard]) {
        self.init(run, scores: [BoardScore(board.board, score)], isNamed: false, asked: asked)
        boards = [board.id]
    }

    package var player: PlayerID { launch.player }
    package var key: RunKey { RunKey(launchedAt: launch.launchedAt, run: id) }
    /// Whether it feeds the game's own board and no other.
    var isOfMainAlone: Bool { boards.count == 1 && boards[0] == launch.game }

    /// What the run's launch shows of its chat; nil without one.
    ///
    /// A chat id that a key reported names no chat.
    var alias: ChatAlias? {
        let address = launch.isReported ? nil : launch.target.chat
        return launch.chatInstance.map { ChatAlias(instance: $0, address: address) }
    }

    /// Whether what is known under the run's name is this very run, told again.
    ///
    /// Servers name their runs themselves, and may use a name for two players.
    func repeats(player: PlayerID, scores: [BoardScore]) -> Bool {
        self.player == player && self.scores == scores
    }
}
