import HTTPTypes

/// The headers that answers share, made once.
///
/// Every answer may be read by pages of any origin: game pages live on the studios' own hosts, and some run in
/// sandboxed frames whose origin is `null`. `*` covers both, since credentials travel in a header that pages set themselves.
enum Headers {
    /// Of JSON answers.
    static let json = api(contentType: "application/json")
    /// Of JSON answers that their reader, and nobody else, may keep and ask for again by their tag.
    static let tagged: HTTPFields = {
        var fields = json
        fields[.cacheControl] = "private, no-cache"
        fields[.vary] = "Authorization"
        return fields
    }()
    /// Of problem documents.
    static let problem = api(contentType: "application/problem+json")
    /// Of answers without a body.
    static let empty = api(contentType: nil)
    /// Of event streams; reverse proxies that would gather the answer before passing it on are told not to.
    static let events: HTTPFields = {
        var fields = api(contentType: "text/event-stream")
        fields[.xAccelBuffering] = "no"
        return fields
    }()
    /// Of the text that Prometheus reads.
    static let metrics = api(contentType: "text/plain; version=0.0.4; charset=utf-8")
    /// Of the answer to a preflight.
    static let preflight: HTTPFields = {
        var fields = shared
        fields[.accessControlAllowMethods] = "GET, HEAD, POST"
        fields[.accessControlAllowHeaders] =
            "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, X-Request-Id, traceparent"
        // A day; browsers that keep less cut it to their own limit.
        fields[.accessControlMaxAge] = "86400"
        return fields
    }()

    /// Of pages and scripts, which may be kept for a few minutes and are then asked for by their tag.
    ///
    /// Nothing forbids frames: Telegram's web clients show games and pages in one. Games that are isolated from other
    /// origins, for shared memory, may load all of them, and frame the pages.
    ///
    /// - Parameters:
    ///   - policy: What a page may load and run; nil for what is no page.
    ///   - isImmutable: Whether it may be kept for a year, and never asked for.
    static func asset(contentType: String, tag: String, policy: String?, isImmutable: Bool) -> HTTPFields {
        var fields = shared
        fields[.contentType] = contentType
        fields[.cacheControl] = isImmutable ? "public, max-age=31536000, immutable" : "public, max-age=300"
        fields[.vary] = "Accept-Encoding"
        fields[.eTag] = tag
        fields[.referrerPolicy] = "no-referrer"
        fields[.crossOriginResourcePolicy] = "cross-origin"
        if let policy {
            fields[.contentSecurityPolicy] = policy
            fields[.crossOriginEmbedderPolicy] = "require-corp"
        }
        return fields
    }

    private static func api(contentType: String?) -> HTTPFields {
        var fields = shared
        if let contentType { fields[.contentType] = contentType }
        fields[.cacheControl] = "no-store"
        return fields
    }

    private static let shared: HTTPFields = [
        .accessControlAllowOrigin: "*",
        .accessControlExposeHeaders: "ETag, Idempotency-Replayed, Retry-After, X-Request-Id",
        .xContentTypeOptions: "nosniff",
    ]

    /// Takes the leave for pages of other origins back.
    ///
    /// - Parameter fields: The headers of an answer.
    static func closeToOtherOrigins(_ fields: inout HTTPFields) {
        for name in [
            HTTPField.Name.accessControlAllowOrigin, .accessControlExposeHeaders, .accessControlAllowMethods,
            .accessControlAllowHeaders, .accessControlMaxAge,
        ] { fields[name] = nil }
    }
}

extension HTTPField.Name {
    static let idempotencyKey = named("Idempotency-Key")
    static let lastEventID = named("Last-Event-ID")
    static let xAccelBuffering = named("X-Accel-Buffering")
    static let xForwardedFor = named("X-Forwarded-For")
    static let idempotencyReplayed = named("Idempotency-Replayed")
    static let referrerPolicy = named("Referrer-Policy")
    static let crossOriginEmbedderPolicy = named("Cross-Origin-Embedder-Policy")
    /// Carries the secret of a webhook (Bot API, `setWebhook`).
    static let webhookSecret = named("X-Telegram-Bot-Api-Secret-Token")

    private static func named(_ name: String) -> Self {
        guard let name = Self(name) else { preconditionFailure("\(name) is no header name") }
        return name
    }
}
