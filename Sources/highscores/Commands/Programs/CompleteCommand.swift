import Application
import ArgumentParser
import Leaderboards
import Postgres
import Operations
import Storage

/// The command `highscores complete`, by which the shells' completions ask for names of the database.
///
/// It says nothing when something is wrong, and does not start a private PostgreSQL, since somebody is typing.
struct CompleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "complete",
        abstract: "Print names for completions.",
        discussion: listed(examples: [
            "highscores complete games",
            "the games, one a line",
            "highscores complete players",
            "the ids of players who played lately",
        ]),
        shouldDisplay: false
    )

    /// What names are of.
    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case games, chats, players
    }

    @Argument(help: "games, chats or players.")
    var kind: Kind

    func run() async throws {
        let kind = kind
        guard let context = try? CommandContext(),
            let names = try? await context.settings.withRunningDatabase({ pool in
                try await pool.withSession { session throws(PostgresError) in
                    switch kind {
                    case .games: try session.run(.gameNamesComplete())
                    case .chats: try session.run(.chatNamesComplete())
                    case .players: try session.run(.playerNamesComplete())
                    }
                }
            })
        else { return }
        try StandardOutput.write(names.map { "\($0)\n" }.joined())
    }
}
