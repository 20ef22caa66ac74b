import ArgumentParser
import Leaderboards
import Operations
import Storage

/// The command `highscores chat`.
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Look at chats and give them a time zone of their own.",
        discussion: examples(
            "highscores chat list",
            "all chats in which a game was played",
            "highscores chat set -3788475317572404878 --zone Asia/Tokyo",
            "days, weeks and months of one chat begin at its own midnight"
        ),
        subcommands: [ListCommand.self, GetCommand.self, SetCommand.self, MergeCommand.self]
    )

    /// The command `highscores chat list`.
    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the chats.",
            discussion: examples(
                "highscores chat list",
                "all chats",
                "highscores chat list --fields chat,zone --ndjson",
                "their zones, for a program",
                "highscores chat list --conflicts",
                "what a key took for one chat but is known as two, and merges undone"
            )
        )

        @Flag(
            help:
                "Only names of two chats that a key took for one, or a merge that was undone ('game' is empty then)."
        )
        var conflicts = false

        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            guard !conflicts else {
                let found = try await CommandContext().withAdministration { try await $0.chatConflicts() }
                let columns = ["game", "chat", "title", "chat_id", "chat_id_title", "reported_at"]
                try output.print(found.map { Record($0) }, columns: columns)
                if found.isEmpty { StandardError.write(line: "highscores: no conflict waits") }
                return
            }
            let chats = try await CommandContext().withAdministration { try await $0.chats() }
            let columns = ["chat", "bot", "title", "zone", "writable", "chat_ids"]
            try output.print(chats.map { Record($0).selecting(columns) }, columns: columns)
            if chats.isEmpty { StandardError.write(line: "highscores: no chat is known yet") }
        }
    }

    /// The command `highscores chat get`.
    struct GetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get",
            abstract: "Show all that is known of a chat.",
            discussion: examples(
                "highscores chat get -3788475317572404878",
                "its other names, its zone and the chats merged into it",
                "highscores chat get -3788475317572404878 --fields zone",
                "its zone alone"
            )
        )

        @OptionGroup var selection: ChatSelection
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let (chat, bot) = (selection.chat, selection.bot)
            let (found, messages) = try await CommandContext().withAdministration {
                let found = try await $0.chat(named: chat, of: bot)
                return (found, try await $0.messages(of: found))
            }
            try output.print(Record(Record(found).fields + messages.fields))
        }
    }

    /// The command `highscores chat set`.
    struct SetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Give a chat a time zone of its own, or take it away.",
            discussion: examples(
                "highscores chat set -3788475317572404878 --zone Asia/Tokyo --dry-run",
                "which leaderboards would change, with a sample",
                "highscores chat set -3788475317572404878 --no-zone",
                "back to the zone of each game"
            )
        )

        @OptionGroup var selection: ChatSelection

        @Option(help: ArgumentHelp("The time zone of its days, weeks and months.", valueName: "name"))
        var zone: String?

        @Flag(help: "Take the zone of each game.")
        var noZone = false

        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func validate() throws {
            guard (zone != nil) != noZone else {
                throw ValidationError("Give either '--zone NAME' or '--no-zone'.")
            }
        }

        mutating func run() async throws {
            let (instance, bot, zone) = (selection.chat, selection.bot, zone)
            let (reason, isDryRun) = (change.reason, change.dryRun)
            let changed = try await CommandContext().withAdministration { administration in
                let chat = try await administration.chat(named: instance, of: bot)
                return try await administration.setChatZone(
                    chat,
                    to: zone,
                    reason: reason,
                    isDryRun: isDryRun
                )
            }
            let isNews = changed.before.zone != changed.after.zone
            let records = [
                Record([
                    ("setting", .text("zone")), ("before", .optional(changed.before.zone)),
                    ("after", .optional(changed.after.zone)),
                ])
            ]
            let effect = Effect(report: changed.rebuild, deliveries: nil)
            try output.print(isNews ? records : [], columns: ["setting", "before", "after"], with: effect)
            let name = "chat '\(instance)'"
            StandardError.write(
                line: !isNews
                    ? "highscores: \(name) is like that already"
                    : "highscores: \(isDryRun ? "dry run: the zone of \(name) would change" : "changed the zone of \(name)")"
            )
            effect.tell(isDryRun: isDryRun, isSampled: isDryRun && !output.json)
        }
    }
}

/// Which chat a command is about.
struct ChatSelection: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The chat, by its chat_instance or Telegram's id of it.", valueName: "chat"),
        completion: .chats
    )
    var chat: ChatInstance

    @Option(help: "The chat's bot, by username or id, where several bots have a chat of that name.")
    var bot: String?
}

extension ChatMessages {
    /// How many messages presses name in either way, and whether those with inline ids are the bot's own
    /// (`callback_query_mode`).
    fileprivate var fields: [(name: String, cell: Record.Cell)] {
        [
            ("messages", .integer(byNumber)), ("inline_messages", .integer(inline)),
            ("own_messages_inline", .flag(areInlineOwn)),
        ]
    }
}

extension Record {
    fileprivate init(_ conflict: ChatConflict) {
        self.init([
            ("game", .optional(conflict.game)), ("chat", .optional(conflict.instance?.description)),
            ("title", .optional(conflict.titles.ofInstance)),
            ("chat_id", .optional(conflict.address?.description)),
            ("chat_id_title", .optional(conflict.titles.ofAddress)),
            ("reported_at", .time(conflict.reportedAt)),
        ])
    }

    /// A chat with all that is known of it.
    fileprivate init(_ chat: ChatRecord) {
        self.init([
            ("chat", .optional(chat.instances.first?.description)),
            ("bot", .text(chat.bot.username ?? chat.bot.id.description)), ("title", .optional(chat.title)),
            ("zone", .optional(chat.zone)), ("writable", .flag(chat.closedReason == nil)),
            ("closed_reason", .optional(chat.closedReason)), ("retry_at", .optional(chat.retryAt)),
            ("chat_instances", .list(chat.instances.map(\.description))),
            ("chat_ids", .list(chat.addresses.map(\.description))),
            ("former_chat_ids", .list(chat.formerAddresses.map(\.description))),
            ("merged", .integer(Int64(chat.merged.count))),
        ])
    }
}
