import ArgumentParser
import Leaderboards
import Operations
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

        @Argument(
            help: "BOT/SHORT_NAME, or SHORT_NAME where only one bot has it.",
            completion: .games
        )
        var game: String

        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let (name, reason, isDryRun) = (game, change.reason, change.dryRun)
            let progress = Progress(isDryRun ? "comparing" : "rebuilding", of: nil, "steps")
            defer { progress.end() }
            let (game, report) = try await CommandContext().withAdministration { administration in
                let game = try await administration.game(named: name)
                let report = try await administration.rebuildGame(game, reason: reason, isDryRun: isDryRun) {
                    progress.show($0, of: $1)
                }
                return (game, report)
            }
            progress.end()
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
