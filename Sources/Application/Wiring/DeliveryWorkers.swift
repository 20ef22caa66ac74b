import Outbox
import Leaderboards
import Scoring
import Synchronization

/// The workers of a process by bot; there before they are, since the use cases must be able to wake them.
final class DeliveryWorkers: Sendable {
    private let workers = Mutex<[BotID: DeliveryWorker]>([:])

    /// All workers.
    var all: [DeliveryWorker] { workers.withLock { Array($0.values) } }

    /// Why scores do not reach Telegram, if so.
    var reasons: [UnreadyReason] { all.flatMap(\.reasons) }

    /// The bots for which this process calls at the moment.
    var led: Set<BotID> { Set(all.filter(\.isLeading).map(\.bot)) }

    /// Takes the workers.
    func set(_ new: [DeliveryWorker]) {
        workers.withLock { $0 = Dictionary(new.map { ($0.bot, $0) }) { first, _ in first } }
    }

    /// Tells a bot's worker that something may be due; a bot of another deployment has none here.
    func wake(_ bot: BotID) { workers.withLock { $0[bot] }?.wake() }
}
