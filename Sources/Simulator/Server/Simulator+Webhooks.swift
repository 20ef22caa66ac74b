import Logging
import Synchronization

extension Simulator {
    /// Carries updates to webhooks, several at once, each when its turn comes.
    func deliverUpdates() async {
        await withDiscardingTaskGroup { group in
            var listener = bell.listen(.webhooks)
            while true {
                let now = clock.now()
                let (due, next) = state.withLock { state in
                    (state.telegram.takeDeliveries(now: now), state.telegram.nextDelivery)
                }
                for delivery in due {
                    group.addTask { await self.deliver(delivery) }
                }
                let pause = next.map { max(1, $0 - now) }
                guard await listener.next(within: due.isEmpty ? pause : 0, clock) else { break }
            }
            group.cancelAll()
        }
    }

    private func deliver(_ delivery: WebhookDelivery) async {
        let reply = await sender(delivery)
        let now = clock.now()
        let call = state.withLock { $0.telegram.settle(delivery, reply, now: now) }
        bell.ring(.webhooks)
        bell.ring(.anything)
        guard let call else { return }
        let answer = await self.call(
            RecordedCall(
                time: clock.now(),
                elapsed: clock.elapsed(),
                bot: delivery.bot,
                chat: read { $0.address(call.parameters, delivery.bot)?.chat },
                method: call.method,
                parameters: call.parameters,
                isWebhookReply: true
            )
        )
        guard answer.status != 200 else { return }
        configuration.logger.debug(
            "simulator.reply_failed",
            metadata: ["method": "\(call.method)", "reason": "\(answer.description ?? "")"]
        )
    }
}
