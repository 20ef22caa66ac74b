import JSON

/// Deliveries of updates to webhooks.
extension SimulatedTelegram {
    /// Takes every delivery whose turn it is.
    package mutating func takeDeliveries(now: Int64) -> [WebhookDelivery] {
        var deliveries: [WebhookDelivery] = []
        for id in bots.keys.sorted() {
            guard let webhook = bots[id]?.webhook else { continue }
            let due = bots[id]?.queue.takeDue(limit: webhook.maximumConnections, now: now) ?? []
            deliveries += due.map { entry in
                WebhookDelivery(
                    bot: id,
                    number: entry.number,
                    kind: entry.kind,
                    url: webhook.url,
                    secret: webhook.secret,
                    body: Array(entry.body.utf8)
                )
            }
        }
        return deliveries
    }

    /// When the next delivery may be due, or nil when only a change can bring one.
    package var nextDelivery: Int64? {
        bots.values.filter { $0.webhook != nil }.compactMap(\.queue.nextTry).min()
    }

    /// Settles a delivery: any 2xx takes the update, all else brings it back later.
    ///
    /// - Returns: The call that the reply's body asks for, if it asks for one that may be made this way.
    package mutating func settle(
        _ delivery: WebhookDelivery,
        _ reply: WebhookReply,
        now: Int64
    ) -> (method: String, parameters: CallParameters)? {
        let jitter = Int64.random(in: 0...60_000, using: &identifiers)
        guard case .response(let status, let reason, let retryAfter, let type, let body) = reply else {
            if case .failed(let reason) = reply {
                note(reason, of: delivery.bot, now: now)
            } else {
                note("Read timeout expired", of: delivery.bot, now: now)
            }
            bots[delivery.bot]?.queue.settle(delivery.number, isTaken: false, now: now, jitter: jitter)
            return nil
        }
        guard (200...299).contains(status) else {
            note("Wrong response from the webhook: \(status) \(reason)", of: delivery.bot, now: now)
            bots[delivery.bot]?.queue.settle(
                delivery.number,
                isTaken: false,
                retryAfter: retryAfter,
                now: now,
                jitter: jitter
            )
            noteGone(status == 410, delivery.bot, now: now)
            return nil
        }
        bots[delivery.bot]?.webhook?.goneSince = nil
        bots[delivery.bot]?.queue.settle(delivery.number, isTaken: true, now: now, jitter: jitter)
        return Self.call(in: body, type: type)
    }

    private mutating func note(_ error: String, of bot: Int64, now: Int64) {
        bots[bot]?.webhook?.lastErrorDate = now
        bots[bot]?.webhook?.lastErrorMessage = error
    }

    /// A webhook that has answered 410 for 23 hours without a break is removed.
    private mutating func noteGone(_ isGone: Bool, _ bot: Int64, now: Int64) {
        guard isGone else {
            bots[bot]?.webhook?.goneSince = nil
            return
        }
        let since = bots[bot]?.webhook?.goneSince ?? now
        bots[bot]?.webhook?.goneSince = since
        if now - since >= 23 * 3_600_000 { bots[bot]?.webhook = nil }
    }

    private static func call(in body: [UInt8], type: String?) -> (method: String, parameters: CallParameters)?
    {
        var parameters = CallParameters()
        if type?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true {
            parameters.add(form: String(decoding: body, as: UTF8.self))
        } else {
            parameters.add(json: body)
        }
        let method = parameters["method"].lowercased()
        let isIgnored =
            method.isEmpty || method.hasPrefix("get")
            || ["deletewebhook", "setwebhook", "close", "logout"].contains(method)
        return isIgnored ? nil : (method, parameters)
    }
}
