import Application
import ArgumentParser
import BotAPI
import Leaderboards
import Tokens
import Updates

struct WebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "webhook",
        "Look after where Telegram delivers updates.",
        "highscores webhook info",
        "where each bot's updates go, and how that goes",
        "highscores webhook info --secret",
        "what a bot that forwards presses to this service sends along",
        subcommands: [SetCommand.self, InfoCommand.self, DeleteCommand.self]
    )

    struct InfoCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "info",
            "Show where updates are delivered and how that goes.",
            "highscores webhook info --json",
            "all that Telegram tells",
            "highscores webhook info --secret --fields secret",
            "the X-Telegram-Bot-Api-Secret-Token of POST /telegram/BOT_ID"
        )

        @Flag(help: "Print the secret of each bot's deliveries, and nothing else.")
        var secret = false

        @OptionGroup var selection: BotSelection
        @OptionGroup var cut: ListCut
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let context = try CommandContext()
            guard !secret else { return try await printSecrets(context) }
            let columns = [
                "bot", "url", "ours", "pending", "last_error_at", "last_error", "max_connections",
                "allowed_updates",
            ]
            try await selection.forEach(context, output, columns: columns, limit: cut.limit) { client in
                let info = try await client.call(GetWebhookInfo())
                let ours = context.settings.webhookAddress(of: BotID(rawValue: client.token.botID))
                return info.record(bot: client.token.botID, isOurs: info.url == ours)
            }
        }

        private func printSecrets(_ context: CommandContext) async throws {
            let keys = TokenKeys(secrets: try context.settings.requireSecrets())
            let records = try await selection.bots(context).map { bot in
                let id = BotID(rawValue: bot)
                return Record(["bot": id, "secret": keys.webhookSecrets(for: id)[0]])
            }
            try cut.print(records, columns: ["bot", "secret"], orNone: "there are no bots", output)
        }
    }

    struct SetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "set",
            "Have updates delivered to HIGHSCORES_PUBLIC_URL.",
            "highscores webhook set",
            "for all bots; 'serve' does the same when it starts",
            "highscores webhook set --bot my_bot --take-webhook",
            "also when it points elsewhere now"
        )

        @Flag(help: "Replace a webhook that points elsewhere.")
        var takeWebhook = false

        @OptionGroup var change: WebhookChange

        func run() async throws {
            let context = try CommandContext()
            let publicURL = try context.settings.requirePublicURL()
            let keys = TokenKeys(secrets: try context.settings.requireSecrets())
            try await change.make(
                context,
                to: { WebhookRegistrar.address(of: $0, publicURL: publicURL) },
                checking: { bot, elsewhere in
                    guard !takeWebhook else { return }
                    throw CommandFailure(
                        .conflict,
                        "the webhook of bot \(bot) points to \(elsewhere); '--take-webhook' replaces it"
                    )
                }
            ) { client, bot in
                let url = WebhookRegistrar.address(of: bot, publicURL: publicURL)
                let secret = keys.webhookSecrets(for: bot)[0]
                _ = try await client.call(WebhookRegistrar.registration(url: url, secret: secret))
            }
        }
    }

    struct DeleteCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "delete",
            "Have no updates delivered; they wait at Telegram for a day.",
            "highscores webhook delete --bot my_bot",
            "before long polling",
            "highscores webhook delete --dry-run",
            "where updates go now"
        )

        @Flag(help: "Do not ask, also for a webhook that points elsewhere.")
        var yes = false

        @OptionGroup var change: WebhookChange

        func run() async throws {
            try await change.make(
                try CommandContext(),
                to: nil,
                checking: { bot, elsewhere in
                    guard !yes, !change.dryRun else { return }
                    try Confirmation.ask(
                        "The webhook of bot \(bot) points to \(elsewhere), not to this service.",
                        for: bot.description
                    )
                }
            ) { client, _ in _ = try await client.call(DeleteWebhook()) }
        }
    }
}

/// Changing where the updates of bots go.
struct WebhookChange: ParsableArguments {
    @Flag(help: "Show what would change, and change nothing.")
    var dryRun = false

    @OptionGroup var selection: BotSelection
    @OptionGroup var output: OutputOptions

    /// Changes it for each selected bot.
    ///
    /// - Parameters:
    ///   - address: Where a bot's updates are to go; nil where nobody's are to go anywhere.
    ///   - check: Given the host to which they go, where that is not this service; throws where they must go on doing so.
    ///   - call: Tells Telegram.
    fileprivate func make(
        _ context: CommandContext,
        to address: ((BotID) -> String)?,
        checking check: (BotID, _ elsewhere: String) throws -> Void,
        _ call: (BotClient, BotID) async throws -> Void
    ) async throws {
        try await selection.forEach(
            context,
            output,
            columns: ["bot", "before"] + (address == nil ? [] : ["url"]),
            remarking: dryRun ? "dry run: nothing was changed" : nil
        ) { client in
            let bot = BotID(rawValue: client.token.botID)
            let (before, url) = (try await client.call(GetWebhookInfo()).url, address?(bot))
            let host = before.isEmpty ? nil : hostName(of: before)
            if let host, before != context.settings.webhookAddress(of: bot) { try check(bot, host) }
            if !dryRun, host != nil || url != nil { try await call(client, bot) }
            return Record(["bot": bot, "before": host, "url": url])
        }
    }
}

extension Settings {
    /// Where a bot's updates would be delivered; nil without a public address.
    fileprivate func webhookAddress(of bot: BotID) -> String? {
        publicURL.map { WebhookRegistrar.address(of: bot, publicURL: $0) }
    }
}

extension WebhookInfo {
    fileprivate func record(bot: Int64, isOurs: Bool) -> Record {
        let failedAt = lastErrorDate.map { Instant(seconds: $0).description }
        return Record([
            "bot": String(bot), "url": url.isEmpty ? nil : isOurs ? url : hostName(of: url), "ours": isOurs,
            "pending": pendingUpdateCount, "last_error_at": failedAt, "last_error": lastErrorMessage,
            "max_connections": maxConnections, "allowed_updates": allowedUpdates,
        ])
    }
}
