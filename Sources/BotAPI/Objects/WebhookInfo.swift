package import JSON

/// The state of a bot's webhook at Telegram.
package struct WebhookInfo: Sendable, Hashable {
    /// The address; empty when no webhook is set.
    package let url: String
    /// How many updates wait for delivery.
    package var pendingUpdateCount: Int64 = 0
    /// When a delivery failed last, in Unix seconds.
    package var lastErrorDate: Int64?
    /// Why it failed, in Telegram's words.
    package var lastErrorMessage: String?
    /// How many deliveries Telegram makes at a time.
    package var maxConnections: Int64?
    /// The kinds of updates delivered; nil for Telegram's default.
    package var allowedUpdates: [String]?
}

extension WebhookInfo {
    /// Reads a state: without a text as address it is none.
    package init?(_ json: JSONValue) {
        guard let url = json["url"]?.string else { return nil }
        self.init(
            url: url,
            pendingUpdateCount: json["pending_update_count"]?.lenientInt64 ?? 0,
            lastErrorDate: json["last_error_date"]?.lenientInt64,
            lastErrorMessage: json["last_error_message"]?.string,
            maxConnections: json["max_connections"]?.lenientInt64,
            allowedUpdates: json["allowed_updates"]?.elements.compactMap(\.string)
        )
    }
}
