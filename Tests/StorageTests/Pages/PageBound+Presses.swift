import Leaderboards
import Postgres
import Storage

extension PageBound {
    /// What presses, updates and keys tell.
    static let presses: [PageBound] = [
        .statement("chatsMatch(_:bot:)", 250) { .chatsMatch($0.aliases, bot: $0.bot) },
        .statement("playChatsGet(_:bot:)", 370) { .playChatsGet($0.aliases, bot: $0.bot) },
        .statement("chatFind(at:bot:)", 50) { .chatFind(at: $0.address(5), bot: $0.bot) },
        .query("chatTitlesUpdate(_:)", 590) { scene in
            .chatTitlesUpdate(
                Dictionary(uniqueKeysWithValues: scene.chats.map { ($0, "Another title \($0)") })
            )
        },
        .query("chatTitleUpdate(_:title:)", 70) { .chatTitleUpdate($0.chat(5), title: "Another title") },
        PageBound("chatsResolve(_:bot:)", 250) { session, scene throws(PostgresError) in
            _ = try session.chatsResolve(scene.aliases, bot: scene.bot)
        },
        PageBound("chatsResolve(_:bot:matches:)", 120) { session, scene throws(PostgresError) in
            let new = [1, 2].map { ChatAlias(instance: ChatInstance(rawValue: 900_000 + $0), address: nil) }
            let matches = try session.run(.chatsMatch(new, bot: scene.bot))
            _ = try session.chatsResolve(new, bot: scene.bot, matches: matches)
        },
        PageBound("chatResolve(_:orJoin:bot:)", 90) { session, scene throws(PostgresError) in
            _ = try session.chatResolve(TelegramChatID(rawValue: -77), orJoin: nil, bot: scene.bot)
        },
        .query("playersUpsert(_:bot:)", 490) { scene in
            .playersUpsert(
                scene.players.map { .init(id: $0, firstName: "New", lastName: nil, username: nil) },
                bot: scene.bot
            )
        },
        .query("playersInsertMissing(_:bot:)", 140) { .playersInsertMissing($0.players, bot: $0.bot) },
        .statement("answeredUpdateInsert(_:bot:)", 60) { .answeredUpdateInsert(999_999, bot: $0.bot) },
        .query("answeredUpdatesForget()", 1600, because: "housekeeping") { _ in .answeredUpdatesForget() },
        .statement("pressesFindNew(in:bot:)", 560) { scene in
            .pressesFindNew(in: scene.facts, bot: scene.bot)
        },
        .statement("reportsFind(_:game:bot:)", 890) {
            .reportsFind($0.reports, game: $0.game.id, bot: $0.bot)
        },
        PageBound("reportsRecord(_:game:bot:)", 1500) { session, scene throws(PostgresError) in
            _ = try session.reportsRecord(Array(scene.reports.prefix(2)), game: scene.game.id, bot: scene.bot)
        },
        PageBound("reportsAccept(_:game:bot:)", 380) { session, scene throws(PostgresError) in
            let sightings = (1...4 as ClosedRange<Int64>).compactMap { number in
                scene.target(number, message: 99).map { target in
                    TargetSighting(
                        game: scene.game.id,
                        chat: scene.chat(number),
                        target: target,
                        pressedAt: scene.now
                    )
                }
            }
            _ = try session.reportsAccept(sightings, game: scene.game.id, bot: scene.bot)
        },
        .query("targetsUpsert(_:)", 140) { .targetsUpsert($0.sightings) },
        .query("targetsDropReported(of:bot:)", 290) { .targetsDropReported(of: $0.sightings, bot: $0.bot) },
        .query("deliveriesWake(waitingFor:)", 1500) { .deliveriesWake(waitingFor: $0.sightings) },
        PageBound("targetRetire(_:game:chat:)", 70) { session, scene throws(PostgresError) in
            try session.execute(
                .targetRetire(scene.claim.target, game: scene.game.id, chat: scene.chat(1))
            )
        },
        PageBound("targetRefuse(_:game:chat:now:)", 80) { session, scene throws(PostgresError) in
            try session.execute(
                .targetRefuse(
                    scene.claim.target,
                    game: scene.game.id,
                    chat: scene.chat(1),
                    now: scene.now
                )
            )
        },
        PageBound("chatMessages(of:)", 70) { session, scene throws(PostgresError) in
            _ = try session.chatMessages(of: scene.chat(1))
        },
        .query("botUpsert(_:username:)", 60) { .botUpsert($0.bot, username: "other_bot") },
    ]
}

extension PageScene {
    fileprivate var facts: [PressFact] {
        batch.map { number in
            PressFact(
                game: game.id,
                player: profile(player(number)),
                alias: alias(number),
                title: "Chat \(number)",
                target: target(number),
                pressedAt: now
            )
        }
    }

    fileprivate var reports: [PressReport] {
        batch.map { number in
            PressReport(
                game: game.id,
                bot: bot,
                player: player(number),
                profile: profile(player(number)),
                chatInstance: alias(number).instance,
                target: target(number, message: 99),
                reportedAt: now
            )
        }
    }
}
