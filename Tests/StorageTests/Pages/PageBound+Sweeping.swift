import Leaderboards
import Postgres
import Storage

extension PageBound {
    /// What operators ask for that is of a whole game or of all that is known: it walks over tables, and changes them
    /// as a whole.
    static let sweeping: [PageBound] = [
        .statement("chatsList(of:title:limit:)", 25_000, because: "lists all chats") { _ in .chatsList() },
        .statement("chatTitlesList(limit:)", 25_000, because: "looks through the latest chats") { _ in
            .chatTitlesList(limit: 1000)
        },
        PageBound("gameStatistics(of:since:)", 150_000, because: "counts all runs of a time") {
            session,
            scene throws(PostgresError) in
            _ = try session.gameStatistics(of: scene.game, since: scene.now + .seconds(-30 * 86_400))
        },
        .statement("chatsList(named:)", 80, because: "looks for a name in all bots") {
            .chatsList(named: $0.alias(5).instance)
        },
        .statement("chatsList(at:)", 90, because: "looks for a name in all bots") {
            .chatsList(at: $0.address(5))
        },
        .statement("chatConflictsList()", 4700, because: "lists all conflicts") { _ in .chatConflictsList() },
        .statement("chatNamesComplete()", 5000, because: "lists a thousand chats") { _ in .chatNamesComplete()
        },
        PageBound("chatsPressedInline()", 80, because: "doctor looks at all messages") {
            session,
            _ throws(PostgresError) in _ = try session.chatsPressedInline()
        },
        .statement("auditList(_:limit:)", 360, because: "looks through the whole audit") { _ in
            .auditList(AuditFilter(), limit: 100)
        },
        .statement("gameUseGet(of:outside:)", 19_000, because: "counts what a change would touch") {
            .gameUseGet(of: $0.game.id, outside: 0...1)
        },
        .statement("runIDsList(from:through:limit:)", 30_000, because: "looks through all logs") {
            .runIDsList(from: $0.runKeys[0].run, through: $0.runKeys[0].run, limit: 3)
        },
        .statement("runStatesList(of:game:)", 30_000, because: "the time of the runs is not known") {
            .runStatesList(of: $0.runKeys.map(\.run), game: $0.game.id)
        },
        .statement("runsExist(in:of:before:)", 30_000, because: "before a merge or a zone is changed") {
            .runsExist(in: $0.chat(5), of: $0.game.id, before: $0.now + .seconds(-40 * 86_400))
        },
        .statement("reviewsList(_:limit:)", 17_000, because: "lists all that is held") { _ in
            .reviewsList(ReviewFilter(), limit: 100)
        },
        .statement("playersList(_:limit:)", 420_000, because: "looks through all players") { _ in
            .playersList(PlayerFilter(), limit: 100)
        },
        .statement("playerExport(_:of:)", 19_000, because: "gathers all that is known of somebody") {
            .playerExport($0.player(3), of: [$0.bot])
        },
        PageBound("deliveriesList(_:limit:)", 25_000, because: "lists all that waits") {
            session,
            _ throws(PostgresError) in _ = try session.deliveriesList(DeliveryFilter(), limit: 100)
        },
        PageBound("deliveryBacklogsByChat(limit:)", 17_000, because: "counts all that waits") {
            session,
            _ throws(PostgresError) in _ = try session.deliveryBacklogsByChat(limit: 20)
        },
        PageBound("deliveriesDraw(_:of:chat:)", 7800, because: "draws from all deliveries") {
            session,
            scene throws(PostgresError) in
            _ = try session.deliveriesDraw(10, of: [scene.game.id], chat: nil)
        },
        PageBound("erasuresPurge()", 3200, because: "no index leads from players to deliveries") {
            session,
            _ throws(PostgresError) in try session.erasuresPurge()
        },
        PageBound(
            "playerErase(_:of:games:outliving:for:)",
            4500,
            because: "no index leads from players to deliveries"
        ) {
            session,
            scene throws(PostgresError) in
            _ = try session.playerErase(
                scene.player(3),
                of: [scene.bot],
                games: [scene.game.id, scene.secondGame.id],
                outliving: [],
                for: .seconds(86_400)
            )
        },
        PageBound("scoresExport(of:chat:_:)", 160_000, because: "exports the whole log") {
            session,
            scene throws(PostgresError) in
            try session.scoresExport(of: scene.game, chat: nil) { _ throws(PostgresError) in true }
        },
        PageBound("entriesExport(of:chat:window:_:)", 500_000, because: "exports all leaderboards") {
            session,
            scene throws(PostgresError) in
            try session.entriesExport(of: scene.game, chat: nil, window: nil) { _ throws(PostgresError) in
                true
            }
        },
        PageBound("playersExport(of:_:)", 3400, because: "exports all players") {
            session,
            scene throws(PostgresError) in
            try session.playersExport(of: scene.bot) { _ throws(PostgresError) in true }
        },
        PageBound("playersImport(_:)", 170, because: "imports") { session, scene throws(PostgresError) in
            _ = try session.playersImport { feed throws(PostgresError) in
                for (line, player) in scene.players.enumerated() {
                    try feed(ImportedPlayer(line: line + 1, bot: scene.bot, profile: scene.profile(player)))
                }
            }
        },
        PageBound("scoresStage(_:)", 50, because: "imports") { session, scene throws(PostgresError) in
            try stage(scene, session)
        },
        PageBound("stagedGamesList()", 50, because: "imports") { session, scene throws(PostgresError) in
            try stage(scene, session)
            _ = try session.run(.stagedGamesList())
        },
        PageBound("stagedScoresMerge(of:)", 1500, because: "imports") {
            session,
            scene throws(PostgresError) in
            try stage(scene, session)
            _ = try session.stagedScoresMerge(of: scene.game)
        },
        PageBound("stagedPlayersList(atMost:)", 1500, because: "imports") {
            session,
            scene throws(PostgresError) in
            try stage(scene, session)
            _ = try session.stagedScoresMerge(of: scene.game)
            _ = try session.run(.stagedPlayersList(atMost: 10))
        },
        PageBound("stagedChatScoresRead(of:_:)", 2000, because: "imports") {
            session,
            scene throws(PostgresError) in
            try stage(scene, session)
            _ = try session.stagedScoresMerge(of: scene.game)
            try session.stagedChatScoresRead(of: scene.game) { _ throws(PostgresError) in }
        },
        PageBound(
            "boardsRebuild(of:scope:onChatScores:onStep:)",
            1_600_000,
            because: "counts the whole log anew"
        ) {
            session,
            scene throws(PostgresError) in
            _ = try session.boardsRebuild(of: scene.game, scope: .game)
        },
        PageBound("chatScoresRead(of:_:)", 17_000, because: "reads all leaderboards of chats") {
            session,
            scene throws(PostgresError) in
            try session.chatScoresRead(of: scene.game) { _ throws(PostgresError) in }
        },
        PageBound(
            "chatsMerge(_:into:bot:onChatScores:)",
            360_000,
            because: "counts the runs of both chats anew"
        ) {
            session,
            scene throws(PostgresError) in
            _ = try session.chatsMerge(scene.chat(5), into: scene.chat(6), bot: scene.bot) {
                _,
                _ throws(PostgresError) in
            }
        },
        PageBound(
            "chatsSplit(_:from:bot:onChatScores:)",
            25_000,
            because: "counts the runs of both chats anew"
        ) {
            session,
            scene throws(PostgresError) in
            _ = try session.chatsSplit(scene.chat(61), from: scene.chat(60), bot: scene.bot) {
                _,
                _ throws(PostgresError) in
            }
        },
        PageBound("logPrune(of:before:isDryRun:)", 99_000, because: "writes months of the log anew") {
            session,
            scene throws(PostgresError) in
            _ = try session.logPrune(of: scene.secondGame.id, before: scene.now)
        },
    ]

    private static func stage(_ scene: PageScene, _ session: Session) throws(PostgresError) {
        _ = try session.scoresStage { feed throws(PostgresError) in
            for (line, player) in scene.players.enumerated() {
                try feed(
                    ImportedScore(
                        line: line + 1,
                        game: scene.game.id,
                        player: player,
                        chat: scene.alias(Int64(line + 1)).instance,
                        score: 77,
                        time: scene.now
                    )
                )
            }
        }
    }
}
