import Leaderboards
import Postgres
import Storage

extension PageBound {
    private static let many = "counts 48 ranks, of which each walks through a bucket"

    /// Leaderboards and their ranks.
    static let boards: [PageBound] = [
        .statement("boardsFind(_:game:)", 460) {
            .boardsFind($0.positionKeys.map(\.board), game: $0.game.id)
        },
        PageBound("boardsInsert(_:game:)", 900) { session, scene throws(PostgresError) in
            _ = try session.boardsInsert(scene.newBoards, game: scene.game.id)
        },
        PageBound("boardsResolve(_:game:)", 1100) { session, scene throws(PostgresError) in
            _ = try session.boardsResolve(scene.newBoards, game: scene.game.id)
        },
        .query("boardsUpdate(_:game:)", 1300) { scene in
            let changes = Set(scene.boards).map {
                BoardChange(board: $0, gain: 1, version: BoardVersion(rawValue: 1))
            }
            return .boardsUpdate(changes, game: scene.game.id)
        },
        .statement("entriesList(_:atMost:game:)", 1000) { scene in
            .entriesList(scene.chats.map { (BoardName(chat: $0), nil) }, atMost: 1024, game: scene.game.id)
        },
        .statement("boardsAnswer(_:)", 3400, because: many) { scene in
            var questions = BoardQuestions()
            for number in scene.batch {
                let address = BoardAddress(
                    game: scene.game.id,
                    chat: number % 2 == 0 ? scene.alias(number).instance : nil
                )
                _ = questions.ask(.top(limit: 10), about: address)
                _ = questions.ask(.place(of: scene.player(number)), about: address)
            }
            return .boardsAnswer(questions)
        },
        PageBound("boardWindowsList(of:chat:)", 120) { session, scene throws(PostgresError) in
            _ = try session.boardWindowsList(of: scene.game, chat: scene.alias(5).instance)
        },
        .statement("entriesGet(_:game:)", 1300) { .entriesGet($0.positionKeys, game: $0.game.id) },
        .statement("positionsGet(_:game:)", 5600, because: many) {
            .positionsGet($0.positionKeys, game: $0.game.id)
        },
        .statement("entriesCountBefore(_:game:)", 6900, because: many) {
            .entriesCountBefore($0.probes, game: $0.game.id)
        },
        .statement("entriesAbove(_:passingOver:game:)", 370) { scene in
            .entriesAbove(
                scene.probes,
                passingOver: scene.players.map { EntryKey(board: scene.globalBoard, player: $0) },
                game: scene.game.id
            )
        },
        .query("entriesUpsert(_:game:)", 1500) { .entriesUpsert($0.newEntries, game: $0.game.id) },
        .statement("rankBucketsMove(_:game:)", 150) { scene in
            .rankBucketsMove(
                scene.probes.map { RankMove(probe: $0, change: 1) },
                game: scene.game.id
            )
        },
        PageBound("rankBucketsRebalance(at:game:)", 60) { session, scene throws(PostgresError) in
            try session.rankBucketsRebalance(at: Array(scene.probes.prefix(4)), game: scene.game.id)
        },
        PageBound(
            "rankBucketsRebuild(of:game:)",
            21_000,
            because: "walks over the leaderboard, when it has grown large"
        ) {
            session,
            scene throws(PostgresError) in
            try session.rankBucketsRebuild(of: [scene.globalBoard], game: scene.game.id)
        },
        .statement("boardsFindMiscounted(of:)", 33_000, because: "tells whether anything is wrong") {
            .boardsFindMiscounted(of: $0.game.id)
        },
    ]
}

extension PageScene {
    /// Those of a new day in the chats of a batch.
    fileprivate var newBoards: [BoardName] {
        chats.map { BoardName(chat: $0, window: .day, label: "2026-03-16") }
    }
}
