package import Leaderboards
import ServiceLifecycle
import Storage
import Synchronization

/// Counts now and then what waits for Telegram, on behalf of the bots for which this process calls.
package final class BacklogWatch: Service {
    /// How often, unless counting takes so long that it would be felt.
    private static let interval: Duration = .seconds(15)
    /// Counting takes a fiftieth of the time at most.
    private static let rest = 50

    private let bots: @Sendable () -> Set<BotID>
    private let read: @Sendable () async throws -> DeliveryStatus
    private let seen = Mutex<DeliveryStatus?>(nil)

    /// - Parameter bots: The bots for which this process calls at the moment; of several instances one has each of them,
    ///   so that nothing is reported twice.
    package init(
        bots: @escaping @Sendable () -> Set<BotID>,
        read: @escaping @Sendable () async throws -> DeliveryStatus
    ) {
        self.bots = bots
        self.read = read
    }

    /// What waited at the last poll, of the bots for which this process calls.
    package var status: DeliveryStatus? {
        let bots = bots()
        return seen.withLock { $0 }.map { status in
            DeliveryStatus(
                backlogs: status.backlogs.filter { bots.contains($0.bot) },
                bots: status.bots.filter { bots.contains($0.bot) },
                now: status.now
            )
        }
    }

    /// Why some of it does not reach Telegram, if so.
    package var reasons: [UnreadyReason] {
        (status?.remarks ?? []).filter(\.isDegraded).map {
            UnreadyReason(code: $0.code.rawValue, detail: "\($0.text).", isFatal: false)
        }
    }

    /// Polls until graceful shutdown.
    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let elapsed = await ContinuousClock().measure { await self.poll() }
                try await Task.sleep(for: max(Self.interval, elapsed * Self.rest))
            }
        }
    }

    /// What was seen before stays when the database cannot be asked.
    private func poll() async {
        guard !bots().isEmpty, let status = try? await read() else { return }
        seen.withLock { $0 = status }
    }
}
