import Leaderboards
import Postgres
import Storage

extension PageBound {
    /// Runs, and what is asked about players before they are taken.
    static let play: [PageBound] = [
        .statement("timeGet()", 0) { _ in .timeGet() },
        .statement("gameLock(_:isShared:)", 0) { .gameLock($0.game.id, isShared: true) },
        .statement("entriesLock(of:)", 0) { .entriesLock(of: [$0.game.id]) },
        .statement("chatsLock(of:isShared:)", 0) { .chatsLock(of: $0.bot) },
        .statement("gamesLock(_:)", 0) { .gamesLock([$0.game.id]) },
        .statement("gamesGet(_:)", 60) { .gamesGet([$0.game.id]) },
        .statement("gamesListWithBoards()", 60) { _ in .gamesListWithBoards() },
        PageBound("attemptUse(by:of:on:in:count:startedAt:)", 180) { session, scene throws(PostgresError) in
            _ = try session.attemptUse(
                by: scene.runKeys[1].run,
                of: scene.player(1),
                on: scene.game.id,
                in: "2026-11-30",
                count: 3,
                startedAt: scene.now
            )
        },
        PageBound("attemptsForget(before:)", 700) { session, scene throws(PostgresError) in
            try session.attemptsForget(before: scene.now + .seconds(-36 * 86_400))
        },
        .statement("historyList(of:game:from:limit:isOfMain:)", 600) {
            .historyList(of: $0.player(1), game: $0.game.id, from: nil, limit: 12, isOfMain: false)
        },
        .statement("gameGet(_:)", 50) { .gameGet($0.game.id) },
        .statement("gameEpochsGet(of:)", 50) { .gameEpochsGet(of: [$0.game.id]) },
        .statement("scoresGet(of:game:)", 140) { .scoresGet(of: $0.runKeys, game: $0.game.id) },
        .query("scoresInsert(_:game:)", 290) { .scoresInsert($0.newRuns, game: $0.game.id) },
        .statement("scoresInsertNew(_:game:)", 410) { .scoresInsertNew($0.newRuns, game: $0.game.id) },
        PageBound("scoresInsertConfirmed(_:game:of:epochs:)", 1000) { session, scene throws(PostgresError) in
            let epochs = try session.run(.gameEpochsGet(of: [scene.game.id])).map { (game: $0, epoch: $1) }
            let proposals = zip(scene.newRuns, scene.boards).map { run, board in
                ProposedRun(
                    run: run,
                    narrowest: [board, scene.globalBoard].map { (scene.game.id, $0, 0) },
                    reported: [(scene.game.id, board, BoardVersion(rawValue: 1))]
                )
            }
            try session.run(
                .scoresInsertConfirmed(proposals, game: scene.game.id, of: scene.bot, epochs: epochs)
            )
        },
        .query("scorePartitionsMake(from:through:)", 0) {
            .scorePartitionsMake(from: $0.now, through: $0.now)
        },
        .statement("runsCount(of:since:game:)", 380) {
            .runsCount(of: $0.players, since: $0.now + .seconds(-3600), game: $0.game.id)
        },
        .statement("runsUsage(of:since:bot:limit:)", 1500) {
            .runsUsage(of: $0.players, since: $0.now + .seconds(-86_400), bot: $0.bot, limit: 5000)
        },
        PageBound("serverRunsResolve(_:notBefore:game:)", 410) { session, scene throws(PostgresError) in
            let starts = scene.batch.map { (RunID(Identifier128(high: 8, low: UInt64($0))), scene.now) }
            _ = try session.serverRunsResolve(
                Dictionary(uniqueKeysWithValues: starts),
                notBefore: scene.now + .seconds(-3600),
                game: scene.game.id
            )
        },
        .query("reviewsInsert(_:game:)", 140) { scene in
            let verdict = Verdict(outcome: .hold, broken: [.maximumScore], isShadow: true)
            let notes = scene.runKeys.map { ReviewNote(key: $0, verdict: verdict, acceptedAt: scene.now) }
            return .reviewsInsert(notes, game: scene.game.id)
        },
        .statement("playersBarred(among:from:of:)", 120) {
            .playersBarred(among: $0.players, from: $0.game.id, of: $0.bot)
        },
        .statement("erasuresGet(of:bot:)", 80) { .erasuresGet(of: $0.players, bot: $0.bot) },
        PageBound("boardsNotify(game:chats:includingGlobal:)", 0) { session, scene throws(PostgresError) in
            try session.boardsNotify(game: scene.game.id, chats: scene.chats, includingGlobal: true)
        },
        .query("apiKeyTouch(_:at:)", 60) { .apiKeyTouch(APIKeyID(rawValue: 1), at: $0.now) },
        .statement("gamesList()", 60) { _ in .gamesList() },
        .statement("botsList()", 50) { _ in .botsList() },
        .statement("bansList()", 50) { _ in .bansList() },
        .statement("apiKeysListAccepted()", 50) { _ in .apiKeysListAccepted() },
        PageBound("erasedPlayersLoad()", 50) { session, _ throws(PostgresError) in
            _ = try session.erasedPlayersLoad()
        },
        .statement("serverSettingsGet(_:)", 0) { _ in .serverSettingsGet(["fsync"]) },
        .statement("serverDefaultsGet(_:)", 0) { _ in .serverDefaultsGet(["fsync"]) },
        PageBound("serverFacts()", 0) { session, _ throws(PostgresError) in _ = try session.serverFacts() },
        PageBound("watchForVanishedClient()", 0) { session, _ throws(PostgresError) in
            try session.watchForVanishedClient()
        },
        .query("gameClearStale(_:)", 50) { .gameClearStale($0.game.id) },
        .query("reviewsForgetShadow(before:)", 70) { .reviewsForgetShadow(before: $0.now) },
        .query("erasedPlayersForget()", 110) { _ in .erasedPlayersForget() },
        .statement("gamesListPressed()", 60) { _ in .gamesListPressed() },
    ]
}
