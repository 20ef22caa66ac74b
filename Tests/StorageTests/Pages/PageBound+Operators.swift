import Leaderboards
import Postgres
import Storage

extension PageBound {
    /// What one command asks or changes, and finds by key.
    static let operators: [PageBound] = [
        .statement("auditInsert(_:)", 60) { _ in
            .auditInsert(
                AuditEntry(
                    actor: "root",
                    action: "game.set",
                    subject: "arcade_bot/tetris",
                    reason: nil,
                    before: nil,
                    after: nil
                )
            )
        },
        .statement("auditGet(_:)", 60) { _ in .auditGet(AuditID(rawValue: 5)) },
        .statement("chatMergeGet(of:)", 50) { .chatMergeGet(of: $0.chat(61)) },
        .statement("chatsAreSplit(_:_:)", 50) { .chatsAreSplit($0.chat(61), $0.chat(62)) },
        .statement("playerProfilesList(of:)", 90) { .playerProfilesList(of: $0.player(1)) },
        .statement("playerProfilesList(called:limit:)", 60) { _ in
            .playerProfilesList(called: "PLAYER5", limit: 5)
        },
        .statement("usernamesList(beginning:limit:)", 100) { _ in .usernamesList(beginning: "P", limit: 20) },
        .statement("chatsList(titled:limit:)", 90) { _ in .chatsList(titled: "chat 5", limit: 5) },
        .statement("chatGet(_:)", 70) { .chatGet($0.chat(5)) },
        .query("chatZoneUpdate(of:to:)", 70) { .chatZoneUpdate(of: $0.chat(5), to: "Europe/Berlin") },
        .statement("apiKeyInsert(_:hint:label:game:)", 60) {
            .apiKeyInsert(
                APIKeyHash(bytes: [UInt8](repeating: 1, count: 32)),
                hint: "h",
                label: "l",
                game: $0.game.id
            )
        },
        .statement("apiKeysList(game:id:)", 340) { .apiKeysList(game: $0.game.id) },
        .statement("apiKeyRevoke(_:)", 60) { _ in .apiKeyRevoke(APIKeyID(rawValue: 1)) },
        .statement("gamesList(withBoardsOf:)", 370) { .gamesList(withBoardsOf: [$0.chat(5), $0.chat(6)]) },
        .statement("gameInsert(_:)", 60) {
            .gameInsert(GameDraft(bot: $0.bot, shortName: "new", title: "New", url: "https://x.example"))
        },
        .query("gameUpdate(_:to:)", 60) {
            .gameUpdate(
                $0.game.id,
                to: GameDraft(bot: $0.bot, shortName: "tetris", title: "T", url: "https://x.example")
            )
        },
        PageBound("gamesLock(of:)", 50) { session, scene throws(PostgresError) in
            try session.gamesLock(of: scene.bot)
        },
        .statement("retentionLock()", 0) { _ in .retentionLock() },
        .statement("runStatesList(at:game:)", 260) { .runStatesList(at: $0.runKeys, game: $0.game.id) },
        .query("correctionsInsert(_:game:audit:)", 190) { scene in
            let states = scene.runKeys.compactMap { key in
                Score(1).map { score in
                    RunState(
                        key: key,
                        player: scene.player(1),
                        chat: nil,
                        startedAt: scene.now,
                        acceptedAt: scene.now,
                        outcome: .notBetter,
                        counts: false,
                        score: score,
                        correction: .remove
                    )
                }
            }
            return .correctionsInsert(states, game: scene.game.id, audit: AuditID(rawValue: 1))
        },
        .statement("runRecordsList(_:game:limit:)", 70) { scene in
            var filter = RunFilter()
            filter.player = scene.player(3)
            return .runRecordsList(filter, game: scene.game.id, limit: 100)
        },
        .statement("runStatesList(_:counting:game:)", 70) { scene in
            var filter = RunFilter()
            filter.player = scene.player(3)
            return .runStatesList(filter, counting: true, game: scene.game.id)
        },
        .statement("bansList(of:)", 50) { .bansList(of: $0.player(3)) },
        .statement("banInsert(_:)", 70) { .banInsert(Ban(bot: $0.bot, player: $0.player(3), game: nil)) },
        .statement("banDelete(_:)", 60) { _ in
            .banDelete(
                Ban(bot: BotID(rawValue: 7), player: PlayerID(rawValue: 902), game: GameID(rawValue: 1))
            )
        },
        .statement("bansOutliveErasure(of:)", 50) { .bansOutliveErasure(of: $0.player(3)) },
        .query("playerAnonymise(_:of:)", 70) { .playerAnonymise($0.player(3), of: [$0.bot]) },
        .statement("boardOwnersList(of:game:)", 16_000, because: "tries every leaderboard of the game") {
            .boardOwnersList(of: $0.player(3), game: $0.game.id)
        },
        PageBound("deliveriesRetry(_:now:)", 1500) { session, scene throws(PostgresError) in
            _ = try session.deliveriesRetry(Array(scene.keys.prefix(4)), now: scene.now)
        },
        PageBound("deliveriesDrop(_:reason:)", 1500) { session, scene throws(PostgresError) in
            _ = try session.deliveriesDrop(scene.keys, reason: "dropped")
        },
        PageBound("knownTables(of:chat:after:limit:)", 600) { session, scene throws(PostgresError) in
            let after = TableKey(game: scene.game.id, chat: scene.chat(5))
            _ = try session.knownTables(of: [scene.game.id], chat: nil, after: after, limit: 5)
        },
        PageBound("knownTable(_:)", 390) { session, scene throws(PostgresError) in
            _ = try session.knownTable(TableKey(game: scene.game.id, chat: scene.chat(1)))
        },
        PageBound("deliveriesRepair(_:of:bot:target:now:)", 680) { session, scene throws(PostgresError) in
            let repairs = (17...19 as ClosedRange<Int64>).map { place in
                let player = scene.player(1, place)
                return TableRepair(
                    player: player,
                    expected: ExpectedScore(player: player, desired: 10),
                    held: 3,
                    isForced: true
                )
            }
            let key = TableKey(game: scene.game.id, chat: scene.chat(1))
            let target = try scene.claim.target
            _ = try session.deliveriesRepair(repairs, of: key, bot: scene.bot, target: target, now: scene.now)
        },
        .statement("gameNamesComplete()", 60) { _ in .gameNamesComplete() },
        .statement("playerNamesComplete()", 100) { _ in .playerNamesComplete() },
    ]
}
