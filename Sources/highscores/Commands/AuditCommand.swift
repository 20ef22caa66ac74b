import ArgumentParser
import Leaderboards
import Postgres
import Operations
import Storage

/// The command `highscores audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Look at what operators changed, and take it back.",
        discussion: examples(
            "highscores audit list --action score",
            "who corrected which scores, when and why",
            "highscores audit undo 17",
            "as long as what entry 17 changed is as it left it"
        ),
        subcommands: [ListCommand.self, UndoCommand.self]
    )

    /// The command `highscores audit list`.
    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List changes, the latest first.",
            discussion: examples(
                "highscores audit list --subject 'player 5000000001'",
                "everything about one player",
                "highscores audit list --action game.set --ndjson",
                "with what stood before and after, for a program"
            )
        )

        @Option(help: ArgumentHelp("Only changes by this operator.", valueName: "name"))
        var actor: String?

        @Option(help: ArgumentHelp("Only these: score.remove, say, or all of score.", valueName: "action"))
        var action: String?

        @Option(help: ArgumentHelp("Only those whose subject holds this text.", valueName: "text"))
        var subject: String?

        @Option(help: ArgumentHelp("Only from then on.", valueName: "time"))
        var since: Instant?

        @OptionGroup var list: ListLimit

        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            var filter = AuditFilter()
            filter.actor = actor
            filter.action = action
            filter.subject = subject
            filter.since = since
            let (wanted, limit) = (filter, list.limit)
            let found = try await CommandContext().withAdministration {
                try await $0.audit(wanted, limit: limit)
            }
            // What stood before and after is for programs; it is longer than any line.
            let isForPeople = !output.json && !output.ndjson && output.fields == nil
            let columns = ["audit", "at", "actor", "action", "subject", "reason", "undoes", "undone_by"]
            try output.print(
                found.map { Record($0) },
                columns: isForPeople ? columns : columns + ["before", "after"]
            )
            list.remark(on: found.count, orNone: "nothing was changed by hand")
        }
    }

    /// The command `highscores audit undo`.
    struct UndoCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "undo",
            abstract: "Take a change back.",
            discussion: examples(
                "highscores audit undo 17 --dry-run",
                "what would change on leaderboards and in Telegram",
                "highscores audit undo 17 --yes --reason 'wrong player'",
                "without asking; the undoing is an entry that can be undone, too"
            ) + """


                Corrections of scores, bans, settings of games, zones and merges of chats
                can be undone while nothing else changed them since; else the code is 5,
                as it is for what cannot come back: erased players, hidden names, dropped
                runs. Of merged chats, runs that were played since stay where they are.
                """
        )

        @Argument(help: ArgumentHelp("The number of the change in 'audit list'.", valueName: "id"))
        var audit: AuditID

        @OptionGroup var options: GuardedChangeOptions
        @OptionGroup var output: OutputOptions

        mutating func run() async throws {
            let (id, guarded) = (audit, options.guarded)
            let (entry, change) = try await CommandContext().withAdministration { administration in
                let entry = try await administration.auditEntry(id)
                let change = try await guarded.make(
                    askingFor: id.description,
                    to: "undo entry \(id), \(entry.action) of \(entry.subject)",
                    administration
                ) { try await administration.undo(id, terms: $0) }
                return (entry, change)
            }
            let verb = guarded.isDryRun ? "undo" : "undid"
            try output.print(
                change,
                isDryRun: guarded.isDryRun,
                "\(verb) entry \(id): \(entry.action) of \(entry.subject)"
            )
        }
    }
}

extension Record {
    fileprivate init(_ entry: AuditRecord) {
        self.init([
            ("audit", .text(entry.id.description)), ("at", .time(entry.at)),
            ("actor", .text(entry.actor)), ("action", .text(entry.action)), ("subject", .text(entry.subject)),
            ("reason", .optional(entry.reason)), ("undoes", .optional(entry.undoes?.description)),
            ("undone_by", .optional(entry.undoneBy?.description)),
            ("before", entry.before.map { .json($0.text) } ?? .none),
            ("after", entry.after.map { .json($0.text) } ?? .none),
        ])
    }
}
