import ArgumentParser
import Leaderboards
import Operations
import Storage

extension ChatCommand {
    struct MergeCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "merge",
            "Make one chat of two.",
            "highscores chat merge -3788475317572404878 -1001500000001 --dry-run",
            "what would change on leaderboards and in Telegram",
            "highscores chat merge -3788475317572404878 -1001500000001 --reason 'one group'",
            "all runs count as if they had been played in the older one"
        )

        @Argument(
            help: ArgumentHelp("A chat, by its chat_instance or Telegram's id of it.", valueName: "chat"),
            completion: .chats
        )
        var chat: ChatInstance

        @Argument(help: ArgumentHelp("The other one.", valueName: "other"), completion: .chats)
        var other: ChatInstance

        @Option(help: "The chats' bot, by username or id, where several bots have chats of these names.")
        var bot: String?

        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let change = try await CommandContext().withAdministration { administration in
                let chats = (
                    try await administration.chat(named: chat, of: bot),
                    try await administration.chat(named: other, of: bot)
                )
                return try await options.make(
                    askingFor: chat.description,
                    to: "make one chat of '\(chat)' (\(chats.0.title ?? "no title")) and '\(other)' "
                        + "(\(chats.1.title ?? "no title"))",
                    administration
                ) { try await administration.merge(chats, terms: $0) }
            }
            try output.print(change, options, "merge", "merged", "chat '\(other)' with '\(chat)'")
        }
    }
}
