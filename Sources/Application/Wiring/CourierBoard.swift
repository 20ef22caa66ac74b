import Outbox
import Leaderboards
import Scoring
import Synchronization

/// The couriers of a process by bot; there before they are, since the use cases must be able to wake them.
final class CourierBoard: Sendable {
    private let couriers = Mutex<[BotID: Courier]>([:])

    /// All couriers.
    var all: [Courier] { couriers.withLock { Array($0.values) } }

    /// Why scores do not reach Telegram, if so.
    var reasons: [UnreadyReason] { all.flatMap(\.reasons) }

    /// The bots for which this process calls at the moment.
    var led: Set<BotID> { Set(all.filter(\.isLeading).map(\.bot)) }

    /// Takes the couriers.
    func set(_ new: [Courier]) {
        couriers.withLock { $0 = Dictionary(new.map { ($0.bot, $0) }) { first, _ in first } }
    }

    /// Tells a bot's courier that something may be due; a bot of another deployment has none here.
    func wake(_ bot: BotID) { couriers.withLock { $0[bot] }?.wake() }
}
