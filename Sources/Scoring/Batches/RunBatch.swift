package import Leaderboards
import Postgres
import Storage

/// Runs of one game that one transaction takes: judged once, prepared once, answered by one maker of receipts.
///
/// They are written in one of three ways. ``confirm(in:)`` logs and answers those that better nothing by what is
/// remembered, which the database confirms; ``append(in:)`` those that better nothing by what it reads. Both do so for
/// any number of batches at once, and leave the others; ``write(in:)`` takes whatever there is and changes
/// leaderboards, one batch of a game after another.
package struct RunBatch: Sendable {
    /// What a batch comes to: for each run in order its receipt, nil where it is left to ``write(in:)``.
    package typealias Answers = [Result<Receipt?, Refusal>]

    let game: GameID
    let bot: BotID
    let runs: [FinishedRun]
    /// The moment of acceptance.
    let now: Instant
    let memory: PlayMemory

    package init(
        game: GameID,
        bot: BotID,
        runs: [FinishedRun],
        now: Instant,
        memory: PlayMemory = .none
    ) {
        self.memory = memory
        self.game = game
        self.bot = bot
        self.runs = runs
        self.now = now
    }

    /// The game and the boards that the runs feed, by rising id.
    var games: [GameID] {
        guard !runs.allSatisfy(\.isOfMainAlone) else { return [game] }
        return Set(runs.flatMap(\.boards)).union([game]).sorted()
    }

    /// Each chat that the runs' launches show, once.
    var aliases: [ChatAlias] { Array(Set(runs.compactMap(\.alias))) }

    /// The same answer to all runs.
    func answers(_ answer: Result<Receipt?, Refusal>) -> Ending<Answers> {
        Ending(runs.map { _ in answer })
    }

    /// What is made of each of some runs by what it scored on its boards.
    ///
    /// - Parameter lines: Those of the runs, in their order.
    func each<Value>(
        of runs: [FinishedRun],
        with lines: [BatchLine],
        _ body: (FinishedRun, ArraySlice<BatchLine>) -> Value
    ) -> [Value] {
        var end = 0
        return runs.map { run in
            defer { end += run.boards.count }
            return body(run, lines[end..<end + run.boards.count])
        }
    }

    /// The answer to a run, and what the logs keep of it.
    ///
    /// - Parameter receipts: What each of its boards makes of it.
    func settle(
        _ run: FinishedRun,
        _ lines: ArraySlice<BatchLine>,
        _ receipts: [Receipt]
    ) -> (answer: Receipt, logged: LoggedRun) {
        let answer = Receipt(of: run, receipts)
        // Whoever repeats the run asks the game's own log, which therefore has a row of it in any case.
        var own = lines[lines.startIndex].logged(as: nil, answer: answer, acceptedAt: now)
        var others: [(GameID, LoggedScore)] = []
        for (line, receipt) in zip(lines, receipts) {
            if line.game.id == game {
                own = line.logged(as: receipt, answer: answer, acceptedAt: now)
            } else {
                others.append((line.game.id, line.logged(as: receipt, answer: nil, acceptedAt: now)))
            }
        }
        return (answer, LoggedRun(own, boards: others))
    }

    /// Why none of the runs can be taken, if so.
    ///
    /// - Parameter game: The game as the transaction found it.
    static func obstacle(to game: Game?) -> Refusal? {
        guard let game else { return .notFound("the game of this token no longer exists") }
        // Its leaderboards are about to be made anew; whoever repeats the run then is taken.
        return game.isStale ? .databaseUnavailable : nil
    }
}
