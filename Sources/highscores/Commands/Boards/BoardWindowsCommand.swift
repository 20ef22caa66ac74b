import ArgumentParser
import Leaderboards
import Scoring

extension BoardCommand {
    struct WindowsCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "windows",
            "List the windows of time that have scores.",
            "highscores board windows tetris",
            "those of the global leaderboards",
            "highscores board windows tetris --chat -3788475317572404878 --window day",
            "the days on which a chat played"
        )

        @OptionGroup var owner: BoardOwner

        @Option(help: "Only windows of this kind: all, day, week, month or season.")
        var window: WindowKind?

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let windows = try await CommandContext().withBoards(owner) { service, game in
                try await service.windows(of: game, chat: owner.chat)
            }
            let shown = windows.filter { window == nil || $0.interval.window == window }
            try output.print(
                shown.map(\.record),
                columns: ["window", "label", "from", "to", "entries", "final"],
                orNone: "nobody has a score here yet"
            )
        }
    }
}

extension LeaderboardWindow {
    fileprivate var record: Record {
        Record([
            "window": interval.window.rawValue, "label": interval.label, "from": interval.from,
            "to": interval.to, "entries": total, "final": isFinal,
        ])
    }
}
