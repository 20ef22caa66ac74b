/// Where and how a bot wants its updates.
package struct WebhookSettings: Codable, Sendable, Equatable {
    package var url: String
    package var secret: String?
    package var maximumConnections: Int
    package var address: String?
    package var lastErrorDate: Int64?
    package var lastErrorMessage: String?
    /// Since when every answer has been 410, in milliseconds since 1970.
    var goneSince: Int64?

    /// Whether the settings ask for the same as others, whatever has happened since.
    func asksTheSame(as other: WebhookSettings) -> Bool {
        url == other.url && secret == other.secret && maximumConnections == other.maximumConnections
            && address == other.address
    }
}

/// One delivery that is to be made now.
package struct WebhookDelivery: Sendable {
    package let bot: Int64
    package let number: Int64
    package let kind: UpdateKind
    package let url: String
    package let secret: String?
    package let body: [UInt8]
}

/// What a webhook answered.
package enum WebhookReply: Sendable {
    /// An HTTP response.
    case response(status: Int, reason: String, retryAfter: Int64?, contentType: String?, body: [UInt8])
    /// No complete response within the time limit.
    case timedOut
    /// No response at all, and why.
    case failed(String)
}
