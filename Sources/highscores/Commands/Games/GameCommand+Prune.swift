import Application
import ArgumentParser
import Leaderboards
import Operations
import Storage

extension GameCommand {
    struct PruneCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "prune",
            "Drop from a game's log the runs that can no longer matter.",
            "highscores game prune tetris --dry-run",
            "how many runs of months that are over would go",
            "highscores game prune tetris --reason 'disk is filling'",
            "now, not within a day; the game's retention must be relevant"
        )

        @OptionGroup var game: GameArgument

        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let context = try CommandContext()
            let progress = Progress("going over the log", of: nil, "")
            let (game, count) = try await context.withAdministration { administration in
                let game = try await self.game.find(administration)
                let count = try await progress.whileRunning {
                    try await administration.pruneGame(
                        game,
                        margin: context.retentionMargin,
                        reason: change.reason,
                        isDryRun: change.dryRun
                    )
                }
                return (game, count)
            }
            try output.print(["kept": count.kept, "dropped": count.dropped])
            let runs = counted(count.dropped, "run")
            remark(
                count == PruningCount()
                    ? "the log of '\(game.name)' has no months to go over"
                    : change.dryRun
                        ? "dry run: \(runs) of '\(game.name)' would be dropped"
                        : "dropped \(runs) of '\(game.name)'"
            )
        }
    }
}
