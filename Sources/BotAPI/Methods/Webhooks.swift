package import JSON

/// Has updates delivered to an address.
package struct SetWebhook: BotMethod {
    package typealias Output = Bool
    package static let name: StaticString = "setWebhook"

    package let url: String
    /// What Telegram repeats in a header of every delivery: 1–256 characters of `A-Z a-z 0-9 _ -`.
    package let secretToken: SecretText
    /// The kinds of updates to deliver; leaving them out would keep an earlier setting.
    package let allowedUpdates: [String]
    /// How many deliveries Telegram may make at a time, 1–100; Telegram's default is 40.
    package let maxConnections: Int?

    package init(
        url: String,
        secretToken: SecretText,
        allowedUpdates: [String] = Update.kindsInUse,
        maxConnections: Int? = nil
    ) {
        self.url = url
        self.secretToken = secretToken
        self.allowedUpdates = allowedUpdates
        self.maxConnections = maxConnections
    }

    package func writeParameters(to writer: inout JSONWriter) {
        writer.member("url", url)
        writer.member("secret_token", secretToken.revealed)
        writer.array("allowed_updates") { writer in
            for kind in allowedUpdates { writer.value(kind) }
        }
        writer.member("max_connections", ifPresent: maxConnections)
    }
}

/// Stops deliveries; updates wait for `getUpdates`.
package struct DeleteWebhook: BotMethod {
    package typealias Output = Bool
    package static let name: StaticString = "deleteWebhook"

    package init() {}

    package func writeParameters(to writer: inout JSONWriter) {}
}

/// Asks where updates are delivered and how that goes.
package struct GetWebhookInfo: BotMethod {
    package static let name: StaticString = "getWebhookInfo"

    package init() {}

    package func writeParameters(to writer: inout JSONWriter) {}

    package static func output(from result: JSONValue) -> WebhookInfo? { WebhookInfo(result) }
}

/// Waits for updates.
package struct GetUpdates: BotMethod {
    package static let name: StaticString = "getUpdates"

    /// The first update wanted; all before it are confirmed and forgotten by Telegram.
    package let offset: Int64?
    /// The most updates wanted, 1–100.
    package let limit: Int
    /// How many seconds Telegram is to wait for a first update, at most 50.
    package let waitSeconds: Int
    /// The kinds of updates wanted; leaving them out would keep an earlier setting.
    package let allowedUpdates: [String]

    package init(
        offset: Int64?,
        limit: Int = 100,
        waitSeconds: Int,
        allowedUpdates: [String] = Update.kindsInUse
    ) {
        self.offset = offset
        self.limit = limit
        self.waitSeconds = waitSeconds
        self.allowedUpdates = allowedUpdates
    }

    /// The wait that was asked for and some time to answer.
    package var timeout: Duration { .seconds(waitSeconds + 15) }

    package func writeParameters(to writer: inout JSONWriter) {
        writer.member("offset", ifPresent: offset)
        writer.member("limit", limit)
        writer.member("timeout", waitSeconds)
        writer.array("allowed_updates") { writer in
            for kind in allowedUpdates { writer.value(kind) }
        }
    }

    /// Elements that are no updates are passed over, so that one cannot block those behind it.
    package static func output(from result: JSONValue) -> [Update]? {
        result.kind == .array ? result.elements.compactMap(Update.init) : nil
    }
}
