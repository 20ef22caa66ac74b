import JSON

/// `setWebhook`, `deleteWebhook`, `getWebhookInfo` and `getUpdates`.
///
/// The simulator behaves like a self-hosted server started with `--local`: plain HTTP and any port will do.
extension SimulatedTelegram {
    mutating func setWebhook(
        _ bot: Int64,
        _ parameters: CallParameters,
        _ now: Int64
    ) throws(MethodError) -> MethodAnswer {
        if limits.isOn, let last = bots[bot]?.lastWebhookChange, now - last < 1000 {
            throw .tooMany(retryAfter: 1)
        }
        bots[bot]?.lastWebhookChange = now
        guard !parameters["url"].isEmpty else { return deleteWebhook(bot, parameters) }
        let secret = parameters["secret_token"]
        guard secret.utf8.count <= 256 else { throw .badRequest("secret token is too long") }
        guard secret.utf8.allSatisfy(Self.isSecretCharacter) else {
            throw .badRequest("secret token contains unallowed characters")
        }
        let url = parameters["url"]
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw .badRequest("bad webhook: An HTTPS URL must be provided for webhook")
        }
        let host = url.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !host.isEmpty, !url.contains(where: \.isWhitespace) else {
            throw .badRequest("invalid webhook URL specified")
        }
        let connections = parameters.has("max_connections") ? Int(parameters.int32("max_connections")) : 100
        let webhook = WebhookSettings(
            url: url,
            secret: secret.isEmpty ? nil : secret,
            maximumConnections: min(max(connections, 1), 100_000),
            address: parameters["ip_address"].isEmpty ? nil : parameters["ip_address"]
        )
        let wasAsked = bots[bot]?.webhook?.asksTheSame(as: webhook) == true
        let allowedBefore = bots[bot]?.allowedUpdates
        setAllowedUpdates(bot, parameters)
        if parameters.bool("drop_pending_updates") { bots[bot]?.queue.removeAll() }
        guard !wasAsked || bots[bot]?.allowedUpdates != allowedBefore else {
            return .success(true, description: "Webhook is already set")
        }
        bots[bot]?.webhook = webhook
        return .success(true, description: "Webhook was set")
    }

    mutating func deleteWebhook(_ bot: Int64, _ parameters: CallParameters) -> MethodAnswer {
        if parameters.bool("drop_pending_updates") { bots[bot]?.queue.removeAll() }
        let wasSet = bots[bot]?.webhook != nil
        bots[bot]?.webhook = nil
        return .success(true, description: wasSet ? "Webhook was deleted" : "Webhook is already deleted")
    }

    func webhookInfo(_ bot: SimulatedBot) -> Document {
        [
            "url": .string(bot.webhook?.url ?? ""), "has_custom_certificate": false,
            "pending_update_count": .integer(Int64(bot.queue.entries.count)),
            "ip_address": .optional(bot.webhook?.address),
            "last_error_date": .optional(bot.webhook?.lastErrorDate.map { $0 / 1000 }),
            "last_error_message": .optional(bot.webhook?.lastErrorMessage),
            "max_connections": .optional(bot.webhook.map { Int64($0.maximumConnections) }),
            "allowed_updates": bot.allowedUpdates.map { .array($0.map(Document.string)) } ?? .absent,
        ]
    }

    /// What `getUpdates` finds now.
    mutating func getUpdates(
        _ bot: Int64,
        _ parameters: CallParameters,
        _ now: Int64
    ) throws(MethodError) -> Document {
        guard bots[bot]?.webhook == nil else {
            throw .conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        }
        setAllowedUpdates(bot, parameters)
        let limit = parameters.has("limit") ? Int(parameters.int32("limit")) : 100
        let entries = bots[bot]?.queue.read(
            offset: Int64(parameters.int32("offset")),
            limit: min(max(limit, 1), 100),
            now: now
        )
        return .array((entries ?? []).map { .json($0.body) })
    }

    /// Keeps the earlier choice when the parameter is missing; an empty or wholly unknown list is the default.
    private mutating func setAllowedUpdates(_ bot: Int64, _ parameters: CallParameters) {
        guard let list = parameters.json("allowed_updates"), list.kind == .array else { return }
        let names = list.elements.compactMap { $0.string?.lowercased() }
        let known = UpdateKind.everyName.filter(names.contains)
        bots[bot]?.allowedUpdates = known.isEmpty ? nil : known
    }

    private static func isSecretCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
