import ArgumentParser
import Leaderboards
import Scoring

extension BoardCommand {
    /// The command `highscores board windows`.
    struct WindowsCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "windows",
            abstract: "List the windows of time that have scores.",
            discussion: examples(
                "highscores board windows tetris",
                "those of the global leaderboards",
                "highscores board windows tetris --chat -3788475317572404878 --window day",
                "the days on which a chat played"
            )
        )

        @OptionGroup var owner: BoardOwner

        @Option(help: "Only windows of this kind: all, day, week, month or season.")
        var window: WindowKind?

        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let chat = owner.chat
            let windows = try await CommandContext().lookingAt(owner) { service, game in
                try await service.windows(of: game, chat: chat)
            }
            let shown = windows.filter { window == nil || $0.interval.window == window }
            try output.print(
                shown.map(\.record),
                columns: ["window", "label", "from", "to", "entries", "final"]
            )
            if shown.isEmpty { StandardError.write(line: "highscores: nobody has a score here yet") }
        }
    }
}

extension LeaderboardWindow {
    fileprivate var record: Record {
        Record([
            ("window", .text(interval.window.rawValue)), ("label", .text(interval.label)),
            ("from", .optional(interval.from)), ("to", .optional(interval.to)),
            ("entries", .integer(Int64(total))), ("final", .flag(isFinal)),
        ])
    }
}
