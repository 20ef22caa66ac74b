import ArgumentParser
import Leaderboards
import Operations
import Outbox
import Scoring
import Storage

struct DeliveryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "delivery",
        "Look at what is to be brought to Telegram's tables.",
        "highscores delivery status",
        "how much waits, for what, and since when",
        "highscores delivery status --by-chat",
        "the chats that wait the longest, with their last errors",
        "highscores delivery list --state dead",
        "what was given up, and why",
        "highscores delivery retry --game tetris --state dead",
        "once more, after the reason is gone",
        "highscores delivery reconcile tetris --check",
        "whether Telegram's tables hold what they are to hold",
        subcommands: [
            StatusCommand.self, ListCommand.self, RetryCommand.self, DropCommand.self, ReconcileCommand.self,
        ]
    )

    struct StatusCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "status",
            "Count what waits, by bot and cause.",
            "highscores delivery status",
            "depth, age and last error of each cause",
            "highscores delivery status --by-chat --limit 10",
            "the ten chats that wait the longest",
            "highscores delivery status --json",
            "for a program",
            more: """
                CAUSES
                  turn           its turn in the budgets of chat and bot comes
                  sending        its call is under way
                  retry          Telegram failed; it is tried again
                  uncertain      a correction waits for a call of unknown outcome
                  chat_held      Telegram wants the chat to be left alone
                  bot_held       Telegram wants the bot to be left alone
                  forbidden      Telegram refuses what the bot writes in the chat, which is
                                 tried again after 1 h, 6 h, then daily, and after a press, a
                                 new value, a message that could be sent, or 'delivery retry'
                  token_refused  Telegram refuses the bot's token
                  no_target      nobody pressed a button of the game in the chat yet
                  dead           it was given up
                """
        )

        @Flag(help: "Count by chat instead of by cause.")
        var byChat = false

        @Option(help: ArgumentHelp("With --by-chat: how many chats at most.", valueName: "n"))
        var limit = 100

        @Flag(help: "Draw it anew as it changes, until Ctrl-C; in a pipe it is shown once.")
        var watch = false

        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard limit > 0 else { throw ValidationError("'--limit' is at least 1.") }
            guard !watch || !byChat else {
                throw ValidationError("'--watch' and '--by-chat' exclude each other.")
            }
        }

        func run() async throws {
            guard !byChat else { return try await showChats() }
            try await CommandContext().withPool { pool in
                guard watch, StandardOutput.canRedraw, !output.json, !output.ndjson else {
                    let status = try await DeliveryStatus.read(from: pool)
                    try output.print(status.records, columns: Self.columns, orNone: "nothing waits")
                    for line in status.words { remark(line) }
                    return
                }
                try await StandardOutput.redraw {
                    let status = try await DeliveryStatus.read(from: pool)
                    let table = try output.text(of: status.records, columns: Self.columns, for: .current)
                    let lines =
                        [status.backlogs.isEmpty ? "nothing waits\n" : table] + status.words.map { "\($0)\n" }
                    return lines.joined(separator: "\n")
                }
            }
        }

        private static let columns = ["bot", "cause", "count", "oldest", "last_error"]

        private func showChats() async throws {
            let chats = try await CommandContext().withAdministration {
                try await $0.chatBacklogs(limit: limit)
            }
            try output.print(
                chats.map { chat in
                    Record([
                        "bot": chat.bot, "chat": chat.chat, "title": chat.title, "count": chat.count,
                        "oldest": chat.oldest, "last_error": chat.lastError, "retry_at": chat.retryAt,
                    ])
                },
                columns: ["bot", "chat", "title", "count", "oldest", "last_error", "retry_at"],
                orNone: "nothing waits"
            )
        }
    }

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "list",
            "List deliveries, those that have waited the longest first.",
            "highscores delivery list --game tetris --chat -3788475317572404878",
            "what waits in one chat",
            "highscores delivery list --player 5000000001 --state done --state pending",
            "what Telegram is known to hold of one player",
            "highscores delivery list --state dead --ndjson",
            "for a program"
        )

        @OptionGroup var selection: DeliverySelection

        @OptionGroup var list: ListLimit

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let found = try await CommandContext().withAdministration { administration in
                try await administration.deliveries(
                    selection.filter(administration).deliveries,
                    limit: list.limit
                )
            }
            try list.print(found.map { Record($0) }, columns: Record.deliveryColumns, output)
        }
    }
}

extension DeliveryStatus {
    fileprivate var records: [Record] {
        backlogs.map { backlog in
            [
                "bot": backlog.bot, "cause": backlog.cause.rawValue, "count": backlog.count,
                "oldest": backlog.oldest, "last_error": backlog.lastError,
            ]
        }
    }

    /// What else is to be known.
    fileprivate var words: [String] {
        remarks.map(\.text)
            + bots.compactMap { bot in
                guard let refusal = bot.refusal, let refusedAt = bot.refusedAt else { return nil }
                return "bot \(bot.bot) is paused since \(refusedAt): Telegram refuses its token: \(refusal)"
            }
    }
}
