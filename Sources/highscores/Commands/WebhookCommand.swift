import Application
import ArgumentParser
import BotAPI
import Leaderboards
import Updates

/// The command `highscores webhook`.
struct WebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook",
        abstract: "Look after where Telegram delivers updates.",
        discussion: examples(
            "highscores webhook info",
            "where each bot's updates go, and how that goes",
            "highscores webhook info --secret",
            "what a bot that forwards presses to this service sends along"
        ),
        subcommands: [SetCommand.self, InfoCommand.self, DeleteCommand.self]
    )

    /// The command `highscores webhook info`.
    struct InfoCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "info",
            abstract: "Show where updates are delivered and how that goes.",
            discussion: examples(
                "highscores webhook info --json",
                "all that Telegram tells",
                "highscores webhook info --secret --fields secret",
                "the X-Telegram-Bot-Api-Secret-Token of POST /telegram/BOT_ID"
            )
        )

        @Flag(help: "Print the secret of each bot's deliveries, and nothing else.")
        var secret = false

        @OptionGroup var selection: BotSelection
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let context = try CommandContext()
            guard !secret else { return try await printSecrets(context) }
            let settings = context.settings
            let columns = [
                "bot", "url", "ours", "pending", "last_error_at", "last_error", "max_connections",
                "allowed_updates",
            ]
            let outcome = try await selection.forEach(context) { client in
                let info = try await client.call(GetWebhookInfo())
                let ours = settings.webhookAddress(of: BotID(rawValue: client.token.botID))
                return info.record(bot: client.token.botID, isOurs: info.url == ours)
            }
            try output.print(outcome.results, columns: columns)
            try outcome.finish()
        }

        private func printSecrets(_ context: CommandContext) async throws {
            let keys = TokenKeys(secrets: try context.settings.requireSecrets())
            let records = try await selection.bots(context).map { bot in
                let id = BotID(rawValue: bot)
                return Record([
                    ("bot", .text(id.description)), ("secret", .text(keys.webhookSecrets(for: id)[0])),
                ])
            }
            try output.print(records, columns: ["bot", "secret"])
        }
    }

    /// The command `highscores webhook set`.
    struct SetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Have updates delivered to HIGHSCORES_PUBLIC_URL.",
            discussion: examples(
                "highscores webhook set",
                "for all bots; 'serve' does the same when it starts",
                "highscores webhook set --bot my_bot --take-webhook",
                "also when it points elsewhere now"
            )
        )

        @Flag(help: "Replace a webhook that points elsewhere.")
        var takeWebhook = false

        @Flag(help: "Show what would be set, and set nothing.")
        var dryRun = false

        @OptionGroup var selection: BotSelection
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let context = try CommandContext()
            let publicURL = try context.settings.requirePublicURL()
            let keys = TokenKeys(secrets: try context.settings.requireSecrets())
            let (takesWebhook, isDryRun) = (takeWebhook, dryRun)
            let outcome = try await selection.forEach(context) { client in
                let bot = BotID(rawValue: client.token.botID)
                let url = WebhookRegistrar.address(of: bot, publicURL: publicURL)
                let before = try await client.call(GetWebhookInfo()).url
                guard before.isEmpty || before == url || takesWebhook else {
                    throw CommandFailure(
                        .conflict,
                        "the webhook of bot \(bot) points to \(hostName(of: before)); '--take-webhook' replaces it"
                    )
                }
                if !isDryRun {
                    let secret = keys.webhookSecrets(for: bot)[0]
                    _ = try await client.call(WebhookRegistrar.registration(url: url, secret: secret))
                }
                return Record([
                    ("bot", .text(bot.description)),
                    ("before", before.isEmpty ? .none : .text(hostName(of: before))),
                    ("url", .text(url)),
                ])
            }
            try output.print(outcome.results, columns: ["bot", "before", "url"])
            if isDryRun { StandardError.write(line: "highscores: dry run: nothing was set") }
            try outcome.finish()
        }
    }

    /// The command `highscores webhook delete`.
    struct DeleteCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete",
            abstract: "Have no updates delivered; they wait at Telegram for a day.",
            discussion: examples(
                "highscores webhook delete --bot my_bot",
                "before long polling",
                "highscores webhook delete --dry-run",
                "where updates go now"
            )
        )

        @Flag(help: "Do not ask, also for a webhook that points elsewhere.")
        var yes = false

        @Flag(help: "Show what would be deleted, and delete nothing.")
        var dryRun = false

        @OptionGroup var selection: BotSelection
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let context = try CommandContext()
            let settings = context.settings
            let (isAsked, isDryRun) = (!yes && !dryRun, dryRun)
            let outcome = try await selection.forEach(context) { client in
                let bot = BotID(rawValue: client.token.botID)
                let before = try await client.call(GetWebhookInfo()).url
                if isAsked, !before.isEmpty, before != settings.webhookAddress(of: bot) {
                    try Confirmation.ask(
                        "The webhook of bot \(bot) points to \(hostName(of: before)), not to this service.",
                        for: bot.description
                    )
                }
                if !isDryRun, !before.isEmpty { _ = try await client.call(DeleteWebhook()) }
                return Record([
                    ("bot", .text(bot.description)),
                    ("before", before.isEmpty ? .none : .text(hostName(of: before))),
                ])
            }
            try output.print(outcome.results, columns: ["bot", "before"])
            if isDryRun { StandardError.write(line: "highscores: dry run: nothing was deleted") }
            try outcome.finish()
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
            ("bot", .text(String(bot))),
            ("url", url.isEmpty ? .none : .text(isOurs ? url : hostName(of: url))),
            ("ours", .flag(isOurs)), ("pending", .integer(pendingUpdateCount)),
            ("last_error_at", .optional(failedAt)),
            ("last_error", .optional(lastErrorMessage)),
            ("max_connections", maxConnections.map { .integer($0) } ?? .none),
            ("allowed_updates", allowedUpdates.map { .list($0) } ?? .none),
        ])
    }
}
