import ArgumentParser
import Leaderboards
import Operations
import Storage

struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "chat",
        "Look at chats, and set their time zones and announcements.",
        "highscores chat list",
        "all chats in which a game was played",
        "highscores chat set -3788475317572404878 --zone Asia/Tokyo",
        "days, weeks and months of one chat begin at its own midnight",
        subcommands: [ListCommand.self, GetCommand.self, SetCommand.self, MergeCommand.self]
    )

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "list",
            "List the chats.",
            "highscores chat list --title arcade",
            "by a part of the title",
            "highscores chat list --fields chat,zone --ndjson",
            "their zones, for a program",
            "highscores chat list --conflicts",
            "what a key took for one chat but is known as two, and merges undone"
        )

        @Flag(
            help:
                "Only names of two chats that a key took for one, or a merge that was undone ('game' is empty then)."
        )
        var conflicts = false

        @Option(help: ArgumentHelp("Only those with this in their titles.", valueName: "text"))
        var title: String?

        @Option(help: "Only those of this bot, by username or id.")
        var bot: String?

        @OptionGroup var list: ListCut
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard !conflicts || (title == nil && bot == nil) else {
                throw ValidationError("'--conflicts' goes with neither '--title' nor '--bot'.")
            }
        }

        func run() async throws {
            let context = try CommandContext()
            guard !conflicts else {
                let found = try await context.withAdministration { try await $0.chatConflicts() }
                return try list.print(
                    found.map { Record($0) },
                    columns: ["game", "chat", "title", "chat_id", "chat_id_title", "reported_at"],
                    orNone: "no conflict waits",
                    output
                )
            }
            let chats = try await context.withAdministration { administration in
                try await administration.chats(
                    of: administration.bot(ifNamed: bot)?.id,
                    title: title,
                    // One more tells whether there are any.
                    limit: list.limit.map { $0 + 1 }
                )
            }
            let columns = ["chat", "bot", "title", "zone", "writable", "chat_ids"]
            try list.print(
                chats.map { Record($0).selecting(columns) },
                columns: columns,
                orNone: title == nil && bot == nil ? "no chat is known yet" : "there are none",
                output
            )
        }
    }

    struct GetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "get",
            "Show all that is known of a chat.",
            "highscores chat get -3788475317572404878",
            "its other names, its zone and the chats merged into it",
            "highscores chat get -3788475317572404878 --fields zone",
            "its zone alone"
        )

        @OptionGroup var selection: ChatSelection
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let (found, messages) = try await CommandContext().withAdministration {
                let found = try await selection.find($0)
                return (found, try await $0.messages(of: found))
            }
            try output.print(Record(found) + Record(messages))
        }
    }

    struct SetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "set",
            "Set a chat's time zone, and whether winners are announced there.",
            "highscores chat set -3788475317572404878 --zone Asia/Tokyo --dry-run",
            "which leaderboards would change, with a sample",
            "highscores chat set -3788475317572404878 --no-zone",
            "back to the zone of each game",
            "highscores chat set 'Friday arcade' --announce week",
            "each week's best three are posted there"
        )

        @OptionGroup var selection: ChatSelection

        @Option(help: ArgumentHelp("The time zone of its days, weeks and months.", valueName: "name"))
        var zone: String?

        @Flag(help: "Take the zone of each game.")
        var noZone = false

        @Option(
            help: ArgumentHelp(
                "Whose best three are posted there: day, week, month or off.",
                valueName: "window"
            )
        )
        var announce: Announcement?

        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard zone == nil || !noZone else {
                throw ValidationError("Give either '--zone NAME' or '--no-zone'.")
            }
            guard zone != nil || noZone || announce != nil else {
                throw ValidationError("Give '--zone NAME', '--no-zone' or '--announce WINDOW'.")
            }
        }

        func run() async throws {
            let what = announce == nil ? "zone" : zone == nil && !noZone ? "announcements" : "settings"
            let (change, name) = try await CommandContext().withAdministration { administration in
                let chat = try await selection.find(administration)
                var settings = ChatSettings(chat)
                if zone != nil || noZone { settings.zone = zone }
                if let announce { settings.announce = announce.window }
                let wanted = settings
                let change = try await options.make(
                    askingFor: chat.typed,
                    to: "change the \(what) of chat \(chat.words)",
                    administration,
                    unless: { !$0.isSweeping }
                ) { try await administration.set(chat, to: wanted, terms: $0) }
                return (change, "chat \(chat.words)")
            }
            try output.print(
                settings: change,
                options,
                change.settings.isEmpty
                    ? "\(name) is like that already"
                    : options.isDryRun
                        ? "dry run: the \(what) of \(name) would change" : "changed the \(what) of \(name)"
            )
        }
    }
}

/// Of which windows winners are announced, as it is typed.
enum Announcement: String, CaseIterable, ExpressibleByArgument {
    case day, week, month, off

    var window: WindowKind? { WindowKind(rawValue: rawValue) }
}

/// Which chat a command is about.
struct ChatSelection: ParsableArguments {
    @Argument(
        help: "The chat: chat_instance, chat id or title."
    )
    var chat: NamedChat

    @Option(help: "The chat's bot, by username or id, where several bots have a chat of that name.")
    var bot: String?

    func find(_ administration: Administration) async throws(OperationError) -> ChatRecord {
        try await chat.find(administration, of: bot)
    }
}

extension Record {
    /// How many messages presses name in either way, and whether those with inline ids are the bot's own
    /// (`callback_query_mode`).
    fileprivate init(_ messages: ChatMessages) {
        self.init([
            "messages": messages.byNumber, "inline_messages": messages.inline,
            "own_messages_inline": messages.areInlineOwn,
        ])
    }

    fileprivate init(_ conflict: ChatConflict) {
        self.init([
            "game": conflict.game, "chat": conflict.instance, "title": conflict.titles.ofInstance,
            "chat_id": conflict.address, "chat_id_title": conflict.titles.ofAddress,
            "reported_at": conflict.reportedAt,
        ])
    }

    /// A chat with all that is known of it.
    fileprivate init(_ chat: ChatRecord) {
        self.init([
            "chat": chat.instances.first, "bot": chat.bot.name, "title": chat.title, "zone": chat.zone,
            "announce": chat.announce?.rawValue ?? "off",
            "writable": chat.closedReason == nil, "closed_reason": chat.closedReason,
            "retry_at": chat.retryAt, "chat_instances": chat.instances.map(\.description),
            "chat_ids": chat.addresses.map(\.description),
            "former_chat_ids": chat.formerAddresses.map(\.description), "merged": chat.merged.count,
        ])
    }
}
