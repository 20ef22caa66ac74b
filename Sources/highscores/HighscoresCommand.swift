import ArgumentParser
import Version

/// `highscores`: everything about the service in one program.
struct HighscoresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "highscores",
        abstract: "Exact leaderboards for Telegram games.",
        discussion: listed(examples: [
            "highscores demo", "everything on this machine, with nothing configured",
            "highscores serve", "the service, configured by environment variables",
        ]) + """


            The database is that of DATABASE_URL; without it a private PostgreSQL is
            run in HIGHSCORES_DATA (.highscores). Data go to standard output: a table on
            a terminal, tab-separated values when piped.

            EXIT CODES
              0 done, 1 failed, 2 usage or configuration, 3 not found, 4 not allowed,
              5 conflict, 6 partly done, 7 drift found, 8 temporary: try again,
              130 interrupted
            """,
        version: "highscores \(ProgramVersion.text)",
        groupedSubcommands: [
            CommandGroup(
                name: "Run",
                subcommands: [DemoCommand.self, ServeCommand.self, SimulatorCommand.self]
            ),
            CommandGroup(
                name: "Operate",
                subcommands: [
                    GameCommand.self, BoardCommand.self, ScoreCommand.self, PlayerCommand.self,
                    ReviewCommand.self, ImportCommand.self, ExportCommand.self,
                    BackupCommand.self, RestoreCommand.self, DeliveryCommand.self,
                    ChatCommand.self, AuditCommand.self,
                    BotCommand.self,
                    WebhookCommand.self,
                    KeyCommand.self,
                    MigrateCommand.self, SDKCommand.self,
                    DoctorCommand.self, BenchCommand.self, CompletionsCommand.self, ManualCommand.self,
                    CompleteCommand.self,
                ]
            ),
        ]
    )
}

extension CommandConfiguration {
    /// A command by its name, with what it does and examples, each followed by what that does.
    init(
        _ name: String,
        _ abstract: String,
        _ examples: String...,
        more: String = "",
        subcommands: [any ParsableCommand.Type] = []
    ) {
        self.init(
            commandName: name,
            abstract: abstract,
            discussion: listed(examples: examples) + (more.isEmpty ? "" : "\n\n\(more)"),
            subcommands: subcommands
        )
    }
}

/// Lays out commands, each followed by what it does.
func listed(examples: [String]) -> String {
    var text = "EXAMPLES"
    for (index, line) in examples.enumerated() {
        text += index.isMultiple(of: 2) ? "\n  \(line)" : "\n      \(line)"
    }
    return text
}
