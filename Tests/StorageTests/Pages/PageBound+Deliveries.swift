import Leaderboards
import Postgres
import Storage

extension PageBound {
    private static let limits = CallLimits()

    /// What brings scores to Telegram.
    static let deliveries: [PageBound] = [
        .statement("deliveryBotLock(_:leaseNumber:)", 60) { .deliveryBotLock($0.bot, leaseNumber: 1) },
        .query("deliveryBotRecordSlots(_:of:)", 60) { .deliveryBotRecordSlots([$0.now], of: $0.bot) },
        PageBound("deliveryBotTakeOver(_:now:)", 60) { session, scene throws(PostgresError) in
            _ = try session.deliveryBotTakeOver(scene.bot, now: scene.now)
        },
        .query("deliveryChatsPromote(of:limit:now:)", 300) {
            .deliveryChatsPromote(of: $0.bot, limit: 24, now: $0.now)
        },
        .statement("deliveryChatsReady(of:limit:now:)", 1300) {
            .deliveryChatsReady(of: $0.bot, limit: 13, now: $0.now)
        },
        .statement("deliveriesClaim(_:now:lease:leaseUntil:isProbe:)", 320) {
            .deliveriesClaim(
                Array($0.keys.prefix(4)),
                now: $0.now,
                lease: Identifier128(high: 0, low: 8),
                leaseUntil: $0.now
            )
        },
        PageBound("messageEditsRecord(_:now:)", 50) { session, scene throws(PostgresError) in
            try session.execute(.messageEditsRecord([scene.claim], now: scene.now))
        },
        .query("deliveryChatsRecordTurns(_:of:now:)", 710) { scene in
            let turns = scene.chats.map { ChatTurn(chat: $0, slot: scene.now, free: scene.now) }
            return .deliveryChatsRecordTurns(turns, of: scene.bot, now: scene.now)
        },
        .query("deliveryChatsRest(_:of:now:)", 900) {
            .deliveryChatsRest($0.chats.prefix(3) + (100...109).map($0.chat), of: $0.bot, now: $0.now)
        },
        .statement("deliveryChatsNextTurn(of:)", 70) { .deliveryChatsNextTurn(of: $0.bot) },
        PageBound("deliveryChatsLockIdle(_:of:)", 250) { session, scene throws(PostgresError) in
            _ = try session.deliveryChatsLockIdle(scene.chats, of: scene.bot)
        },
        .statement("deliveriesMoveToInline(_:of:limit:)", 850) {
            .deliveriesMoveToInline([$0.chat(2), $0.chat(40)], of: $0.bot, limit: 1000)
        },
        PageBound("deliverySettle(_:now:refusalPause:_:)", 150) { session, scene throws(PostgresError) in
            let ending = try session.deliverySettle(scene.claim, now: scene.now, refusalPause: .seconds(30)) {
                var settlement = DeliverySettlement(state: $0, next: .anotherTarget)
                settlement.error = "the message is gone"
                return settlement
            }
            _ = try session.run(ending)
        },
        PageBound("deliveriesTakeBack(of:now:limit:_:)", 1500) { session, scene throws(PostgresError) in
            _ = try session.deliveriesTakeBack(of: scene.bot, now: scene.now, limit: 20) { state, _ in
                DeliverySettlement(state: state, next: .pending(scene.now))
            }
        },
        PageBound("deliveryChatReserveCall(_:bot:limits:now:)", 100) { session, scene throws(PostgresError) in
            _ = try session.deliveryChatReserveCall(
                scene.chat(5),
                bot: scene.bot,
                limits: limits,
                now: scene.now
            )
        },
        PageBound("deliveryChatHold(for:chat:bot:now:)", 90) { session, scene throws(PostgresError) in
            try session.deliveryChatHold(
                for: .seconds(30),
                chat: scene.chat(5),
                bot: scene.bot,
                now: scene.now
            )
        },
        PageBound("deliveriesQueue(of:after:now:)", 190) { session, scene throws(PostgresError) in
            try session.deliveriesQueue(of: scene.chat(2), after: .press, now: scene.now)
        },
        PageBound("deliveriesQueueForgotten(of:)", 11_000, because: "once after taking over") {
            session,
            scene throws(PostgresError) in
            try session.planForManyRows(memory: 32)
            try session.deliveriesQueueForgotten(of: scene.bot)
        },
        PageBound("deliveriesRetarget(of:)", 1300) { session, scene throws(PostgresError) in
            try session.execute(.targetRetire(scene.claim.target, game: scene.game.id, chat: scene.chat(1)))
            try session.deliveriesRetarget(of: scene.chat(1))
        },
        PageBound("deliveriesRedeliver(of:)", 1500) { session, scene throws(PostgresError) in
            try session.deliveriesRedeliver(of: scene.chat(1))
        },
        .statement("lastPressGet(at:bot:among:)", 60) {
            .lastPressGet(at: $0.address(5), bot: $0.bot, among: [$0.game.id])
        },
        .query("chatAnnounceUpdate(of:to:)", 60) { .chatAnnounceUpdate(of: $0.chat(1), to: .week) },
        PageBound("chatAnnounce(at:bot:_:)", 60) { session, scene throws(PostgresError) in
            try session.chatAnnounce(at: scene.address(5), bot: scene.bot, .week)
        },
        PageBound("messageCount(to:bot:now:)", 90) { session, scene throws(PostgresError) in
            try session.messageCount(to: scene.address(5), bot: scene.bot, now: scene.now)
        },
        PageBound("messageAdmit(_:after:to:bot:limits:now:)", 280) { session, scene throws(PostgresError) in
            _ = try session.messageAdmit(
                .board,
                after: 999_999,
                to: scene.address(5),
                bot: scene.bot,
                limits: limits,
                now: scene.now + .seconds(60)
            )
        },
        PageBound("chatClose(_:of:reason:claimedAt:now:)", 90) { session, scene throws(PostgresError) in
            try session.chatClose(
                scene.chat(2),
                of: scene.bot,
                reason: "kicked",
                claimedAt: nil,
                now: scene.now
            )
        },
        PageBound("chatOpen(_:of:now:)", 240) { session, scene throws(PostgresError) in
            try session.chatOpen(scene.chat(2), of: scene.bot, now: scene.now)
        },
        PageBound("chatNoteSent(to:by:now:)", 240) { session, scene throws(PostgresError) in
            try session.chatNoteSent(to: scene.address(2), by: scene.bot, now: scene.now)
        },
        PageBound("chatNoteSharedGames(at:bot:)", 70) { session, scene throws(PostgresError) in
            try session.chatNoteSharedGames(at: scene.address(5), bot: scene.bot)
        },
        PageBound(
            "chatAddressRetire(_:of:bot:)",
            9900,
            because: "marks every message, once when a group becomes a supergroup"
        ) { session, scene throws(PostgresError) in
            try session.chatAddressRetire(scene.address(1), of: scene.chat(1), bot: scene.bot)
        },
        .query("desiredScoresWrite(_:game:origin:now:)", 1500) { scene in
            .desiredScoresWrite(scene.desired, game: scene.game, now: scene.now)
        },
        PageBound("desiredScoresWrite(_:game:origin:now:)", 1500) { session, scene throws(PostgresError) in
            try session.desiredScoresWrite(
                scene.desired,
                game: scene.game,
                origin: .recounted,
                now: scene.now
            )
        },
        PageBound("desiredScoresRecount(of:game:now:)", 1500) { session, scene throws(PostgresError) in
            try session.desiredScoresRecount(of: scene.chatScores, game: scene.game, now: scene.now)
        },
        PageBound("desiredScoresCorrect(of:game:now:)", 1500) { session, scene throws(PostgresError) in
            try session.desiredScoresCorrect(of: scene.chatScores, game: scene.game, now: scene.now)
        },
        PageBound("deliveryBots()", 80) { session, _ throws(PostgresError) in
            _ = try session.deliveryBots()
        },
        PageBound("advisoryLockIsHeld(_:)", 0) { session, _ throws(PostgresError) in
            _ = try session.advisoryLockIsHeld(5)
        },
        PageBound("deliveryLockIsHeld(for:)", 0) { session, scene throws(PostgresError) in
            _ = try session.deliveryLockIsHeld(for: scene.bot)
        },
        PageBound("deliveryBacklogs()", 19_000, because: "counts what waits, for metrics") {
            session,
            _ throws(PostgresError) in _ = try session.deliveryBacklogs()
        },
    ]
}

extension PageScene {
    /// What is desired after a batch, of deliveries in every state.
    fileprivate var desired: [DesiredScore] {
        batch.map { number in
            DesiredScore(
                chat: chat(number),
                player: player(number, number % 20),
                score: 500,
                target: target(number)
            )
        }
    }

    var chatScores: [ChatScore] {
        batch.map { ChatScore(chat: chat($0), player: player($0, $0 % 20), score: 400) }
    }
}
