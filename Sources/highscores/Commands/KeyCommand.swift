import ArgumentParser
import Leaderboards
import Operations
import Storage

/// The command `highscores key`.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Give a studio's own servers access to a game.",
        discussion: examples(
            "highscores key create tetris --label 'match server'",
            "a new key, which is shown this once",
            "highscores key list",
            "which keys there are and when they were last used",
            "highscores key revoke 3",
            "refused everywhere within a second"
        ),
        subcommands: [CreateCommand.self, ListCommand.self, RevokeCommand.self]
    )

    /// The command `highscores key create`.
    struct CreateCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Make a key for one game and show it, once.",
            discussion: examples(
                "highscores key create tetris --label 'match server'",
                "keep what it prints: only its hash is stored",
                "highscores key create tetris --fields key > tetris.key",
                "the key alone, into a file"
            ) + """


                Servers send it as 'Authorization: Bearer KEY'. It opens the routes
                /v1/games/BOT/SHORT_NAME/… of its game and nothing else.
                """
        )

        @Argument(help: "BOT/SHORT_NAME, or SHORT_NAME where only one bot has it.", completion: .games)
        var game: String

        @Option(
            help: "What you call it, for example the name of the server that holds it; the game's without it."
        )
        var label: String?

        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let (name, label, reason, isDryRun) = (game, label, change.reason, change.dryRun)
            let (key, record) = try await CommandContext().withAdministration { administration in
                let game = try await administration.game(named: name)
                return try await administration.createKey(
                    for: game,
                    label: label ?? game.shortName,
                    reason: reason,
                    isDryRun: isDryRun
                )
            }
            guard !isDryRun else {
                try output.print(Record(record).selecting(["game", "label"]))
                return StandardError.write(
                    line: "highscores: dry run: a key of '\(record.gameName)' would be made"
                )
            }
            try output.print(Record([("key", .text(key.text))] + Record(record).fields))
            StandardError.write(line: "highscores: keep the key now, it cannot be shown again")
        }
    }

    /// The command `highscores key list`.
    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the keys, revoked ones included.",
            discussion: examples(
                "highscores key list",
                "those of all games",
                "highscores key list tetris --fields id,label,last_used_at",
                "which of a game's keys are in use"
            )
        )

        @Argument(
            help: "BOT/SHORT_NAME, or SHORT_NAME where only one bot has it; without it all games.",
            completion: .games
        )
        var game: String?

        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let name = game
            let keys = try await CommandContext().withAdministration { administration in
                var game: Game?
                if let name { game = try await administration.game(named: name) }
                return try await administration.keys(of: game)
            }
            try output.print(keys.map { Record($0) }, columns: Record.keyColumns)
            if keys.isEmpty {
                StandardError.write(line: "highscores: there are no keys; 'key create' makes one")
            }
        }
    }

    /// The command `highscores key revoke`.
    struct RevokeCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke",
            abstract: "Have a key refused for good.",
            discussion: examples(
                "highscores key revoke 3 --reason 'leaked'",
                "asks for its label first",
                "highscores key revoke 3 --yes",
                "without being asked"
            )
        )

        @Argument(help: ArgumentHelp("The key's number, as 'key list' shows it.", valueName: "id"))
        var key: APIKeyID

        @OptionGroup var change: ChangeOptions

        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let (id, reason, isDryRun, isAsked) = (
                key, change.reason, change.dryRun, !change.yes && !change.dryRun
            )
            let (record, isNews) = try await CommandContext().withAdministration { administration in
                let key = try await administration.key(id)
                if isAsked, key.revokedAt == nil {
                    try Confirmation.ask(
                        "The key '\(key.label)' of '\(key.gameName)', one row in the database "
                            + "'\(administration.databaseName)', would be refused for good.",
                        for: key.label
                    )
                }
                return try await administration.revokeKey(id, reason: reason, isDryRun: isDryRun)
            }
            try output.print(Record(record))
            let name = "key '\(record.label)' of '\(record.gameName)'"
            StandardError.write(
                line: !isNews
                    ? "highscores: \(name) is revoked already"
                    : "highscores: \(isDryRun ? "dry run: \(name) would be revoked" : "revoked \(name)")"
            )
        }
    }
}

extension Record {
    static let keyColumns = ["id", "game", "label", "hint", "created_at", "last_used_at", "revoked_at"]

    /// A key without the key.
    fileprivate init(_ key: APIKeyRecord) {
        self.init([
            ("id", .text(key.id.description)), ("game", .text(key.gameName)), ("label", .text(key.label)),
            ("hint", .text(key.hint)), ("created_at", .time(key.createdAt)),
            ("last_used_at", .optional(key.lastUsedAt)),
            ("revoked_at", .optional(key.revokedAt)),
        ])
    }
}
