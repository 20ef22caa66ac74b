import BotAPI
package import Leaderboards
import Scoring
import ServiceLifecycle

/// Fetches a bot's updates by long polling, as the only one of all running instances.
///
/// An update is confirmed only after it was handled, so a crash repeats updates and loses none. A webhook that
/// is set already is never deleted.
package final class Poller: Service {
    private let bot: Bot
    private let handler: UpdateHandler
    private let effects: UpdateEffects
    private let report: @Sendable (UpdateEvent) -> Void
    private let waits: Waits
    private let status = StatusReason()

    /// The longest wait that Telegram grants.
    static let waitSeconds = 50
    /// How many people's updates of one batch are handled at a time.
    static let concurrency = 16
    /// The least time that an empty answer takes, should a server not wait as it was asked to.
    static let pause = Duration.seconds(1)
    /// After a week without updates Telegram numbers them anew, perhaps lower; well before that, with nothing left
    /// to confirm, the offset is dropped.
    static let offsetLifetime = Duration.seconds(24 * 3600)
    /// How often to check whether the games are loaded before updates are fetched without them.
    static let gamesTries = 20
    /// The time between two such checks.
    static let gamesInterval = Duration.milliseconds(100)

    package init(
        bot: Bot,
        handler: UpdateHandler,
        effects: UpdateEffects,
        clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { .random(in: 0...1) },
        report: @escaping @Sendable (UpdateEvent) -> Void
    ) {
        self.bot = bot
        self.handler = handler
        self.effects = effects
        self.report = report
        waits = Waits(clock: clock, random: random)
    }

    /// Why no updates arrive, if so; never a reason to stop serving.
    package var reasons: [UnreadyReason] { status.list }

    /// Runs until graceful shutdown, which ends the wait for updates and lets those that have arrived be handled.
    package func run() async throws {
        await effects.asPoller(bot.id) { await self.poll() }
        try await gracefulShutdown()
    }

    private var isRunning: Bool { !Task.isCancelled && !Task.isShuttingDownGracefully }

    /// Fetches and handles until the task is cancelled or told to shut down.
    func poll() async {
        var progress = PollProgress()
        var failures = 0
        // Whoever polls next has its own state to tell.
        defer { status.set(nil) }
        await waitForGames()
        while isRunning {
            let call = GetUpdates(offset: progress.offset, waitSeconds: Self.waitSeconds)
            let (answer, elapsed) = await waits.timed {
                await cancelWhenGracefulShutdown { await self.bot.client.answer(to: call) }
            }
            guard isRunning else { return }
            guard case .done(let result) = answer, let updates = GetUpdates.output(from: result) else {
                failures += 1
                await pause(after: answer, failures: failures)
                continue
            }
            failures = 0
            if status.set(nil) { report(.pollRecovered(bot: bot.id)) }
            guard !updates.isEmpty else {
                progress.rested(for: max(elapsed, Self.pause), lifetime: Self.offsetLifetime)
                if elapsed < Self.pause { await sleep(Self.pause) }
                continue
            }
            await handle(updates, &progress)
        }
    }

    /// Gives the games a moment to be loaded, so that presses which queued while nothing ran open something.
    private func waitForGames() async {
        for _ in 0..<Self.gamesTries where isRunning && !effects.isLoaded() {
            await sleep(Self.gamesInterval)
        }
    }

    private func handle(_ updates: [Update], _ progress: inout PollProgress) async {
        let fresh = progress.unhandled(updates)
        // A server that repeats what it was told of would be asked without end.
        if fresh.isEmpty { await sleep(Self.pause) }
        let postponed = await handleConcurrently(fresh)
        progress.handled(updates, except: Set(postponed.keys))
        if let wait = postponed.values.max() { await sleep(wait) }
    }

    private func pause(after answer: BotAnswer, failures: Int) async {
        var answer = answer
        if case .done = answer {
            answer = .temporary(mayHaveTakenEffect: false, detail: "getUpdates gave no list")
        }
        status.set(UnreadyReason(bot: bot.id, answer))
        report(.pollFailed(bot: bot.id, answer: answer))
        await sleep(waits.wait(after: answer, failures: failures))
    }

    /// Waits; returns early on graceful shutdown.
    private func sleep(_ duration: Duration) async {
        await cancelWhenGracefulShutdown { await self.waits.sleep(duration) }
    }

    // MARK: - One batch

    /// Handles updates: those of one person or chat in their order, others beside them.
    ///
    /// - Returns: The updates to be fetched again, and how long to wait before that.
    private func handleConcurrently(_ updates: [Update]) async -> [Int64: Duration] {
        var queues = updates.queues.makeIterator()
        return await withTaskGroup(of: [Int64: Duration].self) { group in
            for _ in 0..<Self.concurrency {
                guard let queue = queues.next() else { break }
                group.addTask { await self.handleInOrder(queue) }
            }
            var postponed: [Int64: Duration] = [:]
            while let more = await group.next() {
                postponed.merge(more) { first, _ in first }
                if let queue = queues.next() {
                    group.addTask { await self.handleInOrder(queue) }
                }
            }
            return postponed
        }
    }

    private func handleInOrder(_ updates: [Update]) async -> [Int64: Duration] {
        for (position, update) in updates.enumerated() {
            switch await handler.handle(update, bot: bot, source: .polling) {
            case .accepted(let reply):
                if let reply { await perform(reply) }
            case .postponed(let wait):
                // Those behind it wait too, or they would overtake it.
                return Dictionary(uniqueKeysWithValues: updates[position...].map { ($0.updateID, wait) })
            }
        }
        return [:]
    }

    private func perform(_ reply: any BotMethod) async {
        let answer = await answer(to: reply)
        switch answer {
        case .done:
            if let chat = reply.receiver { await effects.noteSent(chat, bot.id) }
            return
        case .migrated(let target):
            await recordMigration(of: reply, to: target)
        default: break
        }
        report(
            .answerFailed(
                bot: bot.id,
                method: "\(type(of: reply).name)",
                answer: answer,
                remedy: answer.remedy(forGame: (reply as? SendGame)?.gameShortName)
            )
        )
    }

    /// Makes the call, and once more when the first try certainly or harmlessly failed.
    private func answer(to reply: any BotMethod) async -> BotAnswer {
        let first = await bot.client.answer(to: reply)
        guard case .temporary(let mayHaveTakenEffect, _) = first,
            !mayHaveTakenEffect || !reply.isSending
        else { return first }
        await sleep(Self.pause)
        return await bot.client.answer(to: reply)
    }

    private func recordMigration(of reply: any BotMethod, to target: Int64) async {
        guard let chat = reply.receiver else { return }
        let fact = ChatFact.migrated(
            from: chat,
            to: TelegramChatID(rawValue: target)
        )
        // Best effort: the messages about the upgrade tell the same.
        try? await effects.record(fact, bot.id)
    }
}

extension BotMethod {
    /// Whether a repeated call would be seen twice.
    fileprivate var isSending: Bool { receiver != nil || self is AnswerGuestQuery }

    /// The chat to which it sends a message; nil where it sends none.
    fileprivate var receiver: TelegramChatID? {
        ((self as? SendGame)?.chatID ?? (self as? SendMessage)?.chatID).map { TelegramChatID(rawValue: $0) }
    }
}
