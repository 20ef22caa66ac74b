import Leaderboards
import Postgres
import Storage

extension BatchBoards {
    /// Writes entries, totals, rank counts and deliveries.
    ///
    /// - Parameter changes: The leaderboards that change.
    /// - Returns: What is left to be sent: all, unless rank counts are changed, which must see the rest.
    func write(_ changes: [Change], _ session: Session) throws(PostgresError) -> [Query] {
        guard !changes.isEmpty else { return [] }
        var queries: [Query] = []
        let newPlayers = newPlayers
        if !newPlayers.isEmpty {
            queries.append(.playersInsertMissing(Array(newPlayers), bot: game.bot))
        }
        let moves = changes.flatMap { change in change.history.moves.map { (change.state.id, $0) } }
        queries.append(.entriesUpsert(moves.map { ($0.0, $0.1.after) }, game: game.id))
        queries.append(.boardsUpdate(changes.map(\.board), game: game.id))
        let desired = try desiredScores(changes, session)
        if !desired.isEmpty { queries.append(.desiredScoresWrite(desired, game: game, now: now)) }
        queries +=
            BoardsChange(
                game: game.id,
                chats: Set(changes.compactMap(\.name.chat)),
                includesGlobal: changes.contains { $0.name.chat == nil }
            ).notifications
        let outgrown = changes.filter {
            !$0.state.hasRankBuckets && $0.state.total + $0.history.gain > RankBuckets.threshold
        }
        let shifts = changes.filter(\.state.hasRankBuckets).flatMap(rankMoves)
        guard !outgrown.isEmpty || !shifts.isEmpty else { return queries }
        if shifts.isEmpty {
            _ = try session.pipeline(queries)
        } else {
            let move = Statement.rankBucketsMove(shifts, game: game.id)
            let rows = try session.pipeline(queries + [move.query])
            try session.rankBucketsRebalance(at: try move.decode(rows[queries.count]), game: game.id)
        }
        if !outgrown.isEmpty {
            try session.rankBucketsRebuild(of: outgrown.map(\.state.id), game: game.id)
        }
        return []
    }

    private func rankMoves(_ change: Change) -> [RankMove] {
        change.history.moves.flatMap { move in
            [move.before.map { ($0, Int64(-1)) }, (move.after, 1)].compactMap(\.self).map { entry, step in
                RankMove(probe: Probe(board: change.state.id, sortKey: entry.sortKey), change: step)
            }
        }
    }

    /// What Telegram is to hold for every player whose entry in a chat changed.
    private func desiredScores(
        _ changes: [Change],
        _ session: Session
    ) throws(PostgresError) -> [DesiredScore] {
        guard game.telegramScore != .off else { return [] }
        let targets = try targets(session)
        return changes.flatMap { change -> [DesiredScore] in
            guard change.name.window == .all, let chat = change.name.chat else { return [] }
            return change.history.moves.map { move in
                let score = game.rules.score(ofScoreKey: move.after.sortKey.scoreKey)
                return DesiredScore(
                    chat: chat,
                    player: move.after.sortKey.player,
                    score: game.telegramScore.value(for: score),
                    target: targets[move.after.run]
                )
            }
        }
    }

    /// The messages behind the runs: the launch behind an entry is that of the run that made it.
    private func targets(_ session: Session) throws(PostgresError) -> [RunID: StoredTarget] {
        var targets: [RunID: StoredTarget] = [:]
        var reported: [StoredTarget: (sighting: TargetSighting, runs: [RunID])] = [:]
        for line in lines {
            let (run, launch) = (line.run.id, line.run.launch)
            guard let target = launch.target.stored else { continue }
            guard launch.isReported, let chat = line.chat?.id else {
                targets[run] = targets[run] ?? target
                continue
            }
            let sighting = TargetSighting(
                game: game.root,
                chat: chat,
                target: target,
                pressedAt: launch.launchedAt
            )
            let known = reported[target]?.sighting ?? sighting
            // Of a message in two chats the last word counts.
            if known.chat != chat {
                guard known.pressedAt <= sighting.pressedAt else { continue }
                reported[target] = nil
            }
            reported[target, default: (sighting, [])].runs.append(run)
        }
        guard !reported.isEmpty else { return targets }
        let believed = try session.reportsAccept(
            reported.values.map(\.sighting),
            game: game.root,
            bot: game.bot
        )
        for target in believed {
            for run in reported[target]?.runs ?? [] { targets[run] = target }
        }
        return targets
    }
}
