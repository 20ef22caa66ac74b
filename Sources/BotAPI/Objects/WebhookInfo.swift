package import JSON

/// The state of a bot's webhook at Telegram.
package struct WebhookInfo: Sendable, Hashable {
    /// The address; empty when no webhook is set.
    package let url: String
    /// How many updates wait for delivery.
    package let pendingUpdateCount: Int64
    /// When a delivery failed last, in Unix seconds.
    package let lastErrorDate: Int64?
    /// Why it failed, in Telegram's words.
    package let lastErrorMessage: String?
    /// How many deliveries Telegram makes at a time.
    package let maxConnections: Int64?
    /// The kinds of updates delivered; nil for Telegram's default.
    package let allowedUpdates: [String]?

    /// Creates a state.
    ///
    /// - Parameters:
    ///   - pendingUpdateCount: How many updates wait for delivery.
    ///   - lastErrorDate: When a delivery failed last.
    ///   - maxConnections: How many deliveries Telegram makes at a time.
    ///   - allowedUpdates: The kinds of updates delivered.
    package init(
        url: String,
        pendingUpdateCount: Int64 = 0,
        lastErrorDate: Int64? = nil,
        lastErrorMessage: String? = nil,
        maxConnections: Int64? = nil,
        allowedUpdates: [String]? = nil
    ) {
        self.url = url
        self.pendingUpdateCount = pendingUpdateCount
        self.lastErrorDate = lastErrorDate
        self.lastErrorMessage = lastErrorMessage
        self.maxConnections = maxConnections
        self.allowedUpdates = allowedUpdates
    }

    /// Reads a state.
    ///
    /// - Parameter json: Anything; without a text as address it is none.
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
