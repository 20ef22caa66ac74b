package import BotAPI
package import Leaderboards
package import Postgres
import Storage
import Synchronization

/// Reads Telegram's tables, compares them with what they are to hold, and has differences put right.
///
/// It keeps to the budget that all instances share, and leaves half of it to scores.
package struct Reconciler: Sendable {
    /// Tables that are read at the same time, so that waiting for one chat does not stop the others.
    private static let tablesAtOnce = 8
    /// Tables that are taken up before the next ones are looked for; so many may be read again after an interruption.
    private static let pageLength = 64
    /// Tries of one call that gets no answer.
    private static let tries = 5

    /// What part of the budget is left to scores.
    private static let share = 2

    let pool: PostgresPool
    let limits: CallLimits
    let actor: String
    let reason: String?
    let now: @Sendable () -> Instant
    private let clients: [BotID: BotClient]

    /// - Parameters:
    ///   - limits: How often Telegram may be called. Only half of it is used; running servers count these calls.
    ///   - actor: Who does it, for the audit.
    package init(
        pool: PostgresPool,
        limits: CallLimits,
        clients: [BotClient],
        actor: String,
        reason: String? = nil,
        now: @escaping @Sendable () -> Instant
    ) {
        self.pool = pool
        self.limits = CallLimits(
            chatPerSecond: max(1, limits.chatPerSecond / Self.share),
            chatPerMinute: max(1, limits.chatPerMinute / Self.share),
            botPerSecond: max(1, limits.botPerSecond / Self.share)
        )
        self.clients = Dictionary(clients.map { (BotID(rawValue: $0.token.botID), $0) }) { first, _ in first }
        self.actor = actor
        self.reason = reason
        self.now = now
    }

    /// Compares, and has differences put right if that is asked for.
    ///
    /// - Parameter progress: Is told what has been found so far, now and then and at the end, also before an error.
    /// - Throws: `PostgresError`, ``BotCallError`` when Telegram refuses a bot's token, `CancellationError`.
    package func run(
        _ scope: ReconcileScope,
        progress: @escaping @Sendable (ReconcileReport) -> Void = { _ in }
    ) async throws -> ReconcileReport {
        let games = Dictionary(uniqueKeysWithValues: scope.games.map { ($0.root, $0) })
        let report = Mutex(ReconcileReport())
        switch scope.extent {
        case .sample(let count):
            let drawn = try await draw(count, of: Array(games.keys), chat: scope.chat)
            let items = drawn.sorted { $0.key < $1.key }.map { Item($0.key, $0.value) }
            try await work(on: items, scope, games, report)
        case .all(let after):
            var last = after
            while true {
                let page = try await tables(
                    of: games.keys.sorted(),
                    chat: scope.chat,
                    after: last,
                    limit: Self.pageLength
                )
                guard !page.isEmpty else { break }
                try await work(on: page.map { Item($0, nil) }, scope, games, report)
                last = page.last
                let soFar = report.withLock { report in
                    report.finished = last
                    return report
                }
                progress(soFar)
            }
        }
        return report.withLock { $0 }
    }

    /// A table to be read; of some players only, or whole.
    private typealias Item = (key: TableKey, players: [PlayerID]?)

    private func work(
        on items: [Item],
        _ scope: ReconcileScope,
        _ games: [GameID: Game],
        _ report: borrowing Mutex<ReconcileReport>
    ) async throws {
        try await withThrowingTaskGroup(of: ReconcileReport.self) { group in
            var waiting = items[...]
            var running = 0
            while true {
                while running < Self.tablesAtOnce, let item = waiting.popFirst() {
                    guard let game = games[item.key.game], let client = clients[game.bot] else { continue }
                    group.addTask { try await compare(item, of: game, scope.repairs, client) }
                    running += 1
                }
                guard let found = try await group.next() else { return }
                running -= 1
                report.withLock { $0.add(found) }
            }
        }
    }

    // MARK: - One table

    private func compare(
        _ item: Item,
        of game: Game,
        _ repairs: ReconcileScope.Repairs,
        _ client: BotClient
    ) async throws -> ReconcileReport {
        var report = ReconcileReport()
        let before = try await table(item.key)
        guard !before.targets.isEmpty else {
            report.withoutMessage = 1
            return report
        }
        var walk = TableWalk(item.players ?? before.scores.map(\.player), isWhole: item.players == nil)
        var targets = before.targets[...]
        while let player = walk.next() {
            guard let target = targets.first else { break }
            if let rows = try await read(player, target, item.key, of: game, client, &report) {
                walk.note(rows, askedFor: player)
            } else {
                targets = targets.dropFirst()
            }
        }
        // What was learned through a message that then vanished is still true.
        if targets.isEmpty { report.unreadable = 1 } else { report.tables = 1 }
        guard let target = targets.first else { return report }
        let after = try await table(item.key)
        try await judge(walk, (before, after), item, of: game, repairs, target, &report)
        return report
    }

    private func judge(
        _ walk: TableWalk,
        _ known: (before: KnownTable, after: KnownTable),
        _ item: Item,
        of game: Game,
        _ repairs: ReconcileScope.Repairs,
        _ target: StoredTarget,
        _ report: inout ReconcileReport
    ) async throws {
        let before = Dictionary(uniqueKeysWithValues: known.before.scores.map { ($0.player, $0) })
        let after = Dictionary(uniqueKeysWithValues: known.after.scores.map { ($0.player, $0) })
        var found: [(player: PlayerID, drift: TableDrift)] = []
        for player in walk.known.sorted() {
            report.players += 1
            switch TableVerdict(before: before[player], after: after[player], held: walk.held[player]) {
            case .same: break
            case .onItsWay: report.onTheirWay += 1
            case .givenUp: report.givenUp += 1
            case .drift(let drift): found.append((player, drift))
            }
        }
        let chosen = found.compactMap { player, drift -> TableRepair? in
            let isForced = drift.needsForce(followsLatest: game.rules.keep == .latest)
            switch repairs {
            case .none: return nil
            case .ordinary where isForced: return nil
            case .ordinary, .forced: break
            }
            return TableRepair(
                player: player,
                expected: after[player],
                held: walk.held[player].flatMap { $0 > 0 ? $0 : nil },
                isForced: isForced
            )
        }
        var repaired: Set<PlayerID> = []
        if !chosen.isEmpty {
            repaired = Set(
                try await repair(
                    chosen,
                    of: game,
                    in: item.key.chat,
                    named: known.after.chatInstance,
                    target: target
                )
            )
        }
        report.drift = found.map { player, drift in
            FoundDrift(
                game: game,
                chat: item.key.chat,
                chatInstance: known.after.chatInstance,
                player: player,
                drift: drift,
                desired: after[player]?.desired,
                held: walk.held[player],
                isRepaired: repaired.contains(player)
            )
        }
    }

    // MARK: - One call

    /// Throws when cancelled.
    private func sleep(_ until: Instant) async throws {
        try await Task.sleep(for: max(until - now(), .milliseconds(1)))
    }

    /// Reads around a player; nil, with the reason in the report, where the message does not show the table.
    private func read(
        _ player: PlayerID,
        _ target: StoredTarget,
        _ key: TableKey,
        of game: Game,
        _ client: BotClient,
        _ report: inout ReconcileReport
    ) async throws -> [TableWalk.Row]? {
        guard let place = MessageTarget(target.target) else {
            report.reason = "the message has no number"
            return nil
        }
        var failures = 0
        while true {
            try await waitForTurn(key.chat, game.bot)
            report.calls += 1
            let answer = await client.answer(to: GetGameHighScores(userID: player.rawValue, target: place))
            try Task.checkCancellation()
            switch answer {
            case .done(let result):
                guard let rows = GetGameHighScores.output(from: result) else {
                    report.reason = "the answer is no table"
                    return nil
                }
                return rows.map {
                    TableWalk.Row(
                        position: $0.position,
                        player: PlayerID(rawValue: $0.user.id),
                        score: Int32(clamping: $0.score)
                    )
                }
            case .retryAfter(let seconds):
                try await hold(key.chat, bot: game.bot, for: .seconds(seconds))
            case .temporary(_, let detail), .conflict(let detail):
                failures += 1
                guard failures < Self.tries else {
                    report.reason = detail
                    return nil
                }
                let random = Double.random(in: 0...1)
                try await sleep(now() + RetrySchedule.telegram.wait(afterFailures: failures, random: random))
            case .unauthorized:
                throw BotCallError(method: "getGameHighScores", answer: answer)
            case .notModified, .migrated, .targetGone, .chatForbidden, .chatGone, .invalidRequest,
                .unrecognized:
                report.reason = "\(answer)"
                return nil
            }
        }
    }

    /// Waits until a call about a chat may start, and reserves it.
    private func waitForTurn(_ chat: ChatID, _ bot: BotID) async throws {
        while true {
            let (slot, notBefore) = try await reserve(chat, bot: bot)
            if let notBefore {
                try await sleep(notBefore)
            } else if now() <= slot + CallHistory.slotLifetime {
                return
            }
            // A commit that took so long has used up its slot, and the next one will be counted, too.
        }
    }
}
