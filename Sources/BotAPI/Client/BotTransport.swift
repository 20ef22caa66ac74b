/// One HTTP request to a Bot API server: a `POST` of a JSON body.
package struct BotRequest: Sendable {
    /// The address, which holds the token.
    package let url: SecretText
    /// The body, to be sent as `application/json`.
    package let body: [UInt8]
    /// How long the whole exchange may take.
    package let timeout: Duration
}

/// What a Bot API server, or something in front of it, answered.
package struct BotHTTPResponse: Sendable, Hashable {
    package let status: Int
    /// The value of the header `Retry-After`.
    package let retryAfter: String?
    /// The body as received.
    package let body: [UInt8]

    package init(status: Int, retryAfter: String? = nil, body: [UInt8]) {
        self.status = status
        self.retryAfter = retryAfter
        self.body = body
    }
}

/// Why there is no response.
package struct TransportError: Error, Sendable, Hashable {
    /// Whether the server may have received the request, and so may have acted upon it.
    package let mayHaveBeenSent: Bool
    /// What went wrong, without the address.
    package let detail: String

    package init(mayHaveBeenSent: Bool, detail: String) {
        self.mayHaveBeenSent = mayHaveBeenSent
        self.detail = detail
    }
}

/// Carries out one exchange; it must give up once the request's time is over.
package typealias BotTransport = @Sendable (BotRequest) async throws(TransportError) -> BotHTTPResponse
