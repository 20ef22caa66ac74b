import Application
import ArgumentParser
import BotAPI
import Leaderboards
import Operations
import Storage

struct BotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "bot",
        "Look at bots and have them post games.",
        "highscores bot list",
        "the bots of the database and of TELEGRAM_BOT_TOKEN",
        "highscores bot send-game tetris --chat -1001234567890",
        "a message with a Play button",
        subcommands: [ListCommand.self, SendGameCommand.self]
    )

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "list",
            "List the bots.",
            "highscores bot list",
            "all bots, with how many games each has",
            "highscores bot list --fields bot,username",
            "their ids and usernames"
        )

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let context = try CommandContext()
            let (known, games) = try await context.withAdministration { administration in
                (try await administration.bots(), try await administration.games())
            }
            let tokens = Set(context.settings.botTokens.map { BotID(rawValue: $0.botID) })
            let unknown = tokens.subtracting(known.map(\.id)).map { BotRecord(id: $0, username: nil) }
            let records = (known + unknown).sorted { $0.id < $1.id }.map { bot in
                Record([
                    "bot": bot.id, "username": bot.username, "games": games.count { $0.bot == bot.id },
                    "token": tokens.contains(bot.id),
                ])
            }
            try output.print(
                records,
                columns: ["bot", "username", "games", "token"],
                orNone: "no bot is known; put a token into TELEGRAM_BOT_TOKEN"
            )
        }
    }

    struct SendGameCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "send-game",
            "Post a game's message with its Play button.",
            "highscores bot send-game my_bot/tetris --chat -1001234567890",
            "in a group that the bot is in",
            "highscores bot send-game tetris --chat 5000000001 --dry-run",
            "nothing is sent"
        )

        @OptionGroup var game: GameArgument

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "Telegram's id of the chat; negative for groups.",
                valueName: "telegram-chat-id"
            )
        )
        var chat: TelegramChatID

        @Option(help: "The topic, in a group that has topics.")
        var topic: Int64?

        @Flag(help: "Show what would be sent, and send nothing.")
        var dryRun = false

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let context = try CommandContext()
            _ = try context.settings.requireBotTokens()
            let game = try await context.withAdministration { administration in
                let game = try await self.game.find(administration)
                if !dryRun { try await administration.countMessage(to: chat, bot: game.bot) }
                return game
            }
            let sent = try await context.withClients { clients -> SentMessage? in
                let client = try clients.client(of: game)
                guard !dryRun else { return nil }
                do throws(BotCallError) {
                    return try await client.call(
                        SendGame(chatID: chat.rawValue, gameShortName: game.shortName, topicID: topic)
                    )
                } catch {
                    guard let remedy = error.answer.remedy(forGame: game.shortName) else { throw error }
                    throw CommandFailure(.notFound, "\(text(of: error)). \(remedy)")
                }
            }
            if sent != nil {
                try await context.withAdministration { try await $0.noteSent(to: chat, bot: game.bot) }
            }
            try output.print([
                "game": game.name, "chat": String(sent?.chatID ?? chat.rawValue),
                "message_id": sent.map { String($0.messageID) },
            ])
            if dryRun { remark("dry run: nothing was sent") }
        }
    }
}
