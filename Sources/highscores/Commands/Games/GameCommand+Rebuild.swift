import ArgumentParser
import Leaderboards
import Operations
import Storage

extension GameCommand {
    struct RebuildCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "rebuild",
            "Make the leaderboards of a game anew from its log.",
            "highscores game rebuild tetris --dry-run",
            "whether leaderboards and log agree; they do unless something broke",
            "highscores game rebuild tetris --reason 'restored a backup'",
            "scores wait meanwhile, some seconds for each million runs",
            "highscores game rebuild tetris --board hard",
            "one board; without it all of the game"
        )

        @OptionGroup var game: BoardArgument

        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let progress = Progress(change.dryRun ? "comparing" : "rebuilding", of: nil, "steps")
            defer { progress.end() }
            let (game, report) = try await CommandContext().withAdministration { administration in
                let game = try await self.game.find(administration)
                let report = try await administration.rebuildGame(
                    game,
                    withBoards: self.game.board.board == nil,
                    reason: change.reason,
                    isDryRun: change.dryRun
                ) { progress.show($0, of: $1) }
                return (game, report)
            }
            progress.end()
            let effect = Effect(report: report, deliveries: nil)
            try output.print(effect.record)
            guard !report.isEmpty else {
                return remark("the leaderboards of '\(game.name)' are as its log says")
            }
            effect.tell(isDryRun: change.dryRun, isSampled: !output.json)
        }
    }
}
