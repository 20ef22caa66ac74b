import ArgumentParser
import Leaderboards
import Scoring
import Storage

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

        @OptionGroup var list: ListCut
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let windows = try await CommandContext().withBoards { service, administration in
                let (game, chat) = try await owner.find(administration)
                return try await service.windows(of: game, chat: chat?.instances.first)
            }
            let shown = windows.filter { window == nil || $0.interval.window == window }
            try list.print(
                shown.map(\.record),
                columns: ["window", "label", "from", "to", "entries", "final"],
                orNone: "nobody has a score here yet",
                output
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
