import ArgumentParser
import Leaderboards
import Operations
import Storage
import Tokens

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "key",
        "Give a studio's own servers access to a game.",
        "highscores key create tetris --label 'match server'",
        "a new key, which is shown this once",
        "highscores key list",
        "which keys there are and when they were last used",
        "highscores key revoke 3",
        "refused everywhere within a second",
        subcommands: [CreateCommand.self, ListCommand.self, RevokeCommand.self]
    )

    struct CreateCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "create",
            "Make a key for one game and show it, once.",
            "highscores key create tetris --label 'match server'",
            "keep what it prints: only its hash is stored",
            "highscores key create tetris --fields key > tetris.key",
            "the key alone, into a file",
            more: """
                Servers send it as 'Authorization: Bearer KEY'. It opens the routes
                /v1/games/BOT/SHORT_NAME/… of its game and nothing else.
                """
        )

        @OptionGroup var game: GameArgument

        @Option(
            help: "What you call it, for example the name of the server that holds it; the game's without it."
        )
        var label: String?

        @OptionGroup var change: ChangeOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let (key, record) = try await CommandContext().withAdministration { administration in
                let game = try await self.game.find(administration)
                return try await administration.createKey(
                    for: game,
                    label: label ?? game.shortName,
                    reason: change.reason,
                    isDryRun: change.dryRun
                )
            }
            guard !change.dryRun else {
                try output.print(Record(record).selecting(["game", "label"]))
                return remark("dry run: a key of '\(record.gameName)' would be made")
            }
            try output.print(["key": key.text] + Record(record))
            remark("keep the key now, it cannot be shown again")
        }
    }

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "list",
            "List the keys, revoked ones included.",
            "highscores key list",
            "those of all games",
            "highscores key list tetris --fields id,label,last_used_at",
            "which of a game's keys are in use"
        )

        @Argument(
            help: "BOT/SHORT_NAME, or SHORT_NAME where only one bot has it; without it all games.",
            completion: .games
        )
        var game: String?

        @OptionGroup var list: ListCut
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let keys = try await CommandContext().withAdministration { administration in
                try await administration.keys(of: administration.find(game, nil).game)
            }
            try list.print(
                keys.map { Record($0) },
                columns: Record.keyColumns,
                orNone: "there are no keys; 'key create' makes one",
                output
            )
        }
    }

    struct RevokeCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "revoke",
            "Have a key refused for good.",
            "highscores key revoke 3 --reason 'leaked'",
            "asks for its label first",
            "highscores key revoke 3 --yes",
            "without being asked"
        )

        @Argument(help: ArgumentHelp("The key's number, as 'key list' shows it.", valueName: "id"))
        var key: APIKeyID

        @OptionGroup var change: ChangeOptions

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let (record, isNews) = try await CommandContext().withAdministration { administration in
                let key = try await administration.key(self.key)
                if !change.yes, !change.dryRun, key.revokedAt == nil {
                    try Confirmation.ask(
                        "The key '\(key.label)' of '\(key.gameName)', one row in the database "
                            + "'\(administration.databaseName)', would be refused for good.",
                        for: key.label
                    )
                }
                return try await administration.revokeKey(
                    key.id,
                    reason: change.reason,
                    isDryRun: change.dryRun
                )
            }
            try output.print(Record(record))
            let name = "key '\(record.label)' of '\(record.gameName)'"
            remark(
                !isNews
                    ? "\(name) is revoked already"
                    : "\(change.dryRun ? "dry run: \(name) would be revoked" : "revoked \(name)")"
            )
        }
    }
}

extension Record {
    static let keyColumns = ["id", "game", "label", "hint", "created_at", "last_used_at", "revoked_at"]

    /// A key without the key.
    fileprivate init(_ key: APIKeyRecord) {
        self.init([
            "id": key.id, "game": key.gameName, "label": key.label, "hint": key.hint,
            "created_at": key.createdAt, "last_used_at": key.lastUsedAt, "revoked_at": key.revokedAt,
        ])
    }
}
