import ArgumentParser
import JSON
import Leaderboards
import Postgres
import Operations
import Storage

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "audit",
        "Look at what operators changed, and take it back.",
        "highscores audit list --action score",
        "who corrected which scores, when and why",
        "highscores audit get 17",
        "what stood before and after, in words",
        "highscores audit undo 17",
        "as long as what entry 17 changed is as it left it",
        subcommands: [ListCommand.self, GetCommand.self, UndoCommand.self]
    )

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "list",
            "List changes, the latest first.",
            "highscores audit list --subject 'player 5000000001'",
            "everything about one player",
            "highscores audit list --action game.set --ndjson",
            "with what stood before and after, for a program"
        )

        @Option(help: ArgumentHelp("Only changes by this operator.", valueName: "name"))
        var actor: String?

        @Option(help: ArgumentHelp("Only these: score.remove, say, or all of score.", valueName: "action"))
        var action: String?

        @Option(help: ArgumentHelp("Only those whose subject holds this text.", valueName: "text"))
        var subject: String?

        @OptionGroup var time: TimeRange

        @OptionGroup var list: ListLimit

        @OptionGroup var output: OutputOptions

        func run() async throws {
            var filter = AuditFilter()
            filter.actor = actor
            filter.action = action
            filter.subject = subject
            (filter.since, filter.until) = (time.since, time.until)
            let found = try await CommandContext().withAdministration {
                try await $0.audit(filter, limit: list.limit)
            }
            // What stood before and after is for programs; it is longer than any line.
            let isForPeople = !output.json && !output.ndjson && output.fields == nil
            let columns = ["audit", "at", "actor", "action", "subject", "reason", "undoes", "undone_by"]
            try list.print(
                found.map { Record($0) },
                columns: isForPeople ? columns : columns + ["before", "after"],
                orNone: "nothing was changed by hand",
                output
            )
        }
    }

    struct GetCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "get",
            "Show one change in words: what stood before, and what stands after.",
            "highscores audit get 17",
            "such as keep, from best to latest",
            "highscores audit get 17 --json",
            "with the documents as they are on record"
        )

        @Argument(help: ArgumentHelp("The number of the change in 'audit list'.", valueName: "id"))
        var audit: AuditID

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let (entry, games) = try await CommandContext().withAdministration { administration in
                (try await administration.auditEntry(audit), try await administration.games())
            }
            let columns = ["what", "before", "after"]
            let changes = entry.differences(among: games).map {
                Record(["what": $0.name, "before": $0.before, "after": $0.after])
            }
            if output.json {
                let names = try output.names(of: columns)
                var writer = JSONWriter()
                writer.object { writer in
                    writer.member("schema", documentSchema)
                    Record(entry).writeFields(to: &writer)
                    writer.key("changes")
                    writer.array { for change in changes { change.selecting(names).write(to: &$0) } }
                }
                try StandardOutput.write(writer.text + "\n")
                return
            }
            try output.print(changes, columns: columns)
            remark(
                "entry \(entry.id), \(entry.at): \(entry.actor) did \(entry.action) to \(entry.subject)"
                    + (entry.reason.map { ", because: \($0)" } ?? "")
            )
            if let undoes = entry.undoes { remark("it took entry \(undoes) back") }
            if let undoneBy = entry.undoneBy { remark("entry \(undoneBy) took it back") }
        }
    }

    struct UndoCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "undo",
            "Take a change back.",
            "highscores audit undo 17 --dry-run",
            "what would change on leaderboards and in Telegram",
            "highscores audit undo 17 --yes --reason 'wrong player'",
            "without asking; the undoing is an entry that can be undone, too",
            more: """
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

        func run() async throws {
            let (entry, change) = try await CommandContext().withAdministration { administration in
                let entry = try await administration.auditEntry(audit)
                let change = try await options.make(
                    askingFor: audit.description,
                    to: "undo entry \(audit), \(entry.action) of \(entry.subject)",
                    administration
                ) { try await administration.undo(audit, terms: $0) }
                return (entry, change)
            }
            let what = "entry \(audit): \(entry.action) of \(entry.subject)"
            try output.print(change, options, "undo", "undid", what)
        }
    }
}

extension Record {
    fileprivate init(_ entry: AuditRecord) {
        self.init([
            "audit": entry.id, "at": entry.at, "actor": entry.actor, "action": entry.action,
            "subject": entry.subject, "reason": entry.reason, "undoes": entry.undoes,
            "undone_by": entry.undoneBy, "before": entry.before.map { FieldValue.json($0.text) },
            "after": entry.after.map { FieldValue.json($0.text) },
        ])
    }
}
