package import Leaderboards
import Postgres
package import Storage

/// A run whose score is to be written, its token checked.
package struct FinishedRun: Sendable {
    package let run: Run
    package let score: Score
    let metadata: [UInt8]?
    /// Leaderboards to report on beyond the first.
    let boards: [BoardKind]

    package init(run: Run, score: Score, metadata: [UInt8]?, boards: [BoardKind]) {
        self.run = run
        self.score = score
        self.metadata = metadata
        self.boards = boards
    }

    package var key: RunKey { RunKey(launchedAt: run.launch.launchedAt, run: run.id) }

    /// What the run's launch shows of its chat; nil without one.
    ///
    /// A chat id that a key reported names no chat.
    var alias: ChatAlias? {
        let address = run.launch.isReported ? nil : run.launch.target.chat
        return run.launch.chatInstance.map { ChatAlias(instance: $0, address: address) }
    }
}

/// Runs of one game that one transaction takes.
///
/// Most runs better nothing. ``screen(in:)`` finds those, logs and answers them, any number of batches at once; for
/// the others ``count(in:)`` changes leaderboards, one batch of a game after another.
package struct RunBatch: Sendable {
    let game: GameID
    let bot: BotID
    let runs: [FinishedRun]
    /// The moment of acceptance.
    let now: Instant

    package init(game: GameID, bot: BotID, runs: [FinishedRun], now: Instant) {
        self.game = game
        self.bot = bot
        self.runs = runs
        self.now = now
    }

    /// Each chat that the runs' launches show, once.
    var aliases: [ChatAlias] { Array(Set(runs.compactMap(\.alias))) }

    /// Why none of the runs can be taken, if so.
    ///
    /// - Parameter game: The game as the transaction found it.
    static func obstacle(to game: Game?) -> Refusal? {
        guard let game else { return .notFound("the game of this token no longer exists") }
        // Its leaderboards are about to be made anew; whoever repeats the run then is counted.
        return game.isStale ? .databaseUnavailable : nil
    }
}
