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

        @Argument(help: "A chat: chat_instance, chat id or title.")
        var chat: NamedChat

        @Argument(help: "The other one.")
        var other: NamedChat

        @Option(help: "The chats' bot, by username or id, where several bots have chats of these names.")
        var bot: String?

        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let (change, chats) = try await CommandContext().withAdministration { administration in
                let chats = (
                    try await chat.find(administration, of: bot),
                    try await other.find(administration, of: bot)
                )
                let change = try await options.make(
                    askingFor: chats.0.typed,
                    to: "make one chat of \(chats.0.words) and \(chats.1.words)",
                    administration
                ) { try await administration.merge(chats, terms: $0) }
                return (change, chats)
            }
            let names = "chat \(chats.1.words) with \(chats.0.words)"
            try output.print(change, options, "merge", "merged", names)
        }
    }
}
