import ArgumentParser

/// The command `highscores delivery`.
struct DeliveryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delivery",
        abstract: "Look after Telegram's own tables.",
        discussion: examples(
            "highscores delivery reconcile tetris --check",
            "compares Telegram's tables of a game with its leaderboards",
            "highscores delivery reconcile --sample 500 --check",
            "the same for 500 players of all games"
        ),
        subcommands: [ReconcileCommand.self]
    )
}
