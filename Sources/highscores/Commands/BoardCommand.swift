import Application
import ArgumentParser
import JSON
import Leaderboards
import Scoring
import Web

/// The command `highscores board`.
struct BoardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "board",
        abstract: "Look at leaderboards.",
        discussion: examples(
            "highscores board show tetris",
            "the global leaderboard",
            "highscores board show tetris --chat -3788475317572404878",
            "that of a chat, by its chat_instance"
        ),
        subcommands: [ShowCommand.self]
    )

    /// The command `highscores board show`.
    struct ShowCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a leaderboard from the top.",
            discussion: examples(
                "highscores board show my_bot/tetris --limit 100",
                "the global leaderboard",
                "highscores board show tetris --chat -3788475317572404878 --json",
                "that of a chat, as GET /v1/leaderboard gives it"
            )
        )

        @Argument(help: "BOT/SHORT_NAME, or SHORT_NAME where only one bot has it.")
        var game: String

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "The chat, by its chat_instance; without it the whole game.",
                valueName: "chat-instance"
            )
        )
        var chat: ChatInstance?

        @Option(help: "The time over which runs count: all, day, week, month or season.")
        var window: Window = .all

        @Option(
            help: ArgumentHelp(
                "A time in the window that is meant, such as 2026-03-01T12:00:00Z.",
                valueName: "time"
            )
        )
        var at: Instant?

        @Option(parsing: .unconditional, help: "How many entries.")
        var limit = 10

        @OptionGroup var output: OutputOptions

        mutating func validate() throws {
            guard (1...1_000_000).contains(limit) else {
                throw ValidationError("'--limit' takes a number from 1 to 1000000.")
            }
            guard !(output.json && output.fields != nil) else {
                throw ValidationError("'--json' prints the whole document; use '--ndjson' with '--fields'.")
            }
        }

        mutating func run() async throws {
            let context = try CommandContext()
            let page = try await read(context)
            if output.json {
                try StandardOutput.write(page.document(includingChat: true) + [UInt8(ascii: "\n")])
                return
            }
            let columns = ["rank", "score", "name", "username", "player", "achieved_at"]
            try output.print(page.lines.map(\.record), columns: columns)
            if page.lines.count < page.total {
                StandardError.write(line: "highscores: \(page.lines.count) of \(page.total) entries")
            } else if page.total == 0 {
                StandardError.write(line: "highscores: nobody has a score on this leaderboard yet")
            }
        }

        private func read(_ context: CommandContext) async throws -> LeaderboardPage {
            let (name, chat, window, at, limit) = (game, chat, window, at, limit)
            let keys = try signingKeys(context.settings)
            return try await context.withPool { pool in
                let game = try await Administration(pool: pool, actor: "").game(named: name)
                let service = Highscores(
                    pool: pool,
                    keys: keys,
                    logger: context.logger,
                    clock: { Instant.now }
                )
                let request = LeaderboardRequest(
                    viewer: .operator(game: game, chat: chat),
                    window: window,
                    at: at,
                    limit: limit
                )
                return try await service.leaderboard(request)
            }
        }

        /// The keys that sign the cursors of a page.
        ///
        /// An operator may read without the service's secret; nobody can then go on from the cursors.
        private func signingKeys(_ settings: Settings) throws -> TokenKeys {
            if settings.secrets == nil, settings.databaseURL != nil {
                var generator = SystemRandomNumberGenerator()
                let secret = (0..<4).map { _ in String(generator.next(), radix: 36) }.joined()
                return TokenKeys(secrets: [secret])
            }
            return TokenKeys(secrets: try settings.requireSecrets())
        }
    }
}

extension LeaderboardPage.Line {
    fileprivate var record: Record {
        Record([
            ("rank", .integer(Int64(rank))), ("score", .integer(score)), ("name", .optional(name)),
            ("username", .optional(username)), ("player", .text(playerID)),
            ("achieved_at", .text(achievedAt.description)),
        ])
    }
}
