import ArgumentParser
import Leaderboards
import Operations
import Storage

extension ImportCommand {
    struct PlayersCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "players",
            "Take in players' names.",
            "highscores import players players.csv --bot my_bot",
            "a file with the columns player,first_name,last_name,username",
            "highscores export players | highscores import players - --dry-run",
            "how many names differ from those of another database",
            more: """
                Names replace those that are known, until Telegram tells newer ones.
                """
        )

        @OptionGroup var input: ImportFileOptions

        @Option(help: "The bot of all lines, by username or id.")
        var bot: String?

        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let intake = try FileIntake.open(input, .players, activity: "importing")
            defer { intake.progress.end() }
            let (lines, written) = try await CommandContext().withAdministration { administration in
                let bots = try await administration.bots()
                let owner = try await administration.bot(ifNamed: bot)
                return try await administration.importPlayers(
                    source: input.file,
                    reason: change.reason,
                    isDryRun: change.dryRun,
                    feed: { take in
                        try intake.read(
                            { line throws(OperationError) in try ImportedPlayer(line, of: owner, bots) },
                            take: take
                        )
                    }
                )
            }
            intake.progress.end()
            try output.print([
                "lines": lines + intake.rejected, "written": written, "rejected": intake.rejected,
            ])
            guard intake.hasLines else { return try intake.finish() }
            let players = counted(written, "player")
            remark(change.dryRun ? "dry run: \(players) would be written" : "\(players) written")
            try intake.finish()
        }
    }
}

extension ImportedPlayer {
    /// Makes a player of a line.
    ///
    /// - Parameters:
    ///   - owner: The bot of all lines; nil where each names its own.
    ///   - bots: Those that there are.
    fileprivate init(_ line: LineFields, of owner: BotRecord?, _ bots: [BotRecord]) throws(OperationError) {
        let name = line.field("bot")
        guard
            let bot = owner
                ?? (name.map { name in bots.first { $0.isNamed(name) } } ?? (bots.count == 1 ? bots[0] : nil))
        else {
            throw OperationError.invalid(
                name.map { "there is no bot '\($0)'; 'highscores bot list' shows those there are" }
                    ?? "there is no bot; '--bot' names one for all lines"
            )
        }
        guard let player = line.field("player").flatMap(PlayerID.init(imported:)) else {
            throw OperationError.invalid("the player is no Telegram id")
        }
        self.init(
            line: line.line,
            bot: bot.id,
            profile: PlayerProfile(
                id: player,
                firstName: line.field("first_name") ?? "",
                lastName: line.field("last_name"),
                username: line.field("username")
            )
        )
    }
}
