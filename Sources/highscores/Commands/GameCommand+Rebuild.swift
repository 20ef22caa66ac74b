import ArgumentParser
import Leaderboards
import Leaderboards
import Scoring
import Storage
import Storage

extension GameCommand {
    /// The command `highscores game rebuild`.
    struct RebuildCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rebuild",
            abstract: "Make the leaderboards of a game anew from its log.",
            discussion: examples(
                "highscores game rebuild tetris --dry-run",
                "whether leaderboards and log agree; they do unless something broke",
                "highscores game rebuild tetris --reason 'restored a backup'",
                "scores wait meanwhile, some seconds for each million runs"
            )
        )

        @Argument(help: "BOT/SHORT_NAME, or SHORT_NAME where only one bot has it.")
        var game: String

        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let (name, reason, isDryRun) = (game, change.reason, change.dryRun)
            let (game, report) = try await CommandContext().withAdministration { administration in
                let game = try await administration.game(named: name)
                return (game, try await administration.rebuildGame(game, reason: reason, isDryRun: isDryRun))
            }
            let effect = Effect(report: report, deliveries: nil)
            try output.print(effect.record)
            guard !report.isEmpty else {
                return StandardError.write(
                    line: "highscores: the leaderboards of '\(game.name)' are as its log says"
                )
            }
            effect.tell(isDryRun: isDryRun, isSampled: !output.json)
        }
    }
}
