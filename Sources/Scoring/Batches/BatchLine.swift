import JSON
import Leaderboards
import Postgres
import Storage

/// A new run of a batch: how it is judged, and the leaderboards that it concerns.
struct BatchLine {
    let run: FinishedRun
    let chat: PlayChat?
    /// What the game's rules make of it.
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
    /// - Parameter receipt: What the page is told.
    func logged(as receipt: Receipt, acceptedAt: Instant) -> LoggedScore {
        LoggedScore(
            run: run.id,
            launchedAt: run.launch.launchedAt,
            player: run.player,
            chat: chat?.id,
            score: run.score,
            startedAt: run.startedAt,
            acceptedAt: acceptedAt,
            outcome: receipt.outcome.logged,
            reasons: receipt.reasons,
            answer: JSONText(bytes: receipt.loggedAnswer),
            metadata: run.metadata.map { JSONText(bytes: $0) }
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

    /// Judges runs by the game's rules and names the leaderboards that they concern.
    ///
    /// - Parameters:
    ///   - earlier: How many scores players submitted in the hour before, where the game has a rule on that.
    ///   - counted: The leaderboards on which a run counts, by its start and chat.
    /// - Throws: `PostgresError` when a zone is not known on this machine.
    func lines(
        of runs: [FinishedRun],
        of game: Game,
        chats: [ChatAlias: PlayChat],
        earlier: [PlayerID: Int] = [:],
        counted: (inout BoardNaming, Instant, PlayChat?) throws(PostgresError) -> [BoardName]
    ) throws(PostgresError) -> [BatchLine] {
        var earlier = earlier
        var naming = BoardNaming(game.rules)
        var lines: [BatchLine] = []
        lines.reserveCapacity(runs.count)
        for run in runs {
            let chat = run.alias.flatMap { chats[$0] }
            let verdict = game.rules.bounds.judge(
                score: run.score,
                duration: now - run.startedAt,
                earlier: earlier[run.player, default: 0]
            )
            if game.rules.bounds.maximumPerHour != nil { earlier[run.player, default: 0] += 1 }
            var reported: [(kind: BoardKind, board: BoardName)] = []
            for kind in [chat == nil ? .globalAll : .chatAll] + run.boards {
                if let board = try naming.name(of: kind, at: run.startedAt, in: chat) {
                    reported.append((kind, board))
                }
            }
            lines.append(
                BatchLine(
                    run: run,
                    chat: chat,
                    verdict: verdict,
                    reported: reported,
                    counted: verdict.counts ? try counted(&naming, run.startedAt, chat) : []
                )
            )
        }
        return lines
    }
}
