import Logging
import Synchronization

/// Carries updates to webhooks, several at once, each when its turn comes.
struct WebhookCourier {
    let simulator: Simulator

    func run() async {
        await withDiscardingTaskGroup { group in
            var listener = simulator.bell.listen(.webhooks)
            while true {
                let now = simulator.clock.now()
                let (due, next) = simulator.state.withLock { state in
                    (state.telegram.takeDeliveries(now: now), state.telegram.nextDelivery)
                }
                for delivery in due {
                    group.addTask { await carry(delivery) }
                }
                let pause = next.map { max(1, $0 - now) }
                guard await listener.next(within: due.isEmpty ? pause : 0, simulator.clock) else { break }
            }
            group.cancelAll()
        }
    }

    private func carry(_ delivery: WebhookDelivery) async {
        let reply = await simulator.sender(delivery)
        let now = simulator.clock.now()
        let call = simulator.state.withLock { $0.telegram.settle(delivery, reply, now: now) }
        simulator.bell.ring(.webhooks)
        simulator.bell.ring(.anything)
        guard let call else { return }
        let answer = await simulator.call(
            call.method,
            by: delivery.bot,
            call.parameters,
            isWebhookReply: true
        )
        guard answer.status != 200 else { return }
        simulator.configuration.logger.debug(
            "A call in a webhook's reply failed.",
            metadata: ["method": "\(call.method)", "description": "\(answer.description ?? "")"]
        )
    }
}
