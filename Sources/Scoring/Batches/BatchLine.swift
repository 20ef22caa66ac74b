import JSON
import Leaderboards
import Postgres
import Storage

/// What a new run of a batch scored on one board: how it is judged, and the leaderboards that it concerns.
struct BatchLine {
    let run: FinishedRun
    /// The board, as a game of its own.
    let game: Game
    let score: Score
    let chat: PlayChat?
    /// What the board's rules make of it.
    let verdict: Verdict
    /// The leaderboards that the answer reports on, the first one first.
    let reported: [(kind: BoardKind, board: BoardName)]
    /// The leaderboards where the run counts; none for one that is held or refused.
    let counted: [BoardName]

    var reportedKeys: [PositionKey] { reported.map { PositionKey(board: $0.board, player: run.player) } }
    var countedKeys: [PositionKey] { counted.map { PositionKey(board: $0, player: run.player) } }

    /// What operators find among the runs to review; nil where that is nothing.
    func review(acceptedAt: Instant) -> ReviewNote? {
        guard verdict.isReviewed else { return nil }
        return ReviewNote(key: run.key, verdict: verdict, acceptedAt: acceptedAt)
    }

    /// The row of the log.
    ///
    /// - Parameters:
    ///   - receipt: What the board makes of it; nil is the row of a game whose declared boards alone the run feeds.
    ///   - answer: What the page is told of the run; nil where another row of it keeps that.
    func logged(as receipt: Receipt?, answer: Receipt?, acceptedAt: Instant) -> LoggedScore {
        LoggedScore(
            run: run.id,
            launchedAt: run.launch.launchedAt,
            player: run.player,
            chat: chat?.id,
            score: score,
            startedAt: run.startedAt,
            acceptedAt: acceptedAt,
            outcome: receipt?.outcome.logged ?? .elsewhere,
            reasons: receipt?.reasons ?? [],
            answer: answer.map { JSONText(bytes: $0.loggedAnswer) },
            boards: answer.map(\.declaredBoards) ?? [],
            metadata: answer.flatMap { _ in run.metadata.map { JSONText(bytes: $0) } }
        )
    }
}

extension RunBatch {
    /// The chats that aliases lead to, without those that there are not yet.
    func chats(_ aliases: [ChatAlias], _ found: [PlayChat?]) -> [ChatAlias: PlayChat] {
        var chats: [ChatAlias: PlayChat] = [:]
        for (alias, chat) in zip(aliases, found) { chats[alias] = chat }
        return chats
    }

    /// Judges runs by the rules of their boards and names the leaderboards that they concern.
    ///
    /// - Parameters:
    ///   - games: The boards that the runs feed, by their ids.
    ///   - earlier: How many scores players submitted in the hour before, where the game has a rule on that.
    ///   - counted: The leaderboards on which a run counts, by its start and chat.
    /// - Returns: A line for each board of each run, in order of arrival and of the run's boards.
    /// - Throws: `PostgresError` when a zone is not known on this machine.
    func lines(
        of runs: [FinishedRun],
        on games: [GameID: Game],
        chats: [ChatAlias: PlayChat],
        earlier: [PlayerID: Int] = [:],
        counted: (inout BoardNaming, Instant, PlayChat?) throws(PostgresError) -> [BoardName]
    ) throws(PostgresError) -> [BatchLine] {
        var earlier = earlier
        var namings: [GameID: BoardNaming] = [:]
        var lines: [BatchLine] = []
        lines.reserveCapacity(runs.count)
        for run in runs {
            let chat = run.alias.flatMap { chats[$0] }
            for (index, board) in run.boards.enumerated() {
                guard let game = games[board] else { continue }
                var naming = namings.removeValue(forKey: board) ?? BoardNaming(game.rules)
                let score = run.scores[index].score
                let verdict = game.rules.bounds.judge(
                    score: score,
                    duration: now - run.startedAt,
                    earlier: earlier[run.player, default: 0]
                )
                var reported: [(kind: BoardKind, board: BoardName)] = []
                for kind in [chat == nil ? .globalAll : .chatAll] + run.kinds(askedOf: index) {
                    if let name = try naming.name(of: kind, at: run.startedAt, in: chat) {
                        reported.append((kind, name))
                    }
                }
                lines.append(
                    BatchLine(
                        run: run,
                        game: game,
                        score: score,
                        chat: chat,
                        verdict: verdict,
                        reported: reported,
                        counted: verdict.counts ? try counted(&naming, run.startedAt, chat) : []
                    )
                )
                namings[board] = naming
            }
            earlier[run.player, default: 0] += 1
        }
        return lines
    }
}

extension FinishedRun {
    /// The leaderboards of one of its boards that the answer is to report on.
    fileprivate func kinds(askedOf index: Int) -> [BoardKind] {
        guard !asked.isEmpty else { return [] }
        let (board, isFirst) = (scores[index].board, index == 0)
        return asked.compactMap { $0.board == board || $0.board == nil && isFirst ? $0.kind : nil }
    }
}
