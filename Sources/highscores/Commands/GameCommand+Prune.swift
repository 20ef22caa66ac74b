import Application
import ArgumentParser
import Leaderboards
import Operations
import Storage

extension GameCommand {
    /// The command `highscores game prune`.
    struct PruneCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "prune",
            abstract: "Drop from a game's log the runs that can no longer matter.",
            discussion: examples(
                "highscores game prune tetris --dry-run",
                "how many runs of months that are over would go",
                "highscores game prune tetris --reason 'disk is filling'",
                "now, not within a day; the game's retention must be relevant"
            )
        )

        @Argument(
            help: "BOT/SHORT_NAME, or SHORT_NAME where only one bot has it.",
            completion: .games
        )
        var game: String

        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let (name, reason, isDryRun) = (game, change.reason, change.dryRun)
            let context = try CommandContext()
            let margin = context.retentionMargin
            let progress = Progress("going over the log", of: nil, "")
            let (game, count) = try await context.withAdministration { administration in
                let game = try await administration.game(named: name)
                let count = try await progress.whileRunning {
                    try await administration.pruneGame(
                        game,
                        margin: margin,
                        reason: reason,
                        isDryRun: isDryRun
                    )
                }
                return (game, count)
            }
            try output.print(
                Record([("kept", .integer(Int64(count.kept))), ("dropped", .integer(Int64(count.dropped)))])
            )
            let runs = counted(count.dropped, "run")
            StandardError.write(
                line: count == PruningCount()
                    ? "highscores: the log of '\(game.name)' has no months to go over"
                    : isDryRun
                        ? "highscores: dry run: \(runs) of '\(game.name)' would be dropped"
                        : "highscores: dropped \(runs) of '\(game.name)'"
            )
        }
    }
}
